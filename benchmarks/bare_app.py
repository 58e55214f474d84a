"""The floor: a page that imports what the map's page imports, and only says so."""

import streamlit as st

from ui import server

app = st.App("app.py", routes=server.routes(), middleware=server.middleware())


def main() -> None:
    """Import what pages/carte.py imports, and stop."""
    import altair
    import folium
    import geopandas
    import pandas
    import shapely
    import streamlit_folium

    from analysis import answers, classes, french, model, view
    from data import reference, territory
    from ui import access, choropleth, filters, frame, geometry, legend, loading, navigation, panels
    from ui import map as our_map

    parts = [
        altair,
        folium,
        geopandas,
        pandas,
        shapely,
        streamlit_folium,
        answers,
        classes,
        french,
        model,
        view,
    ]
    parts += [reference, territory, access, choropleth, filters, frame, geometry, legend, loading, navigation]
    parts += [panels, our_map]
    st.header("Bare page")
    st.text(f"{len(parts)} imports")


if __name__ == "__main__":
    main()
