"""What the project knows: reference data, territory, catalogue, figures, store and imports."""
