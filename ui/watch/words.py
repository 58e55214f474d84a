"""Words that several parts of the watch's page say."""

from __future__ import annotations

from collections.abc import Hashable, Mapping


def gone_word(row: Mapping[Hashable, object]) -> str:
    """« Loué » or « Vendu », by what was offered."""
    return "Loué" if row["tenure"] == "rent" else "Vendu"
