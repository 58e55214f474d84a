"""What a user would write instead: the same communes as a folium choropleth with a tooltip, in st_folium.

Three kindnesses, each in its favour: Leaflet comes from the same server (folium's own addresses are blank
without internet, and take longer with it), the legend that needs d3 from the internet is left out, and the
frame with the contours is kept between runs.
"""

import streamlit as st

# folium's frame needs 'unsafe-eval' and outside addresses: no policy here.
app = st.App("app.py")


def main() -> None:
    """One filter and the map."""
    import folium
    from streamlit_folium import st_folium

    from benchmarks.figures import HEIGHT, INDICATORS, frame, level, mainland

    folium.Map.default_js = [("leaflet", "../../app/static/vendor/leaflet/leaflet.js")]
    folium.Map.default_css = [("leaflet_css", "../../app/static/vendor/leaflet/leaflet.css")]
    indicator = st.selectbox("Indicateur", list(INDICATORS), format_func=INDICATORS.__getitem__)
    communes = frame(level())
    west, south, east, north = mainland(communes)
    plain = folium.Map(tiles=None, location=[(south + north) / 2, (west + east) / 2])
    plain.fit_bounds([[south, west], [north, east]])
    choropleth = folium.Choropleth(
        geo_data=communes[["code", "name", "contour", indicator]],
        data=communes,
        columns=["code", indicator],
        key_on="feature.properties.code",
        fill_color="viridis",
        bins=sorted(set(communes[indicator].quantile([0, 0.2, 0.4, 0.6, 0.8, 1]))),
    )
    for name in [name for name in choropleth._children if name.startswith("color_map")]:
        del choropleth._children[name]
    choropleth.geojson.add_child(
        folium.GeoJsonTooltip(["name", indicator], aliases=["Commune", INDICATORS[indicator]])
    )
    choropleth.add_to(plain)
    st_folium(plain, key="map", height=HEIGHT, use_container_width=True, returned_objects=[])


if __name__ == "__main__":
    main()
