"""The wing of the accessibility statement."""
