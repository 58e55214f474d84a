"""Answers: pure functions from DataFrames and values to DataFrames and values. No screen, no file, no clock.

Loading it settles how pandas keeps text, for every room: as Python's own strings. Its default, Arrow's, is made for millions of rows; of
frames of a few hundred, which is what the pages have, each selection and comparison then costs several times as much.
"""

import pandas as pd

pd.set_option("mode.string_storage", "python")
