"""The floor: a page that imports what the map's page imports, and only says so."""

import streamlit as st

from ui import server

app = st.App("app.py", routes=server.routes(), middleware=server.middleware())


def main() -> None:
    """Import and stop."""
    import folium
    import geopandas
    import pandas
    import shapely
    import streamlit_folium

    from analysis import classes, french, model
    from benchmarks import figures
    from data import reference, territory
    from ui import geometry, legend
    from ui import map as our_map

    parts = (folium, geopandas, pandas, shapely, streamlit_folium, classes, french, model, figures, reference)
    st.header("Bare page")
    st.text(f"{len((*parts, territory, geometry, legend, our_map))} imports")


if __name__ == "__main__":
    main()
