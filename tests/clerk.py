"""A clerk's errand, played in LibreOffice: `python3 tests/clerk.py GIVEN SAVED PROFILE SOFFICE`.

Opens the slides, writes another title on the first view, another value into the first table and into the first chart, saves as PPTX.
Run by an interpreter that has LibreOffice's module `uno` (`tests.office.python`): that of the tests has none.
"""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import time
from typing import Any

TITLE, CELL, VALUE = "Un autre titre", "autre valeur", 41.5
SECONDS = 120


def connected(office: str, profile: str) -> Any:
    """The desktop of a LibreOffice started for us alone."""
    import uno  # type: ignore[import-not-found]
    from com.sun.star.connection import NoConnectException  # type: ignore[import-not-found]

    pipe = f"zevillage{os.getpid()}"
    subprocess.Popen(
        [office, profile, "--headless", "--norestore", f"--accept=pipe,name={pipe};urp;"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    until = time.monotonic() + SECONDS
    while True:
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except NoConnectException:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def main(given: str, saved: str, profile: str, office: str) -> None:
    """The errand."""
    import uno  # noqa: F401 - makes the modules below importable
    from com.sun.star.beans import PropertyValue

    desktop = connected(office, profile)
    try:
        hidden = PropertyValue(Name="Hidden", Value=True)
        document = desktop.loadComponentFromURL(pathlib.Path(given).as_uri(), "_blank", 0, (hidden,))
        pages = [document.DrawPages.getByIndex(rank) for rank in range(document.DrawPages.Count)]
        shapes = [page.getByIndex(rank) for page in pages for rank in range(page.Count)]
        pages[1].getByIndex(0).String = TITLE
        table = next(shape for shape in shapes if shape.ShapeType == "com.sun.star.drawing.TableShape")
        table.Model.getCellByPosition(1, 1).String = CELL
        chart = next(shape for shape in shapes if shape.ShapeType == "com.sun.star.drawing.OLE2Shape")
        rows = [list(row) for row in chart.Model.Data.Data]
        rows[0][0] = VALUE
        chart.Model.Data.Data = tuple(map(tuple, rows))
        kind = PropertyValue(Name="FilterName", Value="Impress MS PowerPoint 2007 XML")
        document.storeToURL(pathlib.Path(saved).as_uri(), (kind,))
        document.close(True)
    finally:
        desktop.terminate()


if __name__ == "__main__":
    main(*sys.argv[1:])
