"""The parts of the portrait of a commune. What can be kept is kept by what the desk holds, day, commune and audience."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from analysis import french, hours, housing, palette, portrait, view
from analysis.community import directory
from analysis.french import NNBSP
from analysis.lacks import commune_lacks_text
from analysis.levels import COMPARED
from analysis.model import Audience, Indicator, Status
from analysis.network import MAX_AGE_DAYS
from analysis.portrait import Cell, Past
from analysis.telework import Verdict, best_technologies, verdicts
from data import reference
from data.territory import geometry
from ui import community, frame, loading, remarks, tables
from ui.listings import LISTING_COLUMNS, listing_rows, listing_text
from ui.map import MapSpec, Marker, show_map
from ui.markdown import literal
from ui.portrait import sparks
from ui.portrait.locator import locator_picture
from ui.provenance import cited, network_source, town_hall_source
from ui.tables import Column

HEADLINE = ("population", "vacancy_rate", "ftth_share")
HERE = palette.ACCENT
LONG = 6  # beyond as many vintages, the full series is folded under the table

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"\+?\d[\d .]{3,20}")


# ---------------------------------------------------------------------------------------------------------------- caches


@dataclass(frozen=True)
class Theme:
    """One theme of the portrait: a row an indicator, and the lines under the table. `parts` are the rows of counts that the rates
    of `rows` are made of. `around`: the columns of what surrounds the commune (key of a row, heading); none where nothing of it is
    imported."""

    name: str
    rows: pd.DataFrame
    parts: pd.DataFrame
    notes: tuple[str, ...]
    group: str
    around: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Beside:
    """What the small line of one indicator is compared with: the département's figures at the dates of its last part; `head` names it."""

    indicator: str
    head: str
    points: tuple[sparks.Point, ...]


@dataclass(frozen=True)
class Portrait:
    """Everything of one commune that depends on figures only, as texts. `beside`: one for each of `pasts` that has something to compare."""

    headline: str
    verdict: str
    themes: tuple[Theme, ...]
    pasts: tuple[Past, ...]
    beside: tuple[Beside, ...] = ()


def portrait_of(desk: loading.Desk, code: str, audience: Audience) -> Portrait:
    """The portrait of a commune of the territory, as `audience` may see it."""
    return _portrait(desk.content, desk.today, code, audience)


@st.cache_resource(show_spinner=False, max_entries=300)
def _portrait(content: int, today: dt.date, code: str, audience: Audience) -> Portrait:
    desk = loading.desk()
    group = next((name for name, codes in desk.groups.items() if code in codes), "")
    themes = tuple(
        _theme(desk, name, indicators, code, group, audience)
        for name, indicators in portrait.themes(desk).items()
    )
    pasts = []
    for indicator in desk.indicators.values():
        if indicator.on_map and portrait.has_past(indicator, audience):
            answers = [loading.answer(indicator.id, period, audience) for period in indicator.periods]
            found = portrait.past([portrait.cell(each, code) for each in answers])
            if len(found.known) > 1:
                pasts.append(found)
    beside = (_past_beside(desk, past, code) for past in pasts) if desk.level_figures else ()
    return Portrait(
        _headline(desk, code, group, audience),
        _verdict_text(desk, code),
        themes,
        tuple(pasts),
        tuple(each for each in beside if each is not None),
    )


def _past_beside(desk: loading.Desk, past: Past, code: str) -> Beside | None:
    """The département beside the last part of a series; None for counts, which do not stand on its scale, and where nothing is known."""
    if past.indicator.kind not in COMPARED:
        return None
    found = [
        (sparks.years(one.answer.vintage.period), each)
        for one in past.parts[-1]
        for each in desk.elsewhere(one.answer, code)
        if each.level.kind == "departement" and each.total.value is not None
    ]
    points = tuple((time, each.total.value) for time, each in found)
    return Beside(past.indicator.id, found[0][1].head, points) if found else None


@st.cache_resource(show_spinner=False, max_entries=2000)
def _around_text(content: int, today: dt.date, code: str, indicator: str, audience: Audience) -> str:
    """The figure of the communes that share a border with `code`, together; a dash where it may not or cannot be said."""
    near = loading.borders()[code]
    found = loading.answer(indicator, None, audience)
    around = portrait.around_answer(loading.desk(), near, found, audience) if near else None
    return portrait.total_text(around) if around is not None else "–"


@st.cache_resource(show_spinner=False, max_entries=3)
def _verdicts(content: int, today: dt.date) -> dict[str, Verdict]:
    desk = loading.desk()
    fibre = loading.answer("ftth_share", None, Audience.PUBLIC)
    best = best_technologies(desk.figures, fibre.vintage.period)
    return {each.commune: each for each in verdicts(best, loading.territory().telework)}


def _verdict_text(desk: loading.Desk, code: str) -> str:
    """« Télétravail : correct. 94 locaux sur 105 ont la fibre… », or why there is no verdict; empty without broadband figures."""
    if "ftth_share" not in desk.indicators:
        return ""
    verdict = _verdicts(desk.content, desk.today)[code]
    worst = f" Pire cas : {verdict.worst_case}." if verdict.worst_case else ""
    level = f"{verdict.level}. {french.sentence(verdict.reason)}" if verdict.level else verdict.reason
    return french.spaced(f"Télétravail : {level}.{worst}")


@st.cache_resource(show_spinner=False)
def _town_halls() -> dict[str, dict[str, Any]]:
    table = reference.town_halls(loading.territory().codes)
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return {str(row["code"]): {str(k): v for k, v in row.items()} for row in rows}


# --------------------------------------------------------------------------------------------------------------- figures


def _theme(
    desk: loading.Desk, name: str, indicators: list[Indicator], code: str, group: str, audience: Audience
) -> Theme:
    citations: dict[str, int] = {}
    rows: list[dict[str, str]] = []
    parts: list[dict[str, str]] = []
    caveats: list[str] = []
    cells = {i.id: portrait.cell(loading.answer(i.id, None, audience), code) for i in indicators}
    around: dict[str, str] = {}
    folded = portrait.parts_of(indicators, cells)
    for indicator in indicators:
        mine = cells[indicator.id]
        found = mine.answer
        citation = cited(desk, found)
        number = citations.setdefault(citation, len(citations) + 1)
        place = portrait.rank(found, code)
        beside = {
            each.level.kind: each for each in (desk.elsewhere(found, code) if desk.level_figures else ())
        }
        around |= {kind: each.head for kind, each in beside.items()}
        (parts if indicator.id in folded else rows).append(
            {
                "id": indicator.id,
                "name": indicator.short,
                "value": mine.text + (f" ({mine.detail})" if mine.detail else ""),
                "rank": place.text if place else "–",
                "group": portrait.total_text(loading.group_answer(group, indicator.id, audience))
                if group
                else "",
                "around": _around_text(desk.content, desk.today, code, indicator.id, audience),
                "territory": portrait.total_text(found),
                "vintage": f"{found.vintage.label} [{number}]",
                **{kind: each.text for kind, each in beside.items()},
            }
        )
        if indicator.kind == "published" and indicator.no_total:
            caveats.append(f"{indicator.short}{NNBSP}: ni groupe ni territoire, {indicator.no_total}.")
        if indicator.caveat and indicator.id not in folded:
            caveats.append(f"{indicator.short}{NNBSP}: {indicator.caveat}")
    caveats += _explained(cells)
    sources = "Sources" if len(citations) > 1 else "Source"
    listed = " ".join(f"[{n}] {text}." for text, n in citations.items())
    return Theme(
        name,
        pd.DataFrame(rows),
        pd.DataFrame(parts),
        (f"{sources}{NNBSP}: {listed}", *caveats),
        group,
        tuple(around.items()),
    )


def _explained(mine: Mapping[str, Cell]) -> list[str]:
    """What a reader asks at this very table: why two shares of vacant dwellings, since when, what « secret » means."""
    notes = []
    if {"vacancy_rate", "lovac_vacancy_rate"} <= mine.keys():
        notes.append(housing.two_rates_note(mine["vacancy_rate"].answer, mine["lovac_vacancy_rate"].answer))
    if {"lovac_vacant", "lovac_vacant_2y"} <= mine.keys():
        notes.append(housing.since_when(mine["lovac_vacant"], mine["lovac_vacant_2y"]))
    if any(one.status is Status.SUPPRESSED for one in mine.values()):
        notes.append(
            french.spaced(
                "« Secret statistique » : le nombre existe et n'est pas zéro ; il est si petit qu'il désignerait quelqu'un, "
                "et son producteur ne le donne pas."
            )
        )
    return notes


def _headline(desk: loading.Desk, code: str, group: str, audience: Audience) -> str:
    parts = []
    for id_ in HEADLINE:
        if id_ not in desk.indicators:
            continue
        found = loading.answer(id_, None, audience)
        mine, place = portrait.cell(found, code), portrait.rank(found, code)
        extra = [t for t in (mine.detail, place.text if place else "", portrait.gap_text(mine)) if t]
        if len(desk.names) == 1:  # alone, a commune has no rank, and its territory is itself
            near = next((e for e in desk.elsewhere(found, code) if e.level.kind == "epci"), None)
            gap = ""
            if near:
                gap = portrait.gap_text(mine, near.answer, f"l'intercommunalité ({near.level.name})")
            extra = [t for t in (mine.detail, gap) if t]
        short = found.indicator.short
        text = f"{short[:1].lower()}{short[1:]}{NNBSP}: {mine.text}" + (
            f" ({', '.join(extra)})" if extra else ""
        )
        parts.append(text)
    where = f", {group}" if group else ""
    return f"{desk.names[code]}{where}. " + french.sentence(f"{NNBSP}; ".join(parts)) + "."


CHANGES = "changements"


def questions(desk: loading.Desk) -> dict[str, str]:
    """The questions of the page, one a theme of the catalogue, then what has changed: id in the address → words."""
    themes = {view.slug(name): name for name in portrait.themes(desk)}
    return {**themes, CHANGES: "Ce qui a changé"}


def figures(desk: loading.Desk, theme: Theme, code: str) -> None:
    """One theme of the catalogue as a table: the commune, its rank, those around it, its group, the territory, vintage, sources."""
    near = [desk.names[each] for each in loading.borders()[code]]
    columns = [
        Column("name", "Indicateur"),
        Column("value", desk.names[code], numeric=True),
        *([Column("rank", "Rang", numeric=True)] if len(desk.names) > 1 else []),
        *([Column("around", "Communes voisines", numeric=True)] if near else []),
        *([Column("group", theme.group, numeric=True)] if theme.group else []),
        *([Column("territory", loading.territory().name, numeric=True)] if len(desk.names) > 1 else []),
        Column("vintage", "Millésime", numeric=True),
    ]
    doubted = {each.indicator for each in remarks.visible(desk, commune=code)}
    tables.show_table(_doubted(theme.rows, doubted), columns, caption=theme.name, notes=theme.notes)
    if len(theme.parts):
        with st.expander(
            f"{theme.name}{NNBSP}: les nombres qui composent ces parts", icon=":material/table:"
        ):
            tables.show_table(
                _doubted(theme.parts, doubted),
                columns,
                caption=f"{theme.name}, nombres",
                hide_caption=True,
                notes=theme.notes[:1],
            )
    if theme.around and len(theme.rows):
        columns = [
            Column("name", "Indicateur"),
            Column("value", desk.names[code], numeric=True),
            *(Column(kind, head, numeric=True) for kind, head in theme.around),
        ]
        rows = theme.rows[["name", "value", *(kind for kind, _ in theme.around)]].fillna("–")
        tables.show_table(rows, columns, caption=french.spaced(f"{theme.name} : et ailleurs ?"))


def _doubted(rows: pd.DataFrame, indicators: Collection[str]) -> pd.DataFrame:
    """The rows, those marked of which the commune says that it does not see it so. What it says stands under the tables."""
    if not indicators or rows.empty:
        return rows
    return rows.assign(
        name=[
            f"{row.name} (remarque de la commune)" if row.id in indicators else row.name
            for row in rows[["id", "name"]].itertuples(index=False)
        ]
    )


def how_to_read(desk: loading.Desk, code: str) -> None:
    """What « communes voisines » and « rang » mean, once for all tables."""
    near = [desk.names[each] for each in loading.borders()[code]]
    around = (
        f"Communes voisines{NNBSP}: celles qui ont une frontière commune ({french.join(near)}). "
        if near
        else ""
    )
    frame.note(
        french.spaced(
            f"{around}Rang : compté depuis la valeur la plus forte ou la plus faible, l'extrémité la plus proche. Deux chiffres qui se "
            "lisent pareil ont le même rang (ex æquo). Un chiffre secret ou non publié n'a pas de rang, et ne compte pas dans « sur »."
        )
    )
    if text := levels_note(desk, code):
        frame.note(
            text, printed=bool(desk.level_figures)
        )  # what nobody imported yet is for who can import it


def levels_note(desk: loading.Desk, code: str) -> str:
    """What figures of what surrounds a commune are made of, or which files bring them."""
    levels = desk.around_of(code)
    if not levels:
        return ""
    if not desk.level_figures:
        names = french.join([level.name for level in levels if level.kind != "peers"])
        return french.spaced(
            f"Et ailleurs ({names}) : pas encore importé. Un fichier national, tel que son producteur le publie, apporte ces chiffres."
        )
    alike = next((f" Communes semblables : {each.name}." for each in levels if each.kind == "peers"), "")
    return french.spaced(
        "Et ailleurs : sommes de ce que les fichiers nationaux publient des communes ; un taux est tiré de ces sommes. « Au moins » : une "
        "partie des communes est secrète ou non publiée. Une médiane ne s'additionne pas : elle n'est donnée que de ventes lues une à une."
        + alike
    )


# ------------------------------------------------------------------------------------------------------------------ past


def changes(shown: Portrait) -> None:
    """How each figure with several vintages changed, the break in a series said; long series in full, folded."""
    st.subheader("Ce qui a changé", anchor=False)
    if not shown.pasts:
        st.info(
            "Un seul millésime dans la base : pas encore de comparaison dans le temps.",
            icon=":material/history:",
        )
        return
    beside = {each.indicator: each for each in shown.beside}
    rows = pd.DataFrame(
        [
            {
                "name": past.indicator.short,
                "spark": _spark(past, beside.get(past.indicator.id)),
                "values": portrait.vintages_text(past.cells, LONG),
                "change": past.change,
            }
            for past in shown.pasts
        ]
    )
    columns = [
        Column("name", "Indicateur"),
        Column("values", "D'un millésime à l'autre", image="spark"),
        Column("change", "Évolution"),
    ]
    breaks = [f"{p.indicator.short}{NNBSP}: {text}" for p in shown.pasts for text in p.breaks]
    broken = [
        french.spaced(f"Tirets : {head}.") for head in dict.fromkeys(each.head for each in shown.beside)
    ]
    tables.show_table(
        rows, columns, caption="Évolutions", hide_caption=True,
        notes=[
            *breaks,
            " ".join([french.spaced("Sources : celles des tableaux ci-dessus."), "Le tracé ne part pas de zéro.", *broken]),
        ],
    )  # fmt: skip
    long = [p for p in shown.pasts if len(p.cells) > LONG]
    for periods in dict.fromkeys(p.indicator.periods for p in long):
        _full_series([p for p in long if p.indicator.periods == periods])


def _spark(past: Past, beside: Beside | None) -> str:
    return sparks.spark(
        [[(sparks.years(c.answer.vintage.period), c.value) for c in part] for part in past.parts],
        beside.points if beside else (),
    )


def _full_series(pasts: list[Past]) -> None:
    names = french.join(p.indicator.short for p in pasts)
    with st.expander(f"Toutes les dates{NNBSP}: {literal(names)}", icon=":material/table:"):
        rows = pd.DataFrame(
            {
                "date": [c.answer.vintage.label for c in pasts[0].cells],
                **{p.indicator.id: [c.text for c in p.cells] for p in pasts},
            }
        )
        columns = [
            Column("date", "Date"),
            *(Column(p.indicator.id, p.indicator.short, numeric=True) for p in pasts),
        ]
        tables.show_table(rows, columns, caption="Toutes les dates", hide_caption=True)


# ------------------------------------------------------------------------------------------------------------- town hall


def town_hall(code: str, now: dt.datetime) -> None:
    """The town hall: whether it is open, telephone, e-mail, address, hours; or that nothing is published."""
    st.subheader("Mairie", anchor=False)
    st.html(town_hall_html(_town_halls().get(code), now))


def town_hall_html(row: dict[str, Any] | None, now: dt.datetime) -> str:
    """The same as HTML. `row` is one of `data.reference.town_halls` with None where nothing is published; None without town hall."""
    if row is None:
        return '<p class="zv-source">Aucune coordonnée de mairie n\'est publiée pour cette commune.</p>'
    week = reference.opening_hours(row["opening_hours"])
    facts: list[tuple[str, str]] = []
    if row["phone"]:
        facts.append(("Téléphone", _link(str(row["phone"]), _tel(str(row["phone"])))))
    if row["email"]:
        email = str(row["email"])
        facts.append(("Courriel", _link(email, f"mailto:{email}" if _EMAIL.fullmatch(email) else "")))
    if row["website"]:
        site = str(row["website"])
        facts.append(("Site", _link(site, site if site.startswith(("http://", "https://")) else "")))
    if row["address"]:
        facts.append(("Adresse", "<br>".join(html.escape(line) for line in str(row["address"]).splitlines())))
    facts += [(french.sentence(days), html.escape(text)) for days, text in hours.week_rows(week)]
    body = "".join(f"<dt>{html.escape(label)}</dt><dd>{text}</dd>" for label, text in facts)
    return (
        f'<p class="zv-label">{html.escape(hours.now_text(week, now))}</p><dl class="zv-facts">{body}</dl>'
        f'<p class="zv-source">{html.escape(town_hall_source())}</p>'
    )


def _link(text: str, address: str) -> str:
    return f'<a href="{html.escape(address)}">{html.escape(text)}</a>' if address else html.escape(text)


def _tel(phone: str) -> str:
    return f"tel:{re.sub('[^0-9+]', '', phone)}" if _PHONE.fullmatch(phone) else ""


# ---------------------------------------------------------------------------------------------------- members, listings


def members(desk: loading.Desk, code: str, audience: Audience) -> None:
    """How many members are present as `audience` may know, and those who consented, by name or code and trade."""
    st.subheader("Membres du réseau", anchor=False)
    cell = desk.members(desk.today, audience).cells.loc[code]
    listed = directory(community.read(desk).here, commune=code)
    frame.note(members_text(cell["value"], Status(cell["status"]), int(cell["public"]), audience))
    if len(listed):
        rows = listed.assign(since=[french.date(day.date()) for day in listed["since"]])
        columns = [
            Column("shown", "Membre"),
            Column("trade", "Métier"),
            Column("since", "Présent depuis", numeric=True),
        ]
        tables.show_table(rows, columns, caption="Membres qui ont accepté d'être publics", hide_caption=True)
    frame.note(network_source(desk))


def members_text(value: float, status: Status, public: int, audience: Audience) -> str:
    """« 5 membres présents, dont 2 ont accepté d'être publics. », or that the number may not be shown to `audience`."""
    agreed = french.plural(public, "a accepté d'être public", "ont accepté d'être publics")
    if status is Status.OBSERVED:
        if not value:
            return "Aucun membre présent."
        return f"{french.quantity(value, 'membres présents')}, dont {public} {agreed}."
    if status is Status.MISSING:
        return "Nombre de membres non publié."
    hidden = f"Le nombre des autres membres n'est pas montré ({audience.label}){NNBSP}: secret statistique."
    return f"{french.quantity(public, 'membres présents')} {agreed}. {hidden}" if public else hidden


def listings(desk: loading.Desk, available: pd.DataFrame) -> None:
    """What the watch saw to be had in the commune these last days (rows of `Desk.listings`)."""
    st.subheader("Annonces repérées", anchor=False)
    if available.empty:
        frame.note(f"Aucune annonce vue disponible dans la commune ces {MAX_AGE_DAYS} derniers jours.")
    else:
        tables.show_table(
            listing_rows(desk, available), LISTING_COLUMNS, caption="Annonces repérées", hide_caption=True
        )
    frame.note(network_source(desk))


def lacks(desk: loading.Desk, code: str, audience: Audience) -> None:
    """What those who wanted to live here did not find, as the audience may know it; nothing where nobody was lost, or for the public where
    too few were.
    """
    found = desk.release(audience).housing
    lost = found.lacks_here.cells["value"].get(code)
    if (lost and not pd.isna(lost)) or (audience is not Audience.PUBLIC and pd.isna(lost)):
        frame.note(commune_lacks_text(found, code, desk.names[code]))


# --------------------------------------------------------------------------------------------------------------- locator


def locator(desk: loading.Desk, code: str, available: pd.DataFrame, on_click: Callable[[str], None]) -> None:
    """Where the commune lies in the territory, with its listings; a click goes to another commune."""
    population = (
        loading.answer("population", None, Audience.PUBLIC) if "population" in desk.indicators else None
    )
    texts = {c: one.text for c, one in portrait.cells(population).items()} if population else {}
    markers = tuple(
        Marker(row.lon, row.lat, listing_text(row), "available")
        for row in available.itertuples()
        if not pd.isna(row.lon)
    )
    show_map(
        MapSpec(
            geometry=loading.geometry(), classes={c: int(c == code) for c in desk.names}, colors=(palette.GROUND, HERE), tooltips=texts,
            names=desk.names, markers=markers, outlines=loading.group_outlines(), selected=code,
            attribution=loading.contour_source(),
        ),
        key="commune:map", height=300, title=f"Situation {french.of_place(desk.names[code])}", on_click=on_click,
    )  # fmt: skip
    st.html(
        f'<img class="zv-print-only" src="{_locator(code)}" alt="{html.escape(f"Situation {french.of_place(desk.names[code])}")}">'
    )
    if code not in loading.geometry().points:
        return  # nothing of it is drawn
    caption = french.spaced(
        f"{desk.names[code]} est en bleu, cerné de noir ; un clic sur une autre commune ouvre son portrait."
        + (" Losanges : annonces disponibles." if markers else "")
    )
    st.html(f'<p class="zv-source zv-screen-only">{html.escape(caption)}</p>')


@st.cache_resource(show_spinner=False, max_entries=50)
def _locator(code: str) -> str:
    return locator_picture(geometry(loading.territory()), code)
