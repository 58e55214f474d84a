"""The floor: a page that imports what the map's page imports, and only says so."""

import streamlit as st

from ui.server import shell

app = st.App("app.py", routes=shell.routes(), middleware=shell.middleware())


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
    from ui import access, choropleth, filters, frame, geometry, legend, loading, navigation
    from ui import map as our_map
    from ui.map_page import parts as panels

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
