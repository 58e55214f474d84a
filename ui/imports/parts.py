"""What the steps of the importer share: the stepper, the way on and back, excerpts of a file, problems in words."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from analysis import french
from analysis.french import NNBSP
from analysis.model import Indicator, Status
from data.imports.headings import fold
from data.imports.model import ComparedDraft, Draft, PlacedDraft, Problem, ReadDraft
from ui import forms, tables
from ui.imports import work as import_work
from ui.imports.work import Work
from ui.tables import Column

Item = TypeVar("Item")
PAGE = forms.Page("importer")

TITLES = {
    "fichier": "Fichier",
    "reconnu": "Reconnu comme",
    "colonnes": "Colonnes",
    "controles": "Contrôles",
    "changements": "Ce qui va changer",
    "publie": "Publié",
}
NUMBERED = tuple(TITLES)[:-1]


def reachable(work: Work | None, draft: Draft | None) -> set[str]:
    """The steps that can be opened now: each needs what the one before it settles."""
    steps = {"fichier"}
    if work is None:
        return steps
    steps.add("reconnu")
    if isinstance(draft, PlacedDraft):
        steps |= {"colonnes", "controles"}
    if isinstance(draft, ComparedDraft):
        steps.add("changements")
    if work.published is not None:
        return {"publie", "fichier"}
    return steps


def stepper(here: str, open_steps: set[str], go: Callable[[str], None]) -> None:
    """The five steps as buttons: those that can be opened, where one is, what is done."""
    place = list(TITLES).index(here)
    with st.container(horizontal=True, key="importer-etapes", gap="small"):
        for i, step in enumerate(NUMBERED):
            done = i < place
            st.button(
                f"{i + 1} · {TITLES[step]}",
                key=f"importer:step:{step}",
                type="primary" if step == here else "secondary",
                icon=":material/check:" if done else None,
                disabled=step not in open_steps or here == "publie",
                on_click=go,
                args=(step,),
            )
    if here != "publie":
        st.html(
            f'<p class="zv-unseen" role="status">Étape {place + 1} sur {len(NUMBERED)}{NNBSP}: '
            f"{html.escape(TITLES[here])}</p>"
        )


def question(text: str) -> None:
    """The one question of a step."""
    st.subheader(text, anchor=False)


def ways(
    work: Work,
    back: str | None,
    on: str | None,
    go: Callable[[str], None],
    *,
    why_not: str = "",
    label: str = "",
) -> None:
    """Back and on, under every step. `why_not` says what must be done first, and then the way on is closed."""
    if why_not:
        forms.message(why_not)
    with st.container(horizontal=True, gap="small"):
        if back:
            st.button("Retour", key="importer:back", icon=":material/arrow_back:", on_click=go, args=(back,))
        if on:
            st.button(
                label or f"Continuer{NNBSP}: {TITLES[on].lower()}", key="importer:on", type="primary",
                icon=":material/arrow_forward:", disabled=bool(why_not), on_click=go, args=(on,),
            )  # fmt: skip


def agreed(count: int, what: str, one: str, many: str) -> str:
    """« 3 valeurs ont changé », « 1 valeur a changé »."""
    return f"{french.quantity(count, what)} {french.plural(count, one, many)}"


def named(name: str) -> str:
    """The visitor's name for the file, between guillemets, without what does not print, never longer than a line."""
    shown = "".join(c if c.isprintable() else "\ufffd" for c in name)
    return french.quoted(shown if len(shown) <= 80 else f"{shown[:60]}…{shown[-15:]}")


def short(text: str, limit: int = 60) -> str:
    """A cell of the file on one line, cut where it is too long to be read."""
    line = " ".join(str(text).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def another_file() -> None:
    """The way on where this file goes no further: put it aside and take another."""
    st.button(
        "Prendre un autre fichier",
        key="importer:another",
        icon=":material/upload_file:",
        on_click=import_work.forget,
    )


_ADDRESS = re.compile(r"[^\s@<>;,]+@[^\s@<>;,]+\.[^\s@<>;,]+")
_OF_PEOPLE = re.compile(
    r"(?:noms?|prenoms?|nom (?:et )?prenoms?|nom complet|personne|contact|adresse electronique|e-?mails?|mails?|courriels?|"
    r"tel(?:ephone)?s?|portable|mobile)(?: \*)?"
)
_NAMED_FIELDS = frozenset({"name", "email", "phone"})
HIDDEN = "•••"


def masked(head: str, cell: str, meaning: str = "") -> str:
    """A cell of a preview without what names somebody: the names, addresses and telephones of people.

    `head` is its column's heading, `meaning` what the column was recognised as. An address is hidden in whatever column it stands.
    """
    if not cell.strip():
        return cell
    if meaning in _NAMED_FIELDS or (not meaning and _OF_PEOPLE.fullmatch(fold(head.replace("_", " ")))):
        return HIDDEN
    return _ADDRESS.sub(HIDDEN, cell)


def excerpt(
    rows: Sequence[Sequence[str]],
    caption: str,
    heads: Sequence[str] | None = None,
    meanings: Mapping[str, str] | None = None,
) -> None:
    """Some rows of a file as they were read, nobody named. The first row is the heading unless `heads` are given."""
    if heads is None:
        heads, rows = (rows[0], rows[1:]) if rows else ((), ())
    known = meanings or {}
    frame = pd.DataFrame(
        [
            [short(masked(head, cell, known.get(head, ""))) for head, cell in zip(heads, row, strict=False)]
            for row in rows
        ],
        columns=range(len(heads)),
    )
    columns = [Column(i, short(head) or "(sans nom)") for i, head in enumerate(heads)]  # type: ignore[arg-type]
    tables.show_table(frame, columns, caption=caption)


def first_rows(draft: ReadDraft, count: int = 5, wide: int = 8) -> None:
    """The first rows of the table and of its first columns."""
    frame = draft.table.frame
    heads = [str(name) for name in frame.columns[:wide]]
    kept = f"{french.quantity(len(heads), 'colonnes')} sur {french.number(frame.shape[1])}"
    caption = f"Les premières lignes, telles qu'elles ont été lues ({kept})"
    rows = frame.iloc[:count, :wide].astype(str).to_numpy().tolist()
    excerpt(rows, caption, heads, draft.recognition.columns if draft.recognition is not None else None)


def series_name(known: Mapping[str, Indicator], indicator: str, period: str) -> str:
    """« Logements vacants, RP 2022 »: an indicator and a period in words, the ids when the catalogue does not know them."""
    entry = known.get(indicator)
    if entry is None:
        return f"{indicator}, {period}"
    label = next((v.label for v in entry.vintages if v.period == period), french.period(period))
    return f"{entry.name}, {label}"


def value_text(known: Mapping[str, Indicator], indicator: str, value: Any, status: Any) -> str:
    """A stored cell in words; « rien » where there was none."""
    if status is None or (isinstance(status, float) and pd.isna(status)) or status == "":
        return "rien"
    entry = known.get(indicator)
    number = None if value is None or pd.isna(value) else float(value)
    return french.cell(number, Status(str(status)), "", _decimals(number, entry))


def _decimals(number: float | None, entry: Indicator | None) -> int:
    """As many decimals as the indicator shows, and more when rounding would hide that something changes."""
    least = entry.decimals if entry is not None else 0
    if number is None:
        return least
    return next((n for n in range(least, 4) if abs(round(number, n) - number) < 1e-9), 4)


def problem_rows(problems: Sequence[Problem]) -> pd.DataFrame:
    """Problems as rows of texts for a table: severity, line, column, value, title, advice."""
    return pd.DataFrame(
        [
            (
                "erreur" if each.severity == "error" else "à vérifier",
                "Tout le fichier" if each.line is None else f"Ligne {french.number(each.line)}",
                short(each.column, 40),
                short(each.value, 40),
                each.title,
                each.advice,
            )
            for each in problems
        ],
        columns=["severity", "line", "column", "value", "title", "advice"],
    )


PROBLEM_COLUMNS = (
    Column("line", "Où"),
    Column("severity", "Gravité"),
    Column("column", "Colonne"),
    Column("value", "Valeur"),
    Column("title", "Ce qui ne va pas"),
    Column("advice", "Que faire"),
)


def problem_table(problems: Sequence[Problem], caption: str) -> None:
    """Problems one by one, as a table."""
    tables.show_table(problem_rows(problems), PROBLEM_COLUMNS, caption=caption)


def refusals(problems: Sequence[Problem]) -> None:
    """Why a file is refused: each problem boxed, what it is and what to do."""
    for each in problems[:10]:
        where = [f"ligne {french.number(each.line)}"] if each.line is not None else []
        where += [f"colonne {french.quoted(short(each.column))}"] if each.column else []
        where += [f"valeur {french.quoted(short(each.value))}"] if each.value else []
        head = f"{french.sentence(', '.join(where))}{NNBSP}: " if where else ""
        forms.message(f"{head}{each.title}", "alert" if each.severity == "error" else "note", [each.advice])
    if len(problems) > 10:
        problem_table(problems[10:400], "Les autres anomalies")


def whole_file(draft: Draft) -> tuple[Problem, ...]:
    """The errors that concern the whole file: no choice of rows gets round them."""
    return tuple(each for each in draft.errors if each.line is None)


def within(key: str, options: Iterable[Any]) -> str:
    """The key of a list whose options move with the file: what is no longer among them is forgotten."""
    if key in st.session_state and st.session_state[key] not in list(options):
        del st.session_state[key]
    return key


def page_of(items: Sequence[Item], size: int, key: str, label: str = "Page") -> Sequence[Item]:
    """`size` of the items: those of the page chosen in a list above them, which is there when one page does not hold them all."""
    pages = range(1, max(1, -(-len(items) // size)) + 1)
    page = 1
    if len(pages) > 1:
        page = st.selectbox(
            label, pages, key=within(key, pages), format_func=lambda n: f"{n} sur {len(pages)}"
        )
    return items[(page - 1) * size : page * size]


def bind(key: str, value: Any) -> str:
    """The key of a widget that shows `value` whenever it is drawn anew: a step that was left and opened again shows what was chosen."""
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def shown_refusal(work: Work) -> None:
    """Why what was just typed cannot be used."""
    for each in work.refused:
        forms.message(each.title, "alert", [each.advice])


def nothing_named() -> Problem:
    """No column of numbers was given a name."""
    return Problem(
        "naming.nothing",
        "Aucune colonne n'est nommée.",
        "Donnez un nom à une colonne au moins, par exemple « Places en crèche ».",
    )
