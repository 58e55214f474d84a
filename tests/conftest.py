"""What holds for the whole suite: no test ever touches the store of the person who runs it."""

from __future__ import annotations

import os
import tempfile

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Give the suite a store of its own and the settings of a fresh installation, before any import."""
    for name in ("DATABASE_URL", "TERRITORY", "TILES", "TODAY"):
        os.environ.pop(f"ZEVILLAGE_{name}", None)
    os.environ["ZEVILLAGE_HOME"] = tempfile.mkdtemp(prefix="zevillage-tests-")
