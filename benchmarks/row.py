"""One line of the table that every benchmark prints."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`got` and `target` are in `unit`; `beside` names what it is compared with, empty for a bare limit."""

    what: str
    ours: str
    beside: str
    got: float
    target: float
    unit: str = "×"

    @property
    def held(self) -> bool:
        """Whether the target is met."""
        return self.got <= self.target
