"""The import page, one file a step."""
