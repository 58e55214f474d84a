"""Answers: pure functions from DataFrames and values to DataFrames and values. No screen, no file, no clock.

Loading it settles how pandas keeps text, for every room: as Python's own strings. Its default, Arrow's, is made for millions of rows;
where there are twenty, as on most pages, making, selecting and comparing take about half as long without it (decision 28).
"""

import pandas as pd

pd.set_option("mode.string_storage", "python")
