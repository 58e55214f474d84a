"""All the dossiers: who waits today, by step, as a list with filters, by day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analysis import french
from analysis.applications.clocks import Ring
from analysis.french import NNBSP
from analysis.vocabulary import (
    APPLICATION_CHANNELS,
    APPLICATION_ENDS,
    APPLICATION_STATUSES,
    APPLICATION_STEPS,
)
from ui import following, frame, tables
from ui.applications.controls import opener
from ui.applications.parts import DossierDesk
from ui.filters import Filters
from ui.markdown import literal
from ui.tables import Column

RINGS = {
    Ring.LATE: "En retard",
    Ring.REMINDER: "À relancer",
    Ring.DUE: "À répondre aujourd’hui",
    Ring.ON_TIME: "Dans les temps",
    Ring.PAUSED: "En pause",
}
CARDS = 6
ROWS = 200
"""At most so many cards a step and rows of a list: the rest is counted and found by filters."""


def show_today(desk: DossierDesk, filters: Filters) -> None:
    """What waits, the loudest first, then the tasks and the pairs that may be one."""
    here = desk.here
    frame.sentence(following.sentence(here))
    for application, reason in list(here.nobody.items())[:CARDS]:
        _row(filters, application, here.label(application), reason, "nobody")
    for ring, title in RINGS.items():
        found = [(who, each) for who, each in here.waiting if each.ring is ring]
        if not found:
            continue
        st.subheader(f"{title} ({french.number(len(found))})", anchor=False)
        for application, each in found[:20]:
            _row(filters, application, here.label(application), each.sentence(), "wait")
        if len(found) > 20:
            frame.note(f"Et {french.number(len(found) - 20)} autres, dans « Liste ».")
    _tasks(desk, filters)
    _doubles(desk, filters)


def _row(filters: Filters, application: str, label: str, text: str, key: str) -> None:
    left, right = st.columns([1, 4], vertical_alignment="center")
    with left:
        opener(filters, application, literal(label), key)
    with right:
        frame.note(text)


def _tasks(desk: DossierDesk, filters: Filters) -> None:
    found = following.tasks(desk.origin, desk.me)
    due = [task for task in found if task.due is not None and task.due <= desk.today]
    if not due:
        return
    st.subheader(f"Tâches échues ({french.number(len(due))})", anchor=False)
    for task in due[:20]:
        who = desk.people.get(task.owner, "quelqu’un qui n’a plus de profil")
        title = task.title or "tâche lue après les deux signatures"
        day = french.date(task.due) if task.due else ""
        text = f"{title}{NNBSP}: {who}, pour le {day}"
        _row(filters, task.application, desk.here.label(task.application), text, f"task-{task.id}")


def _doubles(desk: DossierDesk, filters: Filters) -> None:
    pairs = following.pairs(desk.origin)
    if pairs.empty:
        return
    st.subheader(f"Peut-être le même dossier ({french.number(len(pairs))})", anchor=False)
    frame.note("Rien n’est réuni sans vous : ouvrez l’un des deux et dites ce qu’il en est.")
    for pair in pairs.head(20).to_dict("records"):
        one, other = str(pair["application"]), str(pair["other"])
        _row(
            filters,
            one,
            desk.here.label(one),
            f"{desk.here.label(other)}{NNBSP}: {pair['why']}",
            f"double-{other}",
        )


def show_board(desk: DossierDesk, filters: Filters) -> None:
    """The steps side by side, each with its dossiers, those that ring first."""
    board = desk.here.board
    open_ = board[~board["status"].isin(list(APPLICATION_ENDS))]
    ended = len(board) - len(open_)
    frame.sentence(
        f"{french.counted(len(open_), 'dossier suivi ou installé', 'dossiers suivis ou installés')}"
        f"{NNBSP}; {french.number(ended)} finis sans installation."
    )
    order = {application: place for place, (application, _) in enumerate(desk.here.waiting)}
    steps = list(APPLICATION_STEPS)
    for first in range(0, len(steps), 3):
        for step, column in zip(steps[first : first + 3], st.columns(3), strict=False):
            rows = open_[open_["status"] == step]
            ranks = rows["application"].map(order).fillna(len(order))
            rows = rows.assign(_rank=ranks).sort_values(["_rank", "since"], ascending=[True, False])
            with column, st.container(border=True):
                st.subheader(f"{APPLICATION_STEPS[step]} ({french.number(len(rows))})", anchor=False)
                for row in rows.head(CARDS).to_dict("records"):
                    opener(filters, str(row["application"]), literal(_card(row)), "card")
                    if row["ring"] in (Ring.LATE.value, Ring.REMINDER.value, Ring.DUE.value):
                        frame.note(f"{RINGS[Ring(row['ring'])]}. {row['waits']}")
                if len(rows) > CARDS:
                    frame.note(f"Et {french.number(len(rows) - CARDS)} autres, dans « Liste ».")
                if rows.empty:
                    frame.note("Aucun dossier.")


def _card(row: Mapping[Any, Any]) -> str:
    return f"{row['label']}, {row['trade']}" if row["trade"] else str(row["label"])


def show_list(desk: DossierDesk, filters: Filters) -> None:
    """Every dossier, filtered by step and wished commune; one is opened by its name."""
    step, commune, which = st.columns(3)
    names = desk.territory.name_of
    for place, label, options, parameter in (
        (step, "Étape", APPLICATION_STATUSES, "etape"),
        (commune, "Commune souhaitée", names, "commune"),
    ):
        shown_as = {"": "Toutes", **options}
        place.selectbox(label, list(shown_as), format_func=shown_as.__getitem__, **filters.widget(parameter))
    rows = desk.here.board
    if filters["etape"]:
        rows = rows[rows["status"] == filters["etape"]]
    if filters["commune"]:
        wish = filters["commune"]
        more = [wish in (others or ()) for others in rows["other_wishes"]]
        rows = rows[(rows["wished_commune"] == wish) | pd.Series(more, index=rows.index, dtype=bool)]
    rows = rows.sort_values("received", ascending=False)
    frame.sentence(f"{french.counted(len(rows), 'dossier', 'dossiers')}.")
    labels = dict(zip(rows["application"], rows["label"], strict=True))
    chosen = which.selectbox(
        "Ouvrir un dossier",
        list(labels),
        index=None,
        format_func=lambda one: f"{labels.get(one, '')}",
        placeholder="Nom ou numéro",
        key="dossiers:pick",
    )
    if chosen:
        filters.set("dossier", chosen)
        del st.session_state["dossiers:pick"]
        st.rerun()
    if rows.empty:
        return
    shown = pd.DataFrame(
        {
            "Dossier": rows["label"],
            "Étape": rows["status"].map(APPLICATION_STATUSES),
            "Depuis le": rows["since"].map(_day),
            "Reçu le": rows["received"].map(_day),
            "Métier": rows["trade"].fillna(""),
            "Commune": rows["wished_commune"].map(lambda code: names.get(code, "")),
            "Voie": rows["channel"].map(APPLICATION_CHANNELS).fillna(""),
            "Attend": rows["waits"],
        }
    ).head(ROWS)
    tables.show_table(
        shown, [Column(name, name) for name in shown], caption="Dossiers, du plus récent au plus ancien"
    )
    if len(rows) > ROWS:
        frame.note(f"Les {ROWS} plus récents ; filtrez pour voir les autres.")


def _day(value: object) -> str:
    return "" if pd.isna(value) else french.date(pd.Timestamp(value).date())  # type: ignore[arg-type, call-overload]


def show_calendar(desk: DossierDesk) -> None:
    """What is due, by day: answers, ends of pauses, arrivals, tasks."""
    rows: list[tuple[pd.Timestamp, str, str]] = []
    for application, each in desk.here.waiting:
        what = (
            "se réveille"
            if each.wakes
            else each.for_what
            if each.fixed
            else f"dernier jour pour {each.for_what}"
        )
        rows.append((pd.Timestamp(each.wakes or each.due), desk.here.label(application), what))
    board = desk.here.board
    coming = board[
        (board["planned_arrival"] >= pd.Timestamp(desk.today)) & ~board["status"].isin(list(APPLICATION_ENDS))
    ]
    rows += [(row["planned_arrival"], row["label"], "arrivée prévue") for row in coming.to_dict("records")]
    for task in following.tasks(desk.origin, desk.me):
        if task.due is not None:
            title = task.title or "tâche lue après les deux signatures"
            rows.append((pd.Timestamp(task.due), desk.here.label(task.application), title))
    if not rows:
        frame.sentence("Rien n’est daté.")
        return
    rows.sort()
    past = sum(day < pd.Timestamp(desk.today) for day, _, _ in rows)
    frame.sentence(
        f"{french.counted(len(rows), 'échéance', 'échéances')}, dont {french.number(past)} passées."
    )
    table = pd.DataFrame(
        [
            (_day(day), "passé" if day < pd.Timestamp(desk.today) else "à venir", who, what)
            for day, who, what in rows[:ROWS]
        ],
        columns=["Jour", "", "Dossier", "Quoi"],
    )
    tables.show_table(
        table.rename(columns={"": "État"}),
        [Column(n, n) for n in ("Jour", "État", "Dossier", "Quoi")],
        caption="Échéances, par jour",
    )
