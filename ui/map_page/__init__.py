"""The page of the map: its modes and what stands around the map."""
