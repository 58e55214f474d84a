"""Bringing a pack and its base from the communes of one year to those of another: told first, then done at once, and undone at once.

The file of the territory is written again (what stood in it is kept beside it, as ``territory-2025.toml``), figures become what the rules
of `data.packs.passage` make of them, as an import that lies over the others, with a journal of each of them, and the rows of the register
follow their commune. Undoing that import puts figures and rows back, from the importer's page too; `undo` puts back the file as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import tomlkit
from sqlalchemy import func, insert, select
from tomlkit.exceptions import ParseError
from tomlkit.items import AoT, Array

from analysis.french import quantity, spaced
from analysis.model import Actor
from data import reference
from data.imports import history
from data.imports.publish import needed_entries
from data.opening import read_catalogue
from data.packs import Pack
from data.packs.make import PackError
from data.packs.passage import JOURNAL_COLUMNS, Recoded, Step, recode, since_when, steps
from data.register.operations import Operation, operation_in
from data.store import Session, Store, current_observations, record_entries, record_import, tables
from data.store.files import draft, keep_and_replace, put_back
from data.territory import Territory, TerritoryError, load_territory

KIND = "recoded"
YEAR = "code_year"
_GROUP_OF_EPCI = re.compile(r"epci-(\d{9})")

PLACED: tuple[tuple[Any, str], ...] = (
    (tables.stay, "commune"),
    (tables.application, "wished_commune"),
    (tables.contact, "commune"),
    (tables.listing, "commune"),
    (tables.event, "commune"),
    (tables.reception, "commune"),
    (tables.remark, "commune"),
)
"""Where the register names a commune."""


@dataclass(frozen=True)
class Plan:
    """What bringing `pack` from the communes of `since` to those of `year` changes: the steps, and its file as it will be (`text`)."""

    pack: Pack
    since: int
    year: int
    steps: tuple[Step, ...]
    text: str
    territory: Territory

    @property
    def told(self) -> tuple[str, ...]:
        """What happened to its communes, in French, the oldest first."""
        return tuple(sentence for step in self.steps for sentence in step.told)


@dataclass(frozen=True)
class Done:
    """What was done: the import that laid the figures (None where the pack has no base yet), the figures, the rows that moved.

    `profiles`: how many profiles are of a commune that is gone. A profile stands outside the history, so an administrator gives it another.
    """

    number: int | None
    recoded: Recoded | None = None
    rows: Mapping[str, int] = field(default_factory=dict)
    profiles: int = 0


def plan(pack: Pack, since: int | None = None, to: int | None = None) -> Plan | None:
    """What is to be done; None when nothing happened to the communes of the pack and its file is already of the year.

    `since`: of which year its communes are, where the file does not say. Raises PackError for a file that cannot be read or brought on, and
    for another year `to` than that of the reference tables.
    """
    year = reference.year()
    if to is not None and to != year:
        raise PackError(
            spaced(
                f"Les tables de référence suivent le code officiel géographique de {year}, pas celui de {to} : reconstruisez-les d'abord "
                "(python -m data.reference.build)."
            )
        )
    document = _read(pack.territory)
    communes = _communes(document)
    declared = document.get(YEAR)
    start = since or (
        int(declared) if isinstance(declared, int) else since_when(communes, reference.passages(), year)
    )
    known = {each.year for each in reference.passages()}
    if start < min(known, default=year) - 1:
        raise PackError(
            spaced(
                f"Les passages d'avant {min(known, default=year)} ne sont pas dans les tables de référence, et la liste est de {start} : "
                "faites un pack neuf avec les communes d'aujourd'hui."
            )
        )
    done = steps(communes, start, reference.passages())
    if lost := [code for step in done for code in step.lost]:
        raise PackError(
            spaced(
                f"Aucune commune d'aujourd'hui n'est dite succéder à {', '.join(lost)} : corrigez {pack.territory} à la main."
            )
        )
    if not done and declared == year:
        return None
    for step in done:
        _bring_on(document, step)
    _follow_areas(document)
    document[YEAR] = year
    text = tomlkit.dumps(document)
    try:
        with draft(pack.territory, text) as path:
            territory = load_territory(path)
    except TerritoryError as error:
        raise PackError(
            spaced(
                f"Le fichier {pack.territory} ne peut pas être mis au code de {year} par cette commande, rien n'a changé. "
            )
            + "\n".join(f"- {each}" for each in error.problems)
        ) from error
    return Plan(pack, start, year, done, text, territory)


def _read(path: Path) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(path.read_bytes().decode("utf-8-sig"))
    except (ParseError, UnicodeDecodeError) as error:
        raise PackError(spaced(f"{path} n'est pas un fichier TOML lisible ({error}).")) from error
    except OSError as error:
        raise PackError(spaced(f"{path} ne peut pas être lu ({error.strerror}).")) from error


def _communes(document: Mapping[str, Any]) -> dict[str, str]:
    """Names by code, as the file lists them; a bare code has the name that is known of it."""
    names = {each.code: each.name for each in reversed(reference.passages()) if each.code} | dict(
        reference.commune_names()
    )
    found: dict[str, str] = {}
    for entry in document.get("communes", ()):
        code = str(entry.get("code", "")) if isinstance(entry, Mapping) else str(entry)
        found[code] = (
            str(entry.get("name", ""))
            if isinstance(entry, Mapping) and "name" in entry
            else names.get(code, code)
        )
    return found


# -- the file


def _bring_on(document: tomlkit.TOMLDocument, step: Step) -> None:
    """The communes and groups of the file as they are after one step; everything else, comments too, stays as it is."""
    listed: Any = document["communes"]
    moves, there = step.moves, [_code(each) for each in listed]
    for position in reversed(range(len(there))):
        code = there[position]
        new = moves.get(code, code)
        taken = new != code and (new in there or new in [moves.get(each) for each in there[:position]])
        if taken:
            del listed[position]
        elif new != code or step.after[new] != step.before[code]:
            _write_commune(listed, position, new, step.after[new])
    for child, parent in step.left.items():
        position = [_code(each) for each in listed].index(parent)
        listed.insert(position + 1, _commune(child, step.after[child]))
    groups = document.get("groups", ())
    seats = {new for new, codes in step.parts.items() if new in codes}
    placed: set[str] = set()
    for group in groups:
        codes = group["communes"]
        own = [str(code) for code in codes]
        for position in reversed(range(len(own))):
            new = moves.get(own[position], own[position])
            if new == own[position]:
                continue
            # A merged commune is in the group of its seat, else in the first that had a part of it.
            elsewhere = new in seats and new not in own
            if (
                elsewhere
                or new in own
                or new in placed
                or new in [moves.get(each) for each in own[:position]]
            ):
                del codes[position]
            else:
                codes[position] = new
        placed |= {str(code) for code in codes}
        for child, parent in step.left.items():
            now = [str(code) for code in codes]
            if parent in now:
                codes.insert(now.index(parent) + 1, child)
    _without_empty(document)


def _code(entry: Any) -> str:
    return str(entry["code"]) if isinstance(entry, Mapping) else str(entry)


def _commune(code: str, name: str) -> Any:
    table = tomlkit.inline_table()
    table.update({"code": code, "name": name})
    return table


def _write_commune(listed: Array, position: int, code: str, name: str) -> None:
    entry = listed[position]
    if isinstance(entry, MutableMapping):
        entry["code"] = code
        if "name" in entry:
            entry["name"] = name
    else:
        listed[position] = code


def _follow_areas(document: tomlkit.TOMLDocument) -> None:
    """Départements, EPCIs and groups named after an EPCI, as they are today: they follow from the codes."""
    codes = [_code(each) for each in document["communes"]]  # type: ignore[union-attr]
    frame = reference.communes(codes, contours=False).set_index("code")
    for key, column in (("departements", "departement"), ("epcis", "epci")):
        if key in document:
            known = frame.dropna(subset=[column]).drop_duplicates(column).sort_values(column)
            rows = tomlkit.array()
            for code, name in zip(known[column], known[f"{column}_name"], strict=True):
                rows.append(_commune(str(code), str(name)))
            document[key] = rows.multiline(len(rows) > 1)
    groups = document.get("groups")
    if not isinstance(groups, AoT):
        return
    by_epci = {
        str(found[1]): group for group in groups if (found := _GROUP_OF_EPCI.fullmatch(str(group["id"])))
    }
    for siren, group in list(by_epci.items()):
        for code in [str(each) for each in group["communes"]]:
            now = frame["epci"].get(code)
            if isinstance(now, str) and now != siren:
                group["communes"].remove(code)
                if now not in by_epci:
                    fresh = tomlkit.table()
                    fresh.update(
                        {"id": f"epci-{now}", "name": str(frame.at[code, "epci_name"]), "communes": []}
                    )
                    groups.append(fresh)
                    by_epci[now] = groups[-1]
                by_epci[now]["communes"].append(code)
    _without_empty(document)


def _without_empty(document: tomlkit.TOMLDocument) -> None:
    groups = document.get("groups")
    if isinstance(groups, AoT):
        for position in reversed(range(len(groups))):
            if not len(groups[position]["communes"]):
                del groups[position]
        if not len(groups):
            document.remove("groups")


# -- the base


def look(store: Store, steps_: Iterable[Step]) -> Recoded:
    """What the figures of a base would become; nothing is written."""
    with store.read() as session:
        return _recoded(session, steps_)


def _recoded(session: Session, steps_: Iterable[Step]) -> Recoded:
    catalogue = read_catalogue(session)
    kinds = {id_: each.kind for id_, each in catalogue.indicators.items()}
    return recode(current_observations(session), steps_, kinds)


def migrate(made: Plan, store: Store | None, actor: Actor) -> Done:
    """Do what `made` says: the file, and the base where there is one, both or neither. Raises PackError, StoreError."""
    kept = made.pack.territory.with_name(f"territory-{made.since}.toml")
    done, written = Done(None), False
    try:
        if store is not None and made.steps:
            with store.write(actor) as session, operation_in(session, "recode") as current:
                done = lay(current, made.steps, made.since, made.year)
                keep_and_replace(made.pack.territory, made.text, kept)
                written = True
        else:
            keep_and_replace(made.pack.territory, made.text, kept)
    except OSError as error:
        raise PackError(
            spaced(f"{made.pack.territory} ne peut pas être écrit ({error.strerror}) : rien n'a changé.")
        ) from error
    except BaseException:
        if written:  # the base did not take it: the file is what it was
            put_back(kept, made.pack.territory)
        raise
    return done


def lay(current: Operation, steps_: Sequence[Step], since: int, year: int) -> Done:
    """Lay the figures of the new communes, note what became of each, and let the rows of the register follow, as one operation."""
    session = current.session
    recoded = _recoded(session, steps_)
    label = f"Code officiel géographique : de {since} à {year}"
    number = record_import(session, recoded.cells, kind=KIND, label=label)
    record_entries(session, number, needed_entries(session, recoded.cells))
    rows = [
        {
            **{name: getattr(row, name) for name in JOURNAL_COLUMNS},
            "value": _number(row.value),
            "import_id": number,
        }
        for row in recoded.journal.itertuples(index=False)
    ]
    if rows:
        session.connection.execute(insert(tables.recoding), rows)
    moved: dict[str, int] = {}
    for step in steps_:
        for table, column in PLACED:
            codes = list(step.moves)
            found = session.connection.execute(
                select(table.c.id, table.c[column]).where(
                    table.c[column].in_(codes), table.c.removed_at.is_(None)
                )
            ).all()
            for id_, code in found:
                session.update(table, id_, {column: step.moves[code]})
            moved[table.name] = moved.get(table.name, 0) + len(found)
        _follow_wishes(session, step, moved)
    current.subject, current.facts["import"] = ("import", str(number)), number
    read_catalogue(session)
    profile, gone = tables.profile, [code for step in steps_ for code in step.moves]
    profiles = session.connection.execute(
        select(func.count()).where(profile.c.commune.in_(gone), profile.c.removed_at.is_(None))
    ).scalar_one()
    return Done(number, recoded, {name: count for name, count in moved.items() if count}, int(profiles))


def _follow_wishes(session: Any, step: Step, moved: dict[str, int]) -> None:
    """The communes that a dossier wishes for besides the first."""
    table, moves = tables.application, step.moves
    for id_, wishes in session.connection.execute(
        select(table.c.id, table.c.other_wishes).where(
            table.c.other_wishes.is_not(None), table.c.removed_at.is_(None)
        )
    ).all():
        if any(code in moves for code in wishes):
            session.update(
                table, id_, {"other_wishes": list(dict.fromkeys(moves.get(code, code) for code in wishes))}
            )
            moved[table.name] = moved.get(table.name, 0) + 1


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def journal(session: Session, number: int) -> pd.DataFrame:
    """What an import of this kind made of each figure, columns `JOURNAL_COLUMNS`, sorted; no row for any other import."""
    table = tables.recoding
    return session.frame(
        select(*(table.c[name] for name in JOURNAL_COLUMNS))
        .where(table.c.import_id == number)
        .order_by(table.c.year, table.c.commune, table.c.indicator, table.c.period)
    )


def undo(pack: Pack, store: Store | None, actor: Actor) -> tuple[int | None, tuple[str, ...]]:
    """Put the file back as it was before, and take the newest import of this kind away; its number and what could not be put back.

    Raises PackError when the file was never brought on.
    """
    kept = sorted(pack.folder.glob("territory-[0-9][0-9][0-9][0-9].toml"))
    if not kept:
        raise PackError(spaced(f"Rien à annuler : {pack.folder} ne garde aucun fichier d'avant."))
    number: int | None = None
    left: tuple[str, ...] = ()
    if store is not None:
        with store.read() as session:
            live = [each.id for each in history.imports(session) if each.kind == KIND and each.in_force]
        if live:
            outcome = history.undo(store, actor, live[0])
            number, left = outcome.id, outcome.left
    try:
        put_back(kept[-1], pack.territory)
    except OSError as error:
        raise PackError(spaced(f"{pack.territory} ne peut pas être écrit ({error.strerror}).")) from error
    return number, left


def summary_of_rows(rows: Mapping[str, int]) -> str:
    """« 3 séjours, 1 dossier »: how many rows of the register follow their commune."""
    words = {
        "stay": "séjours", "application": "dossiers", "contact": "acteurs", "listing": "annonces", "event": "événements",
        "reception": "réceptions", "remark": "remarques",
    }  # fmt: skip
    return ", ".join(quantity(count, words[name]) for name, count in rows.items())
