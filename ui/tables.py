"""Tables: the twin of every map and chart, readable by a screen reader, sortable, with bars, its source in
the caption.

Streamlit's grid draws on a canvas, which assistive technologies read badly. So up to `HTML_ROWS` rows the
table is real HTML (caption,
`th` with scope, a list to choose the order); beyond, it is the grid, whose values stay numbers and sort as
numbers while a pandas Styler writes them the French way (the grid's own format ``localized`` would follow the
browser's language), with the HTML twin of the first rows folded under it. Every text is escaped.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from analysis import french, palette
from analysis.answers import Answer
from analysis.council import Table as SlideTable
from analysis.french import NBSP, NNBSP
from analysis.model import Status

HTML_ROWS = 40
"""Up to this many rows a table is HTML by default; beyond, a grid."""
_STACKED = range(4, 8)
"""Tables with that many columns become one block a row on a phone; wider ones (a column a year) scroll, their first column staying."""
_STYLED_ROWS = 2000  # a Styler writes each cell in Python: 0.2 s for 2,000 rows
_TWIN_ROWS = 400
_PICTURE = re.compile(r"data:image/svg\+xml;base64,[A-Za-z0-9+/=]+")

Order = Literal["name", "highest", "lowest"]
ORDERS: Mapping[Order, str] = {
    "highest": "Valeur, de la plus forte à la plus faible",
    "lowest": "Valeur, de la plus faible à la plus forte",
    "name": "Nom, de A à Z",
}


@dataclass(frozen=True)
class Column:
    """A column of `html_table`: `key` names the frame's column of texts, `label` is its heading.

    `numeric` aligns to the right. `bar` names a column of fractions from 0 to 1: the cell is a bar, drawn
    from the fraction in
    `bar_start` (0 when empty) in the colour of the column `bar_color`; its text, if any, stands beside it.
    `link` names a column of addresses; only http and https ones become links. `image` names a column of pictures made by
    `ui.portrait.sparks`, shown before the text that says the same.
    """

    key: str
    label: str
    numeric: bool = False
    bar: str = ""
    bar_start: str = ""
    bar_color: str = ""
    link: str = ""
    image: str = ""


def html_table(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    *,
    caption: str,
    foot: Sequence[str] = (),
    notes: Sequence[str] = (),
    hide_caption: bool = False,
    current: int | None = None,
) -> str:
    """An accessible table as HTML for ``st.html``: one row per row of `frame`, the first column being the
    row's heading.

    `foot`: the texts of a last row (a total), one per column. `notes`: lines under the table (source,
    caveat). `current`: the rank of a row that stays in view while its box scrolls
    (`static/parts.css`). On a narrow screen a table of four to seven columns becomes one block a row, each cell under its
    heading; another one scrolls sideways by keyboard, and bars are left out. Missing texts are
    empty cells. Raises KeyError for a column that the frame lacks.
    """
    stacked = len(columns) in _STACKED and not any(column.bar for column in columns)
    # Displayed as blocks, a table would no longer be read as one by every browser: its roles are written out.
    role = " role={}".format if stacked else _no_role
    head = "".join(
        f'<th scope="col"{role("columnheader")}{_align(column)}>{_safe(column.label)}</th>'
        for column in columns
    )
    body = "".join(
        _line([_inner(row, c) for c in columns], columns, role, current=rank == current)
        for rank, row in enumerate(frame.to_dict("records"))
    )
    tail = ""
    if foot:
        tail = f"<tfoot{role('rowgroup')}>{_line([_safe(text) for text in foot], columns, role)}</tfoot>"
    hidden = ' class="zv-unseen"' if hide_caption else ""
    return (
        f'<div role="region" aria-label="{_safe(caption)}" tabindex="0" class="zv-scroll">'
        f'<table class="zv-table{" zv-stack" if stacked else ""}"{role("table")}><caption{hidden}>{_safe(caption)}</caption>'
        f"<thead{role('rowgroup')}><tr{role('row')}>{head}</tr></thead>"
        f"<tbody{role('rowgroup')}>{body}</tbody>{tail}</table></div>{_notes(notes)}"
    )


def show_table(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    *,
    caption: str,
    foot: Sequence[str] = (),
    notes: Sequence[str] = (),
    hide_caption: bool = False,
) -> None:
    """Put `html_table` on the page."""
    import streamlit as st

    st.html(html_table(frame, columns, caption=caption, foot=foot, notes=notes, hide_caption=hide_caption))


# -------------------------------------------------------------------------------------------------- values


def value_table(
    answer: Answer,
    *,
    source: str,
    key: str,
    colors: Mapping[str, str] | None = None,
    order: Order = "highest",
    territory: str = "Territoire",
    keep: Callable[[object, Callable[[], str]], str] = lambda _what, make: make(),
    chosen: str = "",
) -> None:
    """The communes of an answer on the page: sortable, with bars, the territory's figure last, source,
    vintage and unit beside it.

    `source` is the citation to print. `colors`: commune code → the fill of the map. `key` tells the widgets
    of one page apart. Up to `HTML_ROWS` communes as HTML, beyond as a grid with an HTML twin. `keep` gives HTML that it has already
    seen for the same source, order and territory (`Choropleth.keep`), and makes it otherwise. The line of the commune `chosen` stays
    in view; above a grid it stands alone.
    """
    import streamlit as st

    if len(answer.cells) <= HTML_ROWS:
        by = st.selectbox(
            "Trier par",
            list(ORDERS),
            index=list(ORDERS).index(order),
            format_func=ORDERS.__getitem__,
            key=f"{key}_order",
        )
        st.html(
            keep(
                ("table", source, by, territory, chosen),
                lambda: value_html(
                    answer, source=source, colors=colors, order=by, territory=territory, chosen=chosen
                ),
            )
        )
        return
    if chosen in set(answer.cells["commune"]):
        st.html(value_html(answer, source="", colors=colors, only=chosen))
    st.dataframe(
        grid_frame(answer),
        hide_index=True,
        width="stretch",
        key=f"{key}_grid",
        column_config=grid_columns(answer),
        alt=f"{caption(answer)}. {answer.sentence}",
    )
    st.html(_notes(value_notes(answer, source)))
    with st.expander("Le même tableau pour les lecteurs d’écran"):
        by = st.selectbox(
            "Trier par",
            list(ORDERS),
            index=list(ORDERS).index(order),
            format_func=ORDERS.__getitem__,
            key=f"{key}_order",
        )
        st.html(
            value_html(answer, source=source, colors=colors, order=by, territory=territory, limit=_TWIN_ROWS)
        )


def value_html(
    answer: Answer,
    *,
    source: str,
    colors: Mapping[str, str] | None = None,
    order: Order = "highest",
    territory: str = "Territoire",
    limit: int | None = None,
    chosen: str = "",
    only: str = "",
) -> str:
    """The table of `value_table` as HTML. With `limit`, only the first rows, and a note says how many there
    are. `chosen`: the commune whose line stays in view. `only`: one commune's line, without notes."""
    frame = value_rows(answer, order=order, colors=colors)
    notes = value_notes(answer, source)
    if only:
        frame, notes, chosen = frame[frame["commune"] == only], [], only
    if limit is not None and len(frame) > limit:
        notes = [f"Les {french.number(limit)} premières lignes sur {french.number(len(frame))}.", *notes]
        frame = frame.head(limit)
    columns = [Column("name", "Commune"), Column("value_text", value_heading(answer), numeric=True)]
    if _has_detail(answer):
        columns.append(Column("detail", "Détail", numeric=True))
    columns.append(Column("empty", "Comparaison", bar="bar", bar_start="bar_start", bar_color="color"))
    total = answer.total_text()
    foot = [territory, total or "–", *[""] * (len(columns) - 2)]
    if _has_detail(answer) and answer.total.numerator is not None and answer.total.denominator is not None:
        foot[2] = _detail(answer.total.numerator, answer.total.denominator, answer.indicator.kind)
    here = [rank for rank, code in enumerate(frame["commune"]) if chosen and code == chosen]
    current = here[0] if here else None
    return html_table(frame, columns, caption=caption(answer), foot=foot, notes=notes, current=current)


def value_rows(
    answer: Answer, *, order: Order = "highest", colors: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """The cells of an answer as texts and bars, in order; cells without a figure come last, ties in the order
    of names.

    Columns: `commune`, `name`, `value`, `status`, `value_text`, `detail` (« 8 sur 46 », empty without a
    denominator), `bar` and
    `bar_start` (fractions of the width, from a common zero), `color`, `empty`.
    """
    cells = answer.cells.copy()
    observed = cells["status"] == Status.OBSERVED.value
    values = cells["value"].where(observed).astype(float)
    low, high = (
        min(0.0, float(values.min())) if observed.any() else 0.0,
        max(0.0, float(values.max())) if observed.any() else 0.0,
    )
    span = high - low or 1.0
    cells["value"] = values
    cells["value_text"] = [answer.text(v, s) for v, s in zip(values, cells["status"], strict=True)]
    cells["detail"] = [
        _detail(n, d, answer.indicator.kind) if ok else ""
        for n, d, ok in zip(cells["numerator"], cells["denominator"], observed, strict=True)
    ]
    cells["bar"] = (values.abs() / span).fillna(0.0)
    cells["bar_start"] = ((values.clip(upper=0.0) - low) / span).fillna(0.0)
    cells["color"] = [(colors or {}).get(code, palette.ACCENT) for code in cells["commune"]]
    cells["empty"] = ""
    names = cells["name"].map(french.sort_key)
    rank = values if order == "lowest" else -values
    if order == "name":
        return (
            cells.assign(_n=names).sort_values("_n", kind="stable").drop(columns="_n").reset_index(drop=True)
        )
    ordered = cells.assign(_r=rank, _n=names).sort_values(["_r", "_n"], kind="stable", na_position="last")
    return ordered.drop(columns=["_r", "_n"]).reset_index(drop=True)


def value_heading(answer: Answer) -> str:
    """The heading of the values: the unit, which stands in every cell too."""
    return f"Valeur ({answer.indicator.unit})" if answer.indicator.unit else "Valeur"


def caption(answer: Answer) -> str:
    """What the table shows: the indicator and its vintage."""
    return f"{answer.indicator.name}, {answer.vintage.label}"


def value_notes(answer: Answer, source: str) -> list[str]:
    """The lines under a table: source and vintage, the unit, why there is no territory figure, the break in
    series."""
    notes = [f"Source{NNBSP}: {source}. Millésime{NNBSP}: {answer.vintage.label}."]
    if answer.indicator.unit:
        notes[0] += f" Unité{NNBSP}: {answer.indicator.unit}."
    if answer.to_import:
        notes.append(f"{answer.to_import}.")
    elif answer.total.value is None and answer.total.reason:
        notes.append(f"Pas de chiffre pour le territoire{NNBSP}: {answer.total.reason}")
    if answer.vintage.break_note:
        notes.append(answer.vintage.break_note)
    return notes


# ---------------------------------------------------------------------------------------------------- grid


def grid_frame(answer: Answer) -> Any:
    """The cells for ``st.dataframe``: values stay numbers (they sort as numbers) and are shown in French.

    Returns a pandas Styler up to 2,000 rows, beyond a plain frame (the browser then writes the numbers in its
    own language). Columns: `name`, `value`, `bar`, `detail` where the indicator is a ratio, `status` («
    secret statistique », « non publié »).
    """
    rows = value_rows(answer)
    frame = pd.DataFrame({"name": rows["name"], "value": rows["value"], "bar": rows["value"].abs()})
    if _has_detail(answer):
        frame["detail"] = rows["detail"]
    frame["status"] = [french.status_text(Status(str(s))) for s in rows["status"]]
    if len(frame) > _STYLED_ROWS:
        return frame

    def written(value: Any) -> str:
        return "" if _missing(value) else answer.text(value)

    return frame.style.format({"value": written}, na_rep="")


def grid_columns(answer: Answer) -> dict[str, Any]:
    """The `column_config` of `grid_frame`."""
    import streamlit as st

    values = answer.observed["value"].abs()
    top = float(values.max()) if len(values) else 0.0
    config = {
        "name": st.column_config.TextColumn("Commune", pinned=True),
        "value": st.column_config.NumberColumn(
            value_heading(answer), format=None if len(answer.cells) <= _STYLED_ROWS else "localized"
        ),
        "bar": st.column_config.ProgressColumn(
            "Comparaison", min_value=0.0, max_value=top or 1.0, format=" ", color=palette.ACCENT
        ),
        "status": st.column_config.TextColumn("Remarque"),
    }
    if _has_detail(answer):
        config["detail"] = st.column_config.TextColumn("Détail", alignment="right")
    return config


# ------------------------------------------------------------------------------------------------- helpers


def _has_detail(answer: Answer) -> bool:
    return bool(answer.cells["denominator"].notna().any())


def _detail(numerator: float, denominator: float, kind: str = "ratio") -> str:
    """« 8 sur 46 », or « 46 → 48 » for a change: the counts behind a rate, rounded as published counts are shown."""
    if _missing(numerator) or _missing(denominator):
        return ""
    if kind == "change":
        return f"{french.number(denominator)}{NBSP}→{NBSP}{french.number(numerator)}"
    return f"{french.number(numerator)}{NBSP}sur{NBSP}{french.number(denominator)}"


def _missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value)) or value is pd.NA


def _safe(text: object) -> str:
    return "" if _missing(text) else html.escape(str(text))


def _notes(notes: Sequence[str]) -> str:
    return "".join(f'<p class="zv-note">{_safe(note)}</p>' for note in notes if note)


def _align(column: Column) -> str:
    """The class of a cell, written out in `static/parts.css`: numbers to the right, bars with room."""
    names = " ".join(name for name, on in (("n", column.numeric), ("b", bool(column.bar))) if on)
    return f' class="{names}"' if names else ""


def _no_role(_name: str) -> str:
    return ""


def _line(
    cells: Sequence[str], columns: Sequence[Column], role: Callable[[str], str], *, current: bool = False
) -> str:
    """One row of ready HTML; where it has roles it may be stacked, and each cell carries its heading."""
    first, *others = cells
    headings = [""] * len(others)
    if role is not _no_role:
        headings = [f' data-label="{_safe(column.label)}"' for column in columns[1:]]
    rest = "".join(
        f"<td{role('cell')}{_align(column)}{heading}>{inner}</td>"
        for inner, column, heading in zip(others, columns[1:], headings, strict=True)
    )
    here = ' class="zv-current" aria-current="true"' if current else ""
    return f'<tr{here}{role("row")}><th scope="row"{role("rowheader")}>{first}</th>{rest}</tr>'


def _inner(row: dict[Any, Any], column: Column) -> str:
    """What stands in one cell: its text, in a link, after a bar or a small picture."""
    inner = _safe(row[column.key])
    address = str(row[column.link]) if column.link and not _missing(row[column.link]) else ""
    if address.startswith(("http://", "https://")) and inner:
        inner = f'<a href="{html.escape(address)}" rel="noopener noreferrer" target="_blank">{inner}</a>'
    if column.bar:
        inner = _bar(row, column) + inner
    if column.image and _PICTURE.fullmatch(picture := str(row[column.image])):
        inner = f'<img src="{picture}" alt="" style="display:block">{inner}'
    return inner


def _bar(row: dict[Any, Any], column: Column) -> str:
    """A bar for the eye only: its value is in the row's text. The border keeps light fills visible (3:1)."""
    width = min(max(float(row[column.bar]), 0.0), 1.0)
    if not width > 0:
        return ""
    start = min(max(float(row[column.bar_start]), 0.0), 1.0) if column.bar_start else 0.0
    color = str(row[column.bar_color]) if column.bar_color else palette.ACCENT
    palette.luminance(color)  # refuses anything but #rrggbb: a colour must not carry CSS
    left = f"margin-left:{100 * start:.1f}%;" if start else ""
    return f'<i aria-hidden="true" style="{left}width:{100 * width:.1f}%;background:{color}"></i>'


# ------------------------------------------------------------------------------------------------- séances


def frame_of(rows: Sequence[Sequence[str]], keys: Sequence[str]) -> pd.DataFrame:
    """Rows of texts as the frame that `html_table` takes."""
    return pd.DataFrame([list(row) for row in rows], columns=list(keys))


def show_slide_table(table: SlideTable) -> None:
    """The table of a slide on the page."""
    rows, columns, foot = _of_slide(table)
    show_table(rows, columns, caption=table.caption, foot=foot)


def html_slide_table(table: SlideTable) -> str:
    """The table of a slide as HTML, to be kept with what stands around it."""
    rows, columns, foot = _of_slide(table)
    return html_table(rows, columns, caption=table.caption, foot=foot)


def _of_slide(table: SlideTable) -> tuple[pd.DataFrame, list[Column], list[str]]:
    keys = [f"c{at}" for at in range(len(table.columns))]
    rows = frame_of([[cell.text for cell in row] for row in table.rows], keys)
    columns = [
        Column(key, column.heading, numeric=column.numeric)
        for key, column in zip(keys, table.columns, strict=True)
    ]
    return rows, columns, [cell.text for cell in table.foot]
