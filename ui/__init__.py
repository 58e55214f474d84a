"""What the screens share. Knows `analysis` and `data`; `pages` know it."""
