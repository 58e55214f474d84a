"""The version of this code. It is declared once, in `pyproject.toml`; screens and command lines read it here.

The application runs from its folder and is not installed as a package, so the file is always there.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

PRODUCT = "Zevillage"
_DECLARED_IN = Path(__file__).resolve().parents[1] / "pyproject.toml"


@cache
def version() -> str:
    """The version as ``0.1.0``. Raises OSError when `pyproject.toml` is missing, KeyError when it declares none."""
    declared: str = tomllib.loads(_DECLARED_IN.read_text("utf-8"))["project"]["version"]
    return declared


def version_line() -> str:
    """« Zevillage 0.1.0 »: the foot of every page and the answer to `--version`."""
    return f"{PRODUCT} {version()}"
