"""The sizes beyond which a file is refused, each with the reason. Messages take their numbers from here."""

MAX_BYTES = 200 * 2**20
"""Of a file read at once (a page upload); bigger published files go through `read_blocks`."""

MAX_JSON = 64 * 2**20
"""Of a JSON table, whose objects take ten times their text in memory."""

MAX_TRIED = 32 * 2**20
"""Of a file whose possible readings are all tried before they are offered."""

MAX_INFLATED = 600 * 2**20
"""Of what a ZIP, a GZ or a workbook may inflate to when read at once: an INSEE base of 100 MB packs into a tenth."""

MAX_INFLATED_STREAM = 40 * 2**30
"""Of what `read_blocks` may inflate while streaming: SIRENE's stock of establishments is 8 GB."""

MAX_RATIO = 250
"""Inflated bytes for one packed byte, above `RATIO_FROM` bytes. Deflate reaches 1032 on zeros only; real tables stay under 60."""

RATIO_FROM = 50 * 2**20

MAX_MEMBERS = 5_000
"""Files in one archive or workbook."""

MAX_COLUMNS = 2_000
"""The widest published file (INSEE RP logement) has about 240."""

MAX_CELL = 131_072
"""Characters in one cell: four times what Excel holds, and where Python's csv module stops."""

MAX_SHEET_CELLS = 30_000_000
"""Cells of one sheet, repeated ones of an ODS included."""

MAX_SHEET_ROWS, MAX_SHEET_COLUMNS = 1_048_576, 16_384
"""The last row and column of a sheet, of Excel and of LibreOffice: beyond, a place is damage."""

SAMPLE_BYTES = 1 * 2**20
SAMPLE_RECORDS = 2_000
"""What the dialect and the header are judged on; the choice is then proved on the whole file."""

MAX_PREAMBLE = 40
"""Lines before the header."""
