"""The same answers on paper: pictures of the map. Knows `analysis` only."""
