"""The network's members today: who does what and who trains, whose trades complete each other nearby, who is far from the others."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis import community as people
from analysis import french, proximity
from analysis.desk import Desk
from analysis.french import NBSP
from analysis.model import Audience
from data.community import complements, telecentres
from ui import charts, community, frame, loading, tables
from ui.community import Community
from ui.filters import Filters
from ui.network import words as words
from ui.tables import Column

RADII = {"0": "dans la même commune", **{km: f"à {km}{NBSP}km ou moins" for km in ("5", "10", "20")}}

DIRECTORY = [
    Column("shown", "Membre", link="website"),
    Column("trade", "Métier"),
    Column("skills", "Compétences"),
    Column("place", "Commune"),
    Column("trains", "Forme les autres"),
]


def directory_section(desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """Who does what, and who trains: the professional group of members who agreed to be shown."""
    public = people.directory(here.here)
    if public.empty:
        words.empty(
            "L'annuaire est vide : aucun membre présent n'a accepté d'y paraître.",
            "Recueillez l'accord de chaque membre : le texte et la date de l'accord se notent sur sa fiche.",
        )
        return
    training = int(public["trains"].sum())
    trades = public["trade"].nunique()
    frame.sentence(
        french.spaced(
            f"{french.quantity(len(public), 'membres')} {french.plural(len(public), 'figure', 'figurent')} à l'annuaire, dans "
            f"{french.quantity(trades, 'métiers')} ; {french.number(training)} {french.plural(training, 'forme', 'forment')} les autres."
        )
    )
    one, two, three = st.columns(3, vertical_alignment="bottom")
    one.selectbox(
        "Métier",
        ["", *trades_of(public)],
        format_func=lambda t: t or "tous les métiers",
        **filters.widget("metier"),
    )
    two.selectbox(
        "Compétence",
        ["", *skills_of(public)],
        format_func=lambda s: s or "toutes les compétences",
        **filters.widget("competence"),
    )
    three.toggle("Seulement ceux qui forment", **filters.widget("forme"))
    found = people.directory(
        here.here, trade=filters["metier"], skill=filters["competence"], trains=filters.on("forme")
    )
    if found.empty:
        st.info("Aucun membre ne répond à ces choix. Élargissez l'un d'eux.", icon=":material/search_off:")
    else:
        table = found.assign(
            place=[desk.names[code] for code in found["commune"]],
            skills=[", ".join(map(str, skills)) or french.DASH for skills in found["skills"]],
            trains=["oui" if trains else "non" for trains in found["trains"]],
        )
        tables.show_table(
            table,
            DIRECTORY,
            caption=french.spaced(f"Annuaire : {french.quantity(len(found), 'membres')}"),
        )
    counted = people.by_trade(people.seen(here.here, audience))
    st.subheader("Les métiers", anchor=False)
    charts.show_chart(
        charts.bars(counted, "trade", "count", unit="membres", title="Métiers"), key="reseau:trades"
    )
    text = counted.assign(
        count=counted["count"].map(french.number), trains=counted["trains"].map(french.number)
    )
    tables.show_table(
        text,
        [
            Column("trade", "Métier"),
            Column("count", "Membres", numeric=True),
            Column("trains", "Forment", numeric=True),
        ],
        caption="Membres présents par métier",
    )
    frame.note(words.counting_note(desk, here, audience))
    hidden = int((~here.here["public"].astype(bool)).sum())
    if people.sees_all(audience) and hidden:
        frame.note(
            f"{french.sentence(french.quantity(hidden, 'membres présents'))} {french.plural(hidden, 'n’a', 'n’ont')} pas donné "
            "cet accord et ne sont pas dans l'annuaire."
        )


def trades_of(public: pd.DataFrame) -> list[str]:
    """The trades of the directory, in the order of a French index."""
    return sorted({str(trade) for trade in public["trade"]}, key=french.sort_key)


def skills_of(public: pd.DataFrame) -> list[str]:
    """The skills of the directory, in the order of a French index."""
    return sorted({str(skill) for skills in public["skills"] for skill in skills}, key=french.sort_key)


NEAR = [
    Column("pair", "Métiers"),
    Column("reason", "Ensemble"),
    Column("count", "Paires proches", numeric=True),
    Column("where", "Les plus proches"),
]


def trades_section(desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """Which complementary trades are near each other."""
    shown = people.seen(here.here, audience)
    if shown.empty:
        words.nobody(audience)
        return
    st.segmented_control(
        "Proches",
        list(RADII),
        format_func=RADII.__getitem__,
        **filters.widget("rayon"),
        required=True,
        wrap=True,
    )
    radius = filters["rayon"]
    spelled = {str(trade).casefold(): str(trade) for trade in shown["trade"]}
    declared = complements(loading.house().pack.trades)
    pairs = {
        (spelled[c.first.casefold()], spelled[c.second.casefold()]): c.reason
        for c in declared
        if c.first.casefold() in spelled and c.second.casefold() in spelled
    }
    found = proximity.near_pairs(shown, list(pairs), community.points(frozenset()), float(radius))
    near = int(found["count"].sum())
    where = RADII[radius]
    if not declared:
        frame.sentence("Ce territoire n'a pas de table des métiers complémentaires.")
    elif found.empty:
        frame.sentence(
            "Aucun des métiers présents n'en complète un autre dans la table des métiers complémentaires."
        )
    elif not near:
        frame.sentence(f"Aucun membre n'a {where} un membre d'un métier complémentaire.")
    else:
        best = found.iloc[0]
        frame.sentence(
            french.spaced(
                f"{french.quantity(near, 'paires')} de {words.members(audience)} de métiers complémentaires {where} ; "
                f"en tête : {best['first']} et {best['second']} ({french.number(int(best['count']))})."
            )
        )
    if not found.empty:
        table = pd.DataFrame(
            {
                "pair": [f"{r.first} et {r.second}" for r in found.itertuples()],
                "reason": [pairs[(r.first, r.second)] for r in found.itertuples()],
                "count": [
                    french.number(r.count_) for r in found.rename(columns={"count": "count_"}).itertuples()
                ],
                "where": [
                    apart(desk.names[r.first_commune], desk.names[r.second_commune], r.km)
                    for r in found.itertuples()
                ],
            }
        )
        tables.show_table(table, NEAR, caption=f"Métiers complémentaires {where}")
    lacking = sorted(
        {t for c in declared for t in (c.first, c.second) if t.casefold() not in spelled}, key=french.sort_key
    )
    if lacking:
        frame.note(
            french.spaced(f"Métiers qui en compléteraient d'autres et manquent ici : {french.join(lacking)}.")
        )
    frame.note(
        french.spaced(
            "Distances à vol d'oiseau entre points intérieurs des communes : le registre ne tient aucune adresse. La liste des métiers "
            "complémentaires est une lecture du réseau, pas une statistique ; un membre compte dans chaque paire où il entre."
        )
    )
    frame.note(words.counting_note(desk, here, audience))


def apart(one: str, other: str, km: float) -> str:
    """« Essay et Boitron, 6,2 km »; « Essay, même commune »."""
    if km == 0:
        return f"{one}, même commune"
    return f"{one} et {other}, {distance(km)}"


def distance(km: float) -> str:
    """« 6,2 km », « même commune » at 0, « – » where there is none."""
    if pd.isna(km):
        return french.DASH
    return "même commune" if km == 0 else f"{french.number(km, 1)}{NBSP}km"


ISOLATION = [
    Column("name", "Commune"),
    Column("members", "Membres", numeric=True),
    Column("nearest", "Membre le plus proche"),
    Column("km", "Distance du membre", numeric=True),
    Column("telecentre", "Télécentre le plus proche"),
    Column("telecentre_km", "Distance du télécentre", numeric=True),
]


def isolation_section(desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """Who is far from the others and from a telecentre."""
    shown = people.seen(here.here, audience)
    if shown.empty:
        words.nobody(audience)
        return
    places = community.telecentre_communes(desk, audience)
    points = community.points(frozenset(places))
    found = proximity.isolation(shown, points, places)
    together = int((found["km"] == 0).sum())
    who = words.members(audience) if together > 1 else french.singular(words.members(audience))
    text = (
        f"{french.number(together)} {who} sur {french.number(len(found))} "
        f"{french.plural(together, 'a', 'ont')} un autre {french.singular(words.members(audience))} dans leur commune"
    )
    far = found[found["km"] > 0]
    if len(far):
        alone = far.iloc[0]
        text += f" ; le plus isolé, {french.at_place(desk.names[alone['commune']])}, est à {distance(alone['km'])} du plus proche"
    if found["telecentre_km"].notna().any():
        half = float(found["telecentre_km"].median())
        text += f" ; un membre sur deux est à {distance(half) if half else '0 km'} ou plus d'un télécentre"
    frame.sentence(french.spaced(f"{text}."))
    published = telecentres(loading.house().pack.telecentres)
    names = {**dict(zip(published["commune"], published["name"], strict=True)), **desk.names}
    grouped = found.groupby("commune", sort=False).agg(
        members=("member", "size"),
        nearest=("nearest", "first"),
        km=("km", "first"),
        telecentre=("telecentre", "first"),
        telecentre_km=("telecentre_km", "first"),
    )
    table = pd.DataFrame(
        {
            "name": [desk.names[code] for code in grouped.index],
            "members": grouped["members"].map(french.number),
            "nearest": [french.DASH if pd.isna(code) else names[code] for code in grouped["nearest"]],
            "km": grouped["km"].map(distance),
            "telecentre": [french.DASH if pd.isna(code) else names[code] for code in grouped["telecentre"]],
            "telecentre_km": grouped["telecentre_km"].map(distance),
        }
    )
    tables.show_table(table, ISOLATION, caption="Communes des membres, de la plus isolée à la moins isolée")
    if len(found) < len(shown):
        frame.note(
            f"{french.quantity(len(shown) - len(found), 'membres')} sans position : leur commune n'a pas de contour."
        )
    opened = french.join(
        [
            f"{row.name} ({french.period(row.opened)}, {row.producer})"
            for row in published.itertuples(index=False)
        ]
    )
    known = (
        f"Télécentres dont l'ouverture a été publiée : {opened}. S'ils sont encore ouverts n'est pas publié. Un événement "
        "« télécentre » du registre en ajoute un."
        if len(published)
        else "Aucun télécentre publié n'est déclaré pour ce territoire ; un événement « télécentre » du registre en ajoute un."
    )
    frame.note(
        french.spaced(
            "Distances à vol d'oiseau entre points intérieurs des communes ; deux membres d'une même commune sont à 0 km par convention. "
            + known
        )
    )
    frame.note(words.counting_note(desk, here, audience))
