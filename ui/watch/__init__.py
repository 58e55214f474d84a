"""The page of the housing watch."""
