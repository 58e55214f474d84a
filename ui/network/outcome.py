"""Around the members and beyond them: the actors who keep the network alive, what it brings about, the hours given."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis import community as people
from analysis import french
from analysis.community import Tally
from analysis.desk import Desk
from analysis.model import Audience, Status
from analysis.vocabulary import CONTACT_KINDS, EVENT_KINDS
from ui import charts, frame, loading, tables
from ui.community import Community
from ui.filters import Filters
from ui.network import words as words
from ui.provenance import network_source
from ui.tables import Column


def contacts_section(desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """Who keeps the network alive beside its members."""
    tally = desk.release(audience).contacts
    if desk.network.contacts.empty:
        words.empty(
            "Aucun acteur n'est inscrit.",
            "Inscrivez la mairie de chaque commune, puis notaires, agences, associations et élus qui prennent part à la veille.",
        )
        return
    frame.sentence(french.spaced(contacts_sentence(tally)))
    table = pd.DataFrame(
        {
            "kind": [french.sentence(CONTACT_KINDS[kind].plural) for kind in tally.table["kind"]],
            "count": _counts(tally),
            "known": tally.table["known"].map(french.number),
        }
    )
    columns = [
        Column("kind", "Acteurs"),
        Column("count", "Nombre", numeric=True),
        Column("known", "Dont montrés ci-dessous", numeric=True),
    ]
    foot = ["Ensemble", _total(tally), french.number(tally.known)]
    tables.show_table(table, columns, caption="Acteurs par catégorie", foot=foot)
    listed = tally.listed.copy()
    listed["name"] = [
        _contact_name(row, here, people.sees_all(audience), desk) for row in listed.itertuples(index=False)
    ]
    listed["what"] = [french.sentence(french.singular(CONTACT_KINDS[kind].plural)) for kind in listed["kind"]]
    listed["place"] = [desk.names.get(code, code) for code in listed["commune"]]
    listed["order"] = [
        (list(CONTACT_KINDS).index(k), french.sort_key(p))
        for k, p in zip(listed["kind"], listed["place"], strict=True)
    ]
    with st.expander(f"Les acteurs, un par un ({french.number(len(listed))})", icon=":material/groups:"):
        tables.show_table(
            listed.sort_values("order", key=lambda s: s.map(tuple)),
            [Column("name", "Acteur"), Column("what", "Catégorie"), Column("place", "Commune")],
            caption="Acteurs du réseau",
        )
    lacking = [
        CONTACT_KINDS[kind].plural
        for kind, n in zip(tally.table["kind"], tally.table["count"], strict=True)
        if n == 0 and kind != "other"
    ]
    if people.sees_all(audience) and lacking:
        frame.note(french.spaced(f"Pas encore inscrits au registre : {french.join(lacking)}."))
    note = network_source(desk)
    if not people.sees_all(audience):
        note += (
            " Les mairies sont des institutions ; un autre acteur n'est montré que s'il l'a accepté, et compté que si les autres sont "
            f"assez nombreux (au moins {desk.thresholds.of(audience)})."
        )
    frame.note(note)


def contacts_sentence(tally: Tally) -> str:
    """« 26 acteurs : 20 mairies, 3 notaires et 3 agences immobilières. »"""
    counted = [
        french.quantity(row.value, CONTACT_KINDS[row.kind].plural)
        for row in tally.table.rename(columns={"count": "value"}).itertuples()
        if row.status == Status.OBSERVED and row.value
    ]
    named = french.join(counted)
    if tally.total is None:
        return (
            f"{named or 'Aucune mairie'} ; les autres acteurs sont trop peu nombreux pour être comptés ici."
        )
    total = french.quantity(tally.total, "acteurs")
    if not tally.partial:
        return f"{total} : {named}."
    return (
        f"{total}{f', dont {named}' if named else ''} ; le détail des autres est trop petit pour être montré."
    )


def _contact_name(row: object, here: Community, everybody: bool, desk: Desk) -> str:
    """What a contact is called: its label to coordinators, its own name when it agreed, the institution otherwise."""
    person, label = row.person, str(row.label)  # type: ignore[attr-defined]
    if everybody:
        return label
    if person in here.consenting:
        return here.names[person]
    return f"Mairie {french.of_place(desk.names[row.commune])}" if row.commune in desk.names else "Mairie"  # type: ignore[attr-defined]


LATEST = 15


def events_section(desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """What does the network bring about, and with what."""
    tally = desk.release(audience).events
    if desk.network.events.empty:
        words.empty(
            "Aucun événement n'est inscrit.",
            "Notez les rencontres, les réceptions d'accueil, les emplois déclarés et les heures données : c'est ce que le réseau produit.",
        )
        return
    frame.sentence(french.spaced(events_sentence(tally, loading.territory().network.budget)))
    rows = tally.table
    drawn = rows.assign(name=[french.sentence(EVENT_KINDS[kind].plural) for kind in rows["kind"]])
    charts.show_chart(
        charts.bars(drawn[drawn["hours"] > 0], "name", "hours", unit="heures", title="Heures données"),
        key="reseau:hours",
    )
    table = pd.DataFrame(
        {
            "name": drawn["name"],
            "count": _counts(tally),
            "hours": [
                _at_least(h, "heures", low) for h, low in zip(rows["hours"], rows["at_least"], strict=True)
            ],
            "jobs": [
                _at_least(j, "emplois", low) for j, low in zip(rows["jobs"], rows["at_least"], strict=True)
            ],
        }
    )
    columns = [
        Column("name", "Événements"),
        Column("count", "Nombre", numeric=True),
        Column("hours", "Heures données", numeric=True),
        Column("jobs", "Emplois déclarés", numeric=True),
    ]
    foot = [
        "Ensemble",
        _total(tally),
        _at_least(rows["hours"].sum(), "heures", tally.partial),
        _at_least(rows["jobs"].sum(), "emplois", tally.partial),
    ]
    tables.show_table(table, columns, caption="Événements et retombées depuis le début", foot=foot)
    latest = tally.listed.head(LATEST)
    text = pd.DataFrame(
        {
            "on": [french.date(day.date()) for day in pd.to_datetime(latest["on"])],
            "title": latest["title"],
            "what": [french.sentence(french.singular(EVENT_KINDS[kind].plural)) for kind in latest["kind"]],
            "place": [desk.names.get(code, french.DASH) for code in latest["commune"].fillna("")],
            "hours": [
                french.DASH if pd.isna(h) else french.number(h, int(h % 1 > 0)) for h in latest["hours"]
            ],
            "jobs": [french.DASH if pd.isna(j) else french.number(j) for j in latest["jobs"]],
        }
    )
    tables.show_table(
        text,
        [
            Column("on", "Date"),
            Column("title", "Événement"),
            Column("what", "Catégorie"),
            Column("place", "Commune"),
            Column("hours", "Heures", numeric=True),
            Column("jobs", "Emplois", numeric=True),
        ],
        caption=f"Les {french.number(len(text))} derniers événements",
    )
    note = f"{network_source(desk)} Les heures sont déclarées et données bénévolement ; les emplois sont ceux que les membres déclarent."
    if not people.sees_all(audience):
        note += " Un événement qui concerne un membre n'est montré que si ce membre l'a accepté ; « au moins » : une partie est masquée."
    frame.note(french.spaced(note))


def events_sentence(tally: Tally, budget: int | None = None) -> str:
    """« 132 événements et 520 heures données depuis 2005, pour un budget de 0 € ; 24 emplois déclarés. » `budget`: euros a year."""
    hours, jobs = float(tally.table["hours"].sum()), int(tally.table["jobs"].sum())
    count = tally.total if tally.total is not None else float(tally.known)
    low = "au moins " if tally.partial else ""
    since = f" depuis {pd.Timestamp(tally.listed['on'].min()).year}" if len(tally.listed) else ""
    head = "" if tally.total is not None else "au moins "
    spent = ""
    if budget is not None:
        spent = f", pour un budget de {french.quantity(budget, '€')}" + (" par an" if budget else "")
    return french.sentence(
        f"{head}{french.quantity(count, 'événements')} et {low}{french.quantity(hours, 'heures données')}{since}{spent} ; "
        f"{low}{french.quantity(jobs, 'emplois déclarés')}."
    )


def _counts(tally: Tally) -> list[str]:
    return [
        french.cell(n, Status(status))
        for n, status in zip(tally.table["count"], tally.table["status"], strict=True)
    ]


def _total(tally: Tally) -> str:
    return french.number(tally.total) if tally.total is not None else french.status_text(Status.SUPPRESSED)


def _at_least(value: float, unit: str, low: bool) -> str:
    """« 12 heures », « au moins 12 heures », « – » for nothing."""
    if not value:
        return french.status_text(Status.SUPPRESSED) if low else french.DASH
    text = french.quantity(value, unit, int(value % 1 > 0))
    return f"au moins {text}" if low else text
