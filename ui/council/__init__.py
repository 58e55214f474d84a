"""The wing of the council meeting: composing a séance, and its supports."""
