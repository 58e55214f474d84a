"""LibreOffice for the tests: find it, install it where this account may, convert with it: `python -m tests.office`.

What a reader sees in another program than the one that wrote the file can only be seen in that other program.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests import debian

NAMES = (
    "soffice",
    "libreoffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
)
PACKAGES = ("libreoffice-impress", "libreoffice-calc", "python3-uno", "poppler-utils")
"""Debian's, without what they only recommend: 380 MB."""
SECONDS = 180
"""How long one call may take before it counts as hung."""

# A reader in France: decimal commas, French by default. The other settings keep the first start silent.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>fr-FR</value></prop></item>
<item oor:path="/org.openoffice.Setup/Office"><prop oor:name="FirstStartWizardCompleted" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


class NoOffice(RuntimeError):
    """No LibreOffice on this machine and none could be installed."""


def find(environ: Mapping[str, str] = os.environ) -> str | None:
    """The path of LibreOffice, or None. `SOFFICE` names one explicitly."""
    return next(
        (path for name in (environ.get("SOFFICE", ""), *NAMES) if name and (path := shutil.which(name))), None
    )


def python() -> str | None:
    """An interpreter that can drive LibreOffice (the module `uno`), or None: the system's, or LibreOffice's own."""
    office = find()
    beside = Path(os.path.realpath(office)).parent / "python" if office else None
    for name in ("/usr/bin/python3", str(beside or "")):
        path = shutil.which(name) if name else None
        if (
            path
            and subprocess.run([path, "-c", "import uno"], capture_output=True, check=False).returncode == 0
        ):
            return path
    return None


def complete() -> bool:
    """Whether everything that the tests need is here."""
    return bool(find() and python() and shutil.which("pdftoppm") and shutil.which("pdftotext"))


def required(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a machine without LibreOffice fails the tests instead of leaving them out."""
    return environ.get("CI", "").lower() in ("1", "true")


def profile(folder: Path) -> str:
    """The argument by which LibreOffice keeps its settings in `folder`: never those of whoever runs the tests, nor of a second run."""
    settings = folder / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(_SETTINGS, "utf-8")
    return f"-env:UserInstallation={folder.as_uri()}"


def convert(contents: Mapping[str, bytes], to: str) -> dict[str, bytes]:
    """Files by name (``vues.pptx``…) opened by one LibreOffice, which takes seconds to start, and saved as `to` (``pdf``, ``odp``…): what
    it made of each, by its name.

    Raises NoOffice without LibreOffice, subprocess.TimeoutExpired when it hangs, FileNotFoundError when it made nothing.
    """
    office = find()
    if office is None:
        raise NoOffice("LibreOffice is missing: run `python -m tests.office`.")
    with tempfile.TemporaryDirectory(prefix="zevillage-office-") as name:
        folder = Path(name)
        for each, content in contents.items():
            (folder / each).write_bytes(content)
        made, given = folder / "made", [str(folder / each) for each in contents]
        subprocess.run(
            [office, profile(folder / "profile"), "--headless", "--convert-to", to, "--outdir", str(made), *given],
            capture_output=True, timeout=SECONDS, check=True,
        )  # fmt: skip
        return {each: (made / each).with_suffix(f".{to}").read_bytes() for each in contents}


def text(pdf: bytes, *, lines: bool = False) -> list[str]:
    """The text of each page, blanks of every kind as one: block by block, or by `lines` across the page, as tables are read."""
    done = subprocess.run(
        ["pdftotext", *(["-layout"] if lines else []), "-", "-"],
        input=pdf,
        capture_output=True,
        timeout=SECONDS,
        check=True,
    )
    return [" ".join(page.split()) for page in done.stdout.decode("utf-8").split("\f")[:-1]]


def pictures(pdf: bytes, folder: Path, dpi: int = 80) -> list[Path]:
    """Each page as a PNG in `folder`, to be looked at."""
    given = folder / "pages.pdf"
    given.write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", str(dpi), "-png", str(given), str(folder / "page")], timeout=SECONDS, check=True
    )
    return sorted(folder.glob("page-*.png"))


def main() -> None:
    """Install LibreOffice when it is missing and this account may; say what to do where it must be here and is not."""
    if complete():
        return
    print("LibreOffice is missing: installing it for the tests of slides and workbooks…", flush=True)
    debian.install(*PACKAGES)
    if complete():
        return
    advice = f"Install {', '.join(PACKAGES)} (Debian), or LibreOffice and poppler, or name it in SOFFICE."
    if required():
        raise NoOffice(f"No LibreOffice could be installed. {advice}")
    print(f"The tests marked « office » will be left out. {advice}", flush=True)


if __name__ == "__main__":
    main()
