"""The network's page."""
