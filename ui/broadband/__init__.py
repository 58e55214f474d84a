"""The broadband page."""
