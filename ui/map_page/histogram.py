"""How many communes have which value, in the colours of the map: plain HTML, a tenth of a chart's bytes at each change of the map."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from analysis import french, palette
from analysis.classes import Classes, histogram


def histogram_text(
    values: Sequence[float | None], classes: Classes, unit: str, whole: bool = False, noun: str = "communes"
) -> str:
    """The sentence that says what the histogram shows: each class and how many communes are in it."""
    if classes.k == 0:
        return "Répartition : aucune valeur à classer."
    counts = classes.recount(values).counts
    text = f"{french.NNBSP}; ".join(
        f"{label}{french.NNBSP}: {french.quantity(n, noun)}"
        for label, n in zip(classes.labels(whole=whole), counts, strict=True)
    )
    unit = f" ({unit})" if unit else ""
    return f"Répartition en {french.quantity(classes.k, 'classes')}{unit}{french.NNBSP}: {text}."


def histogram_html(
    values: Iterable[float | None],
    classes: Classes,
    colors: Sequence[str],
    *,
    unit: str = "",
    whole: bool = False,
    bins: int = 20,
    marks: Sequence[tuple[float, str]] = (),
) -> str:
    """A figure with bars, the limits of the classes as dashed lines under which they are written, and its sentence.

    `marks`: values to compare with and their words, each a line across the bars where it lies among them; all are told in the sentence.
    `colors` (``#rrggbb``), one per class. `values` must lie within the classes, missing ones are dropped. Raises ClassError as
    `analysis.classes.histogram`, PaletteError for what is no colour.
    """
    known = list(values)
    text = histogram_text(known, classes, unit, whole)
    if classes.k == 0:
        return f"<p>{html.escape(text)}</p>"
    for color in colors:
        palette.luminance(color)  # refuses anything but #rrggbb: a colour must not carry CSS
    if marks:
        text += f" Repères{french.NNBSP}: {french.join([words for _, words in marks])}."
    rows = histogram(known, classes, bins)
    low, high = float(rows["start"].min()), float(rows["end"].max())
    top = int(rows.groupby("start")["count"].sum().max())

    def at(value: float) -> float:
        return 100 * (value - low) / (high - low)

    drawn, below = [], dict.fromkeys(rows["start"], 0)
    for row in rows.itertuples():
        if not row.count:
            continue
        left, width = at(row.start), at(row.end) - at(row.start)
        drawn.append(
            f'<i style="left:{left:.1f}%;width:{width:.1f}%;bottom:{100 * below[row.start] / top:.1f}%;'
            f'height:{100 * row.count / top:.1f}%;background:{colors[row.klass]}"></i>'
        )
        below[row.start] += row.count
    limits = list(zip(classes.edges, classes.edge_labels(0 if whole else 1), strict=True))
    drawn += [f'<b style="left:{at(edge):.1f}%"></b>' for edge, _ in limits[1:-1]]
    drawn += [
        f'<u style="left:{at(value):.1f}%" title="{html.escape(words)}"></u>'
        for value, words in marks
        if low <= value <= high
    ]
    last = -100.0
    for edge, label in limits:
        if low <= edge <= high and at(edge) - last > 7:  # labels never touch
            last = at(edge)
            drawn.append(f'<span style="left:{last:.1f}%">{html.escape(label)}</span>')
    drawn.append(f'<em style="bottom:100%">{top}</em><em style="bottom:0">0</em>')
    return (
        f'<figure class="zv-histogram" role="img" aria-label="{html.escape(text)}">'
        f'<figcaption aria-hidden="true">{html.escape(text)}</figcaption>'
        f'<div class="zv-bars" aria-hidden="true">{"".join(drawn)}</div></figure>'
    )
