"""The press: papers made in a process of its own, so that whoever reads pages meanwhile neither waits nor shares its memory.

`python -m reports.press` reads orders (a maker's name and what it is given) from its input and answers each with the file or with what
refused it, until its input ends; `ui.press` gives them. What comes through is pickled by this very program, never by anybody else.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import pickle
import sys
import traceback
from collections.abc import Callable
from functools import partial

from reports.deck import deck_html
from reports.paper import annual_report_pdf, commune_sheets_zip, document_pdf, sheet_pdf
from reports.pipe import received, send
from reports.slides import slides_pptx
from reports.web_page import web_page
from reports.workbook import workbook_xlsx

MAKERS: dict[str, Callable[..., bytes]] = {
    "deck": deck_html,
    "slides": slides_pptx,
    "workbook": workbook_xlsx,
    "pdf": document_pdf,
    "poster": partial(document_pdf, paper="a3-poster"),
    "page": web_page,
    "sheet": sheet_pdf,
    "sheets": commune_sheets_zip,
    "annual": annual_report_pdf,
}
"""What the press makes, by name; what each is given and raises is said there."""


def _answer(order: bytes) -> bytes | tuple[BaseException, str]:
    """The file that an order asks for, or what refused it with where."""
    try:
        name, given = pickle.loads(order)
        return MAKERS[name](*given)
    except Exception as error:
        trace = traceback.format_exc()
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:  # an error that cannot travel is told by its name
            return RuntimeError(type(error).__name__), trace
        return error, trace


def _give_back() -> None:
    """Hand the memory of an order back to the system before the next one: what a library frees, the allocator of glibc keeps.

    What is left then are modules and what they keep, which stays: the next looks for what may go pass it by.
    """
    gc.collect()
    gc.freeze()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    if trim is not None:
        trim(0)


def main() -> None:
    """Answer orders until the input ends, below the priority of whoever waits for a page."""
    if hasattr(os, "nice"):
        os.nice(10)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    orders = sys.stdin.buffer
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            send(answers, pickle.dumps(_answer(received(orders)), pickle.HIGHEST_PROTOCOL))
            _give_back()


if __name__ == "__main__":
    main()
