"""The housing page."""
