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


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick tests first. The browser's driver also keeps an event loop running in this thread once started:
    no test that runs a loop of its own (`asyncio.run`) may come after.
    """
    items.sort(key=lambda item: "browser" in item.path.relative_to(item.config.rootpath).parts)
