"""The sections of the network's own page: each one question, its answer as a sentence, the picture, the same as a table, its source."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analysis import community as people
from analysis import french, proximity
from analysis.community import Tally
from analysis.desk import Desk
from analysis.french import NBSP, NNBSP
from analysis.model import Audience, Status
from analysis.retention import Retention, sentence_years
from data.community import complements, telecentres
from ui import charts, community, frame, growth, network_charts, replay, tables
from ui.community import Community
from ui.filters import Filters
from ui.navigation import PAGES
from ui.tables import Column

GROWTH_BY = {"annee": "par année", "commune": "par commune", "metier": "par métier"}
RADII = {"0": "dans la même commune", **{km: f"à {km}{NBSP}km ou moins" for km in ("5", "10", "20")}}
CONTACTS = {
    "mairie": "mairies",
    "elected": "élus",
    "association": "associations",
    "notary": "notaires",
    "agency": "agences immobilières",
    "other": "autres acteurs",
}
EVENTS = {
    "meeting": "rencontres",
    "reception": "réceptions d'accueil",
    "training": "ateliers et formations",
    "telecentre": "télécentres",
    "spin_off": "projets nés du réseau",
    "jobs": "déclarations d'emplois",
    "other": "autres événements",
}
LATEST = 15


def spaced(text: str) -> str:
    """French typography: narrow no-break spaces inside quotation marks and before high punctuation."""
    return re.sub(r" (?=[;:!?%»])|(?<=«) ", NNBSP, text)


def source(desk: Desk) -> str:
    """« Source : registre du réseau — démonstration. »"""
    mark = f" — {frame.DEMO}" if desk.network.is_demo else ""
    return f"Source{NNBSP}: registre du réseau{mark}, {french.date(desk.today)}."


def members(audience: Audience) -> str:
    """What counted people are called: « membres » when all are counted, « membres publics » when only those who consented are."""
    return "membres" if people.sees_all(audience) else "membres publics"


def whose(desk: Desk, here: Community, audience: Audience) -> str:
    """Which members a figure counts, and where it comes from."""
    if people.sees_all(audience):
        return f"{source(desk)} Tous les membres sont comptés."
    consenting = int(here.here["public"].sum())
    return spaced(
        f"{source(desk)} Pour {audience.label}, seuls comptent les membres qui ont accepté de paraître dans l'annuaire "
        f"({french.quantity(consenting, 'présents')} aujourd'hui) ; les autres ne figurent que dans les effectifs du territoire, "
        "à la section Croissance."
    )


def empty(text: str, todo: str) -> None:
    """A section without rows: what is not there, and what to do next."""
    frame.sentence(spaced(text))
    st.info(spaced(todo), icon=":material/person_add:")
    register = next((page for page in PAGES if page.path == "registre"), None)
    if register:
        st.page_link(register.file, label="Ouvrir le registre", icon=register.icon)


# --------------------------------------------------------------------------------------------- growth, replay


def growth_section(desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """Does the network grow: by year, by commune, by trade."""
    if not _anybody(desk, audience):
        return
    how = st.segmented_control(
        "Compter",
        list(GROWTH_BY),
        format_func=GROWTH_BY.__getitem__,
        key=filters.key("croissance"),
        required=True,
        wrap=True,
    )
    if how in ("commune", "metier"):
        _growth_by(desk, here, audience, "commune" if how == "commune" else "metier")
    else:
        growth.show(desk, audience, key="reseau:growth")


def _growth_by(desk: Desk, here: Community, audience: Audience, by: str) -> None:
    counts = community.by_year(desk, audience, "commune" if by == "commune" else "trade")
    if by == "commune":
        order = sorted(counts.columns, key=lambda code: french.sort_key(desk.names[code]))
        counts = counts[order].rename(columns=desk.names)
    else:
        order = sorted(counts.columns, key=lambda name: (-int(counts[name].iloc[-1]), french.sort_key(name)))
        counts = counts[order]
    noun = "communes" if by == "commune" else "métiers"
    frame.sentence(spaced(spread(counts, noun, members(audience))))
    charts.show(
        _matrix(desk.revision, desk.today, people.sees_all(audience), by, counts), key=f"reseau:growth:{by}"
    )
    frame.note(f"{whose(desk, here, audience)} Aire des cercles proportionnelle au nombre de membres.")
    table = pd.DataFrame(
        {"name": list(counts.columns)}
        | {str(day.year): [french.number(int(n)) for n in row] for day, row in counts.iterrows()}
    )
    years = [str(day.year) for day in counts.index]
    columns = [Column("name", french.sentence(noun[:-1])), *(Column(y, y, numeric=True) for y in years)]
    with st.expander("Les mêmes chiffres en tableau", icon=":material/table:"):
        total = [french.number(int(n)) for n in counts.sum(axis=1)]
        tables.show_table(
            table,
            columns,
            caption=f"Membres présents au 31 décembre, et le {french.date(desk.today)}",
            foot=["Ensemble", *total],
        )


# Charts are kept: Altair takes longer to put one together than the register to be counted.
@st.cache_resource(show_spinner=False, max_entries=12)
def _matrix(
    revision: int, today: dt.date, everybody: bool, by: str, _counts: pd.DataFrame
) -> tuple[charts.Chart, str]:
    return network_charts.matrix_chart(_counts, "commune" if by == "commune" else "métier")


@st.cache_resource(show_spinner=False, max_entries=6)
def _survival(revision: int, today: dt.date, everybody: bool, _found: Retention) -> tuple[charts.Chart, str]:
    return network_charts.survival_chart(_found)


def spread(counts: pd.DataFrame, noun: str, who: str = "membres") -> str:
    """How many communes or trades have members now, which lead, and how many had some ten years before."""
    now = counts.iloc[-1]
    day = counts.index[-1]
    there = int((now > 0).sum())
    if not there:
        return f"Aucun {french.singular(who)} présent au {french.date(day)}."
    leading = sorted(now.items(), key=lambda pair: (-int(pair[1]), french.sort_key(str(pair[0]))))[:2]
    names = french.join([f"{name} ({french.number(int(n))})" for name, n in leading if n])
    text = f"{french.quantity(int(now.sum()), f'{who} présents')} dans {french.quantity(there, noun)} ; en tête : {names}."
    if len(counts) > 10:
        before = counts.iloc[-11]
        places = french.quantity(int((before > 0).sum()), noun)
        text += f" En {counts.index[-11].year}, ils étaient {french.number(int(before.sum()))} dans {places}."
    return text


def replay_section(desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """Where did members live, month after month."""
    if _anybody(desk, audience):
        replay.show(desk, filters, audience, members(audience), whose(desk, here, audience))


def _anybody(desk: Desk, audience: Audience) -> bool:
    """Whether there is a stay to show; says what to do otherwise."""
    if desk.network.stays.empty:
        empty(
            "Le registre ne contient encore aucun séjour.",
            "Inscrivez le premier membre avec sa commune et sa date d'arrivée : la croissance et la carte se rempliront d'elles-mêmes.",
        )
        return False
    if community.stays(desk, audience).empty and not people.sees_all(audience):
        frame.note(
            "Aucun membre n'a encore accepté de paraître : seuls les effectifs du territoire peuvent être montrés."
        )
    return True


# --------------------------------------------------------------------------------------------- retention


RETENTION = [
    Column("duree", "Après"),
    Column("part", "Encore présents", numeric=True),
    Column("intervalle", "Intervalle à 95 %", numeric=True),
    Column("suivis", "Membres suivis jusque-là", numeric=True),
]


def retention_section(desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """How long do members stay."""
    found = community.retention(desk, audience)
    if not found.members:
        empty(
            "Aucun séjour à suivre : la fidélité ne se mesure pas encore.",
            "Inscrivez les membres et leurs dates d'arrivée et de départ. Pour le public et les élus, il faut aussi leur accord.",
        )
        return
    still = found.members - found.departures
    kept = found.after(5) or found.after(1)
    head = ""
    if kept:
        head = (
            f"Après {sentence_years(kept.years)}, {french.percent(100 * kept.share, 0)} des {members(audience)} sont encore là "
            f"(intervalle de confiance à 95 % : {network_charts.interval_text(kept.low, kept.high)}) ; "
        )
    half = (
        f"la moitié reste plus de {sentence_years(found.median)}."
        if found.median is not None
        else "plus de la moitié sont encore là."
    )
    frame.sentence(spaced(french.sentence(head + half)))
    charts.show(
        _survival(desk.revision, desk.today, people.sees_all(audience), found), key="reseau:retention"
    )
    caption = "Part des membres encore présents selon le temps écoulé depuis l'arrivée"
    tables.show_table(network_charts.retention_rows(found), RETENTION, caption=caption)
    limits = "de "
    if found.median is not None and found.median_low is not None:
        limits = f"de {sentence_years(found.median_low)} à " + (
            sentence_years(found.median_high)
            if found.median_high is not None
            else "une durée encore inconnue"
        )
        frame.note(spaced(f"Durée médiane : {sentence_years(found.median)}, intervalle à 95 % {limits}."))
    frame.note(
        spaced(
            f"Estimation de Kaplan–Meier sur {french.quantity(found.members, 'séjours')} : {french.quantity(found.departures, 'départs')}, "
            f"{french.quantity(still, 'séjours')} en cours, comptés comme « au moins aussi longs » (traits sur la courbe). Un déménagement "
            "dans le territoire n'est pas un départ ; un retour n'est pas compté une seconde fois. Au-delà du plus long séjour observé, "
            "rien n'est dit."
        )
    )
    frame.note(whose(desk, here, audience))


# --------------------------------------------------------------------------------------------- directory, trades


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
        empty(
            "L'annuaire est vide : aucun membre présent n'a accepté d'y paraître.",
            "Recueillez l'accord de chaque membre : le texte et la date de l'accord se notent sur sa fiche.",
        )
        return
    training = int(public["trains"].sum())
    trades = public["trade"].nunique()
    frame.sentence(
        spaced(
            f"{french.quantity(len(public), 'membres')} {_agree(len(public), 'figure', 'figurent')} à l'annuaire, dans "
            f"{french.quantity(trades, 'métiers')} ; {french.number(training)} {_agree(training, 'forme', 'forment')} les autres."
        )
    )
    one, two, three = st.columns(3, vertical_alignment="bottom")
    one.selectbox(
        "Métier",
        ["", *trades_of(public)],
        format_func=lambda t: t or "tous les métiers",
        key=filters.key("metier"),
    )
    two.selectbox(
        "Compétence",
        ["", *skills_of(public)],
        format_func=lambda s: s or "toutes les compétences",
        key=filters.key("competence"),
    )
    three.toggle("Seulement ceux qui forment", key=filters.key("forme"))
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
            caption=f"Annuaire : {french.quantity(len(found), 'membres')}".replace(" :", f"{NNBSP}:"),
        )
    counted = people.by_trade(people.seen(here.here, audience))
    st.subheader("Les métiers", anchor=False)
    charts.show(charts.bars(counted, "trade", "count", unit="membres", title="Métiers"), key="reseau:trades")
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
    frame.note(whose(desk, here, audience))
    hidden = int((~here.here["public"].astype(bool)).sum())
    if people.sees_all(audience) and hidden:
        frame.note(
            f"{french.sentence(french.quantity(hidden, 'membres présents'))} {_agree(hidden, 'n’a', 'n’ont')} pas donné "
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
        _nobody(audience)
        return
    st.segmented_control(
        "Proches",
        list(RADII),
        format_func=RADII.__getitem__,
        key=filters.key("rayon"),
        required=True,
        wrap=True,
    )
    radius = filters["rayon"]
    spelled = {str(trade).casefold(): str(trade) for trade in shown["trade"]}
    declared = complements()
    pairs = {
        (spelled[c.first.casefold()], spelled[c.second.casefold()]): c.reason
        for c in declared
        if c.first.casefold() in spelled and c.second.casefold() in spelled
    }
    found = proximity.near_pairs(shown, list(pairs), community.points(frozenset()), float(radius))
    near = int(found["count"].sum())
    where = RADII[radius]
    if found.empty:
        frame.sentence(
            "Aucun des métiers présents n'en complète un autre dans la table des métiers complémentaires."
        )
    elif not near:
        frame.sentence(f"Aucun membre n'a {where} un membre d'un métier complémentaire.")
    else:
        best = found.iloc[0]
        frame.sentence(
            spaced(
                f"{french.quantity(near, 'paires')} de {members(audience)} de métiers complémentaires {where} ; "
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
            spaced(f"Métiers qui en compléteraient d'autres et manquent ici : {french.join(lacking)}.")
        )
    frame.note(
        spaced(
            "Distances à vol d'oiseau entre points intérieurs des communes : le registre ne tient aucune adresse. La liste des métiers "
            "complémentaires est une lecture du réseau, pas une statistique ; un membre compte dans chaque paire où il entre."
        )
    )
    frame.note(whose(desk, here, audience))


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


# --------------------------------------------------------------------------------------------- isolation


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
        _nobody(audience)
        return
    places = community.telecentre_communes(desk, audience)
    points = community.points(frozenset(places))
    found = proximity.isolation(shown, points, places)
    together = int((found["km"] == 0).sum())
    who = members(audience) if together > 1 else french.singular(members(audience))
    text = (
        f"{french.number(together)} {who} sur {french.number(len(found))} "
        f"{_agree(together, 'a', 'ont')} un autre {french.singular(members(audience))} dans leur commune"
    )
    far = found[found["km"] > 0]
    if len(far):
        alone = far.iloc[0]
        text += f" ; le plus isolé, {french.at_place(desk.names[alone['commune']])}, est à {distance(alone['km'])} du plus proche"
    if found["telecentre_km"].notna().any():
        half = float(found["telecentre_km"].median())
        text += f" ; un membre sur deux est à {distance(half) if half else '0 km'} ou plus d'un télécentre"
    frame.sentence(spaced(f"{text}."))
    names = {**dict(zip(telecentres()["commune"], telecentres()["name"], strict=True)), **desk.names}
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
            for row in telecentres().itertuples(index=False)
        ]
    )
    frame.note(
        spaced(
            "Distances à vol d'oiseau entre points intérieurs des communes ; deux membres d'une même commune sont à 0 km par convention. "
            f"Télécentres dont l'ouverture a été publiée : {opened}. S'ils sont encore ouverts n'est pas publié. Un événement "
            "« télécentre » du registre en ajoute un."
        )
    )
    frame.note(whose(desk, here, audience))


def _nobody(audience: Audience) -> None:
    if people.sees_all(audience):
        empty("Aucun membre n'est présent.", "Inscrivez un membre, sa commune et son métier.")
    else:
        empty(
            "Aucun membre présent n'a accepté de paraître.",
            "Recueillez l'accord des membres, ou choisissez la vue des animateurs.",
        )


# --------------------------------------------------------------------------------------------- contacts, events


def contacts_section(desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """Who keeps the network alive beside its members."""
    tally = desk.release(audience).contacts
    if desk.network.contacts.empty:
        empty(
            "Aucun acteur n'est inscrit.",
            "Inscrivez la mairie de chaque commune, puis notaires, agences, associations et élus qui prennent part à la veille.",
        )
        return
    frame.sentence(spaced(contacts_sentence(tally)))
    table = pd.DataFrame(
        {
            "kind": [french.sentence(CONTACTS[kind]) for kind in tally.table["kind"]],
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
    listed["what"] = [french.sentence(french.singular(CONTACTS[kind])) for kind in listed["kind"]]
    listed["place"] = [desk.names.get(code, code) for code in listed["commune"]]
    listed["order"] = [
        (list(CONTACTS).index(k), french.sort_key(p))
        for k, p in zip(listed["kind"], listed["place"], strict=True)
    ]
    with st.expander(f"Les acteurs, un par un ({french.number(len(listed))})", icon=":material/groups:"):
        tables.show_table(
            listed.sort_values("order", key=lambda s: s.map(tuple)),
            [Column("name", "Acteur"), Column("what", "Catégorie"), Column("place", "Commune")],
            caption="Acteurs du réseau",
        )
    lacking = [
        CONTACTS[kind]
        for kind, n in zip(tally.table["kind"], tally.table["count"], strict=True)
        if n == 0 and kind != "other"
    ]
    if people.sees_all(audience) and lacking:
        frame.note(spaced(f"Pas encore inscrits au registre : {french.join(lacking)}."))
    note = source(desk)
    if not people.sees_all(audience):
        note += (
            " Les mairies sont des institutions ; un autre acteur n'est montré que s'il l'a accepté, et compté que si les autres sont "
            f"assez nombreux (au moins {desk.thresholds.of(audience)})."
        )
    frame.note(note)


def contacts_sentence(tally: Tally) -> str:
    """« 26 acteurs : 20 mairies, 3 notaires et 3 agences immobilières. »"""
    counted = [
        french.quantity(row.value, CONTACTS[row.kind])
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


def events_section(desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """What does the network bring about, and with what."""
    tally = desk.release(audience).events
    if desk.network.events.empty:
        empty(
            "Aucun événement n'est inscrit.",
            "Notez les rencontres, les réceptions d'accueil, les emplois déclarés et les heures données : c'est ce que le réseau produit.",
        )
        return
    frame.sentence(spaced(events_sentence(tally)))
    rows = tally.table
    drawn = rows.assign(name=[french.sentence(EVENTS[kind]) for kind in rows["kind"]])
    charts.show(
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
            "what": [french.sentence(french.singular(EVENTS[kind])) for kind in latest["kind"]],
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
    note = f"{source(desk)} Les heures sont déclarées et données bénévolement ; les emplois sont ceux que les membres déclarent."
    if not people.sees_all(audience):
        note += " Un événement qui concerne un membre n'est montré que si ce membre l'a accepté ; « au moins » : une partie est masquée."
    frame.note(spaced(note))


def events_sentence(tally: Tally) -> str:
    """« 132 événements et 520 heures données depuis 2005, pour un budget de 0 € ; 24 emplois déclarés. »"""
    hours, jobs = float(tally.table["hours"].sum()), int(tally.table["jobs"].sum())
    count = tally.total if tally.total is not None else float(tally.known)
    low = "au moins " if tally.partial else ""
    since = f" depuis {pd.Timestamp(tally.listed['on'].min()).year}" if len(tally.listed) else ""
    head = "" if tally.total is not None else "au moins "
    return french.sentence(
        f"{head}{french.quantity(count, 'événements')} et {low}{french.quantity(hours, 'heures données')}{since}, "
        f"pour un budget de 0 € ; {low}{french.quantity(jobs, 'emplois déclarés')}."
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


def _agree(count: int, one: str, many: str) -> str:
    return french.plural(count, one, many)


SECTIONS: dict[str, tuple[str, str]] = {
    "croissance": ("Croissance", "Le réseau grandit-il ?"),
    "rejouer": ("Rejouer", "Où vivaient les membres, mois après mois ?"),
    "fidelite": ("Fidélité", "Combien de temps restent-ils ?"),
    "annuaire": ("Annuaire", "Qui fait quoi, et qui forme ?"),
    "metiers": ("Métiers proches", "Quels métiers complémentaires sont voisins ?"),
    "isolement": ("Isolement", "Qui est loin des autres et d'un télécentre ?"),
    "acteurs": ("Acteurs", "Qui fait vivre le réseau avec ses membres ?"),
    "evenements": ("Événements", "Que produit le réseau, et avec quoi ?"),
}
_DRAW = {
    "croissance": growth_section,
    "rejouer": replay_section,
    "fidelite": retention_section,
    "annuaire": directory_section,
    "metiers": trades_section,
    "isolement": isolation_section,
    "acteurs": contacts_section,
    "evenements": events_section,
}


def show(section: str, desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """One section: its question and its answer."""
    st.subheader(spaced(SECTIONS[section][1]), anchor=False)
    if section != "rejouer":
        replay.stop()
    _DRAW[section](desk, here, filters, audience)


def sections() -> Sequence[str]:
    """The keys of the sections, in the order of the page."""
    return list(SECTIONS)
