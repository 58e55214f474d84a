"""One value of an indicator without a file: an import of one cell, laid over the others, with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import select

from analysis.french import spaced
from analysis.model import OBSERVATION_COLUMNS, Actor, Indicator, Status
from data.register import checks
from data.register.errors import RegisterError
from data.register.operations import Change, operation
from data.register.places import commune_of, name_of
from data.store import Session, Store, record_import, tables
from data.territory import Territory


@dataclass(frozen=True)
class Cell:
    """A cell as it stands: `value` is None unless observed; `source` is the label of the import it comes from (empty: none)."""

    value: float | None
    status: Status
    source: str = ""
    import_id: int | None = None

    def as_json(self) -> dict[str, Any]:
        """For the history."""
        return {"value": self.value, "status": self.status.value}


def can_be_typed(indicator: Indicator, period: str | None = None) -> bool:
    """Whether values of the indicator are stored as such: counts, published figures, rates published without counts.

    A computed rate is never typed: its counts are.
    """
    if indicator.kind in ("count", "published"):
        return True
    vintages = indicator.vintages if period is None else (indicator.vintage(period),)
    return indicator.kind == "ratio" and any(vintage.published for vintage in vintages)


def periods(indicator: Indicator) -> list[str]:
    """The periods of the indicator that can be typed, newest first."""
    return [v.period for v in reversed(indicator.vintages) if can_be_typed(indicator, v.period)]


def cell(session: Session, indicator: str, commune: str, period: str) -> Cell:
    """One current cell: that of the newest import not undone, shipped ones lying under."""
    observed, imports = tables.observation, tables.import_
    rows = session.connection.execute(
        select(observed.c.value, observed.c.status, imports.c.label, imports.c.kind, imports.c.id)
        .join(imports, imports.c.id == observed.c.import_id)
        .where(
            observed.c.indicator == indicator, observed.c.commune == commune, observed.c.period == period,
            imports.c.undone_at.is_(None),
        )
    ).all()  # fmt: skip
    if not rows:
        return Cell(None, Status.MISSING)
    top = max(rows, key=lambda row: (row.kind != "shipped", row.id))
    return Cell(top.value, Status(top.status), top.label, top.id)


def record_value(
    store: Store,
    territory: Territory,
    actor: Actor,
    *,
    indicator: Indicator,
    commune: str | None,
    period: str,
    status: Status,
    value: str | None,
    reason: str | None,
) -> Change:
    """Lay one cell over what is known, as a `manual` import whose label carries the reason.

    `value` is typed the French way and read only for an observed cell. Raises RegisterError for a computed
    rate, an unknown period, an implausible number, a missing reason, or a cell that already says so.
    """
    if period not in indicator.periods:
        raise RegisterError(f"« {indicator.name} » n'existe pas pour {period}.", field="period", value=period)
    if not can_be_typed(indicator, period):
        raise RegisterError(
            f"« {indicator.name} » est calculé : il ne se saisit pas.",
            field="indicator",
            value=indicator.id,
            advice="Saisissez les nombres dont il est tiré.",
        )
    place = commune_of(territory, commune)
    why = checks.text(
        reason, "reason", most=300, needed="La raison manque : qui l'a dit, d'où vient ce chiffre ?"
    )
    after = Cell(_number(indicator, value) if status is Status.OBSERVED else None, status)
    with operation(store, actor, "value_set") as current:
        before = cell(current.session, indicator.id, place, period)
        if (before.value, before.status) == (after.value, after.status):
            raise RegisterError(
                "Le registre dit déjà cela : rien n'est enregistré.", field="value", value=value
            )
        current.warnings += _doubts(indicator, before, after)
        label = f"Saisie à la main : {indicator.name}, {name_of(place)}, {period} ({why})"
        frame = pd.DataFrame(
            [[indicator.id, place, period, after.value, status.value]],
            columns=OBSERVATION_COLUMNS,
        )
        number = record_import(current.session, frame, kind="manual", label=label)
        current.subject = ("import", str(number))
        current.facts["figure"] = {
            "indicator": indicator.id, "commune": place, "period": period, "reason": why,
            "before": before.as_json(), "after": after.as_json(), "decimals": indicator.decimals,
        }  # fmt: skip
    return current.change


def _number(indicator: Indicator, value: str | None) -> float:
    if not (value or "").strip():
        raise RegisterError(
            "La valeur manque.",
            field="value",
            advice="Si personne ne l'a publiée, choisissez « non publié ».",
        )
    found = checks.number(value or "", "value")
    if found < 0:
        raise RegisterError(
            f"« {value} » est négatif.", field="value", value=value, advice="Vérifiez le signe."
        )
    if indicator.kind == "count" and found != int(found):
        raise RegisterError(
            f"« {indicator.name} » compte des {indicator.unit} : un nombre entier est attendu.",
            field="value",
            value=value,
            advice="Arrondissez-le si la source le publie avec des décimales.",
        )
    if indicator.unit.startswith("%") and found > 100:
        raise RegisterError(
            f"« {value} » : une part ne dépasse pas 100 %.",
            field="value",
            value=value,
            advice="Vérifiez l'unité.",
        )
    return found


def _doubts(indicator: Indicator, before: Cell, after: Cell) -> list[str]:
    """A warning when the new value is far from the one it covers."""
    old, new = before.value, after.value
    if old is None or new is None or max(old, new) < 10:
        return []
    if min(old, new) * 2 <= max(old, new):
        return [spaced("La nouvelle valeur s'écarte de plus du double de l'ancienne : vérifiez-la.")]
    return []
