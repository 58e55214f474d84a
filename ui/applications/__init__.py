"""The screen of the dossiers."""
