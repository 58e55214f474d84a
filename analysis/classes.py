"""Classes of a choropleth: where the limits are, which class a value falls in, how the values spread.

The invariant, written once. With edges :math:`e_0 < e_1 < … < e_k`, all finite,

.. math::  C_i = [e_i, e_{i+1}) \\text{ for } 0 ≤ i < k-1, \\qquad C_{k-1} = [e_{k-1}, e_k],
           \\qquad e_0 ≤ \\min x, \\quad \\max x ≤ e_k

so that every value belongs to exactly one class. Missing values (None, NaN) are dropped: they are no values,
the map hatches them. Infinities are refused. Without any value there is no class (`k` = 0) and a warning,
never an exception.

Methods: ``rounded`` (about as many values in each class, round limits, never an empty class: `analysis.rounded`;
what maps show unless asked otherwise), ``quantiles`` (numpy's linear quantiles, equal counts), ``equal`` (equal amplitudes), ``natural``
(Fisher 1958, Jenks 1977, by the package jenkspy: the classes of least variance within), ``manual`` (limits
that a person typed).

Limits of quantiles and natural breaks are made readable by default (`readable`): between the largest value
below a limit and the smallest value above it every position classifies alike, so the roundest number in that
gap is taken. No value ever changes class.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import pandas as pd

from analysis import rounded
from analysis.french import NBSP, NNBSP, join, number, plural

Method = Literal["rounded", "quantiles", "equal", "natural", "manual"]
METHODS: Mapping[Method, str] = {
    "rounded": "Limites rondes (effectifs proches)",
    "quantiles": "Quantiles (effectifs égaux)",
    "equal": "Amplitudes égales",
    "natural": "Seuils naturels (Jenks)",
    "manual": "Limites choisies",
}
"""The methods with their French names, in the order a screen offers them."""

DEFAULT_METHOD: Method = "rounded"
MAX_CLASSES = 9
SHOWN_CLASSES = 5
"""At most five on screen by default: more shades cannot be told apart on a projector."""

# jenkspy is quadratic: 0.05 s for 5,000 values, 2.6 s for the 34,867 communes of France.
_NATURAL_SAMPLE = 4000


class ClassError(ValueError):
    """Classes cannot be made, or a value lies outside of them. The message is in French."""


@dataclass(frozen=True)
class Classes:
    """`edges` (k + 1 limits, see the module's invariant), how many values each class `counts`, and a French
    `warning` or ``""``."""

    method: Method
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    warning: str = ""

    @property
    def k(self) -> int:
        """The number of classes; 0 when there was no value."""
        return len(self.counts)

    def index(self, value: float) -> int:
        """The class of `value`, from 0. Raises ClassError for a missing value and for one outside the
        edges."""
        if self.k == 0 or value is None or not self.edges[0] <= value <= self.edges[-1]:
            span = f" [{self.edges[0]:g}{NNBSP}; {self.edges[-1]:g}]" if self.k else ""
            raise ClassError(
                f"La valeur {value} n’entre dans aucune classe{span}{NNBSP}: "
                "classer sur toutes les valeurs montrées"
            )
        return min(bisect_right(self.edges, value), self.k) - 1

    def assign(self, values: pd.Series) -> pd.Series:
        """The class of each value (nullable Int64, same index); <NA> where missing or outside the edges."""
        numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        if self.k == 0:
            return pd.Series(pd.NA, index=values.index, dtype="Int64")
        inside = (numbers >= self.edges[0]) & (numbers <= self.edges[-1])
        found = np.clip(np.searchsorted(self.edges, numbers, side="right") - 1, 0, self.k - 1)
        return pd.Series(found, index=values.index, dtype="Int64").where(inside)

    def recount(self, values: Iterable[float | None]) -> Classes:
        """The same limits with the counts of `values` (one vintage under common classes). Raises ClassError
        outside the edges."""
        kept = _finite(values)
        if self.k and len(kept) and not (self.edges[0] <= kept[0] and kept[-1] <= self.edges[-1]):
            self.index(kept[0] if kept[0] < self.edges[0] else kept[-1])
        return replace(self, counts=_counts(kept, self.edges))

    def labels(self, *, whole: bool = False) -> tuple[str, ...]:
        """Each class in words: « moins de 6 », « 6 à moins de 8 », « 13 et plus »; a class of one single value reads
        « 100 »; one class alone « 5 à 17,4 ».

        `whole` numbers (counts) are said as such: « 0 », « 1 », « 2 à 3 », « 4 et plus ». The smallest and the
        largest value stand in no label: they are figures of communes, not limits.
        """
        # The limits of a class alone are figures, with their decimals.
        alone = [_short(number(edge, 2)) for edge in self.edges] if self.k == 1 else None
        texts = alone or list(self.edge_labels())
        out = []
        for i in range(self.k):
            low, high = texts[i], texts[i + 1]
            last = i == self.k - 1
            single = self.edges[i + 1] <= math.nextafter(self.edges[i], math.inf)
            if whole:
                first = math.ceil(self.edges[i])
                final = math.floor(self.edges[i + 1]) if last else math.ceil(self.edges[i + 1]) - 1
                low, high = number(first), number(final)
                single = single or first == final
                if first <= final and not single and 0 < i < self.k - 1:
                    out.append(f"{low} à {high}")
                    continue
                if first > final:  # limits that a person typed between two whole numbers
                    low, high = texts[i], texts[i + 1]
                elif i == 0 and not last:
                    high = number(final + 1)
            if single:
                out.append(low)
            elif self.k == 1:
                out.append(f"{low} à {high}")
            elif i == 0:
                zero = whole and self.edges[0] == 0
                out.append(f"0 à {number(math.ceil(self.edges[1]) - 1)}" if zero else f"moins de {high}")
            else:
                out.append(f"{low} et plus" if last else f"{low} à moins de {high}")
        return tuple(out)

    def edge_labels(self, decimals: int = 0) -> tuple[str, ...]:
        """The k + 1 limits as French numbers, with as few decimals from `decimals` on as keep them true."""
        inner = self.edges[1:-1]
        # A class of one value has the width of one bit: it says nothing about the decimals needed.
        pairs = zip(self.edges, self.edges[1:], strict=False)
        widths = [b - a for a, b in pairs if b > math.nextafter(a, math.inf)]
        tolerance = 0.005 * min(widths, default=0.0)
        while inner and decimals < 6 and any(abs(round(edge, decimals) - edge) > tolerance for edge in inner):
            decimals += 1
        return tuple(_short(number(edge, decimals)) for edge in self.edges)


def classify(
    values: Iterable[float | None],
    method: Method = DEFAULT_METHOD,
    k: int = SHOWN_CLASSES,
    *,
    manual: Iterable[float] = (),
    readable: bool = True,
) -> Classes:
    """Classes of `values` (any number, any order, missing ones dropped).

    `k`: 1 to 9 classes wanted, 5 by default; fewer come out, with a warning, where the values cannot fill
    them (fewer distinct values than classes, quantiles that coincide). `manual`: the limits for the method
    ``manual``, any order; the smallest and the largest value are added where the limits do not reach them,
    and `k` is ignored. `readable`: round the limits of quantiles and natural breaks without changing the
    class of any value.

    Raises ClassError for an unknown method, for k outside 1 to 9, for infinite values, and for manual limits
    that are none.
    """
    if method not in get_args(Method):
        raise ClassError(f"Méthode de classes inconnue{NNBSP}: « {method} ». Choisir {join(METHODS, 'ou')}")
    if not 1 <= k <= MAX_CLASSES:
        raise ClassError(f"{k} classes demandées{NNBSP}: choisir de 1 à {MAX_CLASSES}")
    kept = _finite(values)
    if method == "manual":
        limits, warning = _manual(kept, manual)
        return _classes(method, kept, limits, warning)
    if not len(kept):
        return Classes(method, (), (), "Aucune valeur à classer.")
    distinct = np.unique(kept)
    possible = min(k, len(distinct))
    warning = ""
    if method == "rounded":
        inner = rounded.inner_limits(kept, possible)
        edges = np.array([kept[0], *(inner or ()), kept[-1]])
    elif method == "quantiles":
        edges = np.quantile(kept, [i / possible for i in range(possible + 1)])
        edges = _without_empty(_snapped(edges, distinct), distinct)
    elif method == "equal":
        edges = np.linspace(kept[0], kept[-1], possible + 1)
    else:
        edges, warning = _natural(kept, distinct, possible)
    if method in ("quantiles", "natural") and readable:
        edges = _readable(edges, distinct)
    made = _classes(method, kept, _closed(edges, float(kept[-1])), "")
    return replace(made, warning=" ".join(filter(None, (_fewer(k, made.k, len(distinct)), warning))))


def common_classes(
    vintages: Mapping[str, Iterable[float | None]],
    method: Method = DEFAULT_METHOD,
    k: int = SHOWN_CLASSES,
    *,
    manual: Iterable[float] = (),
    readable: bool = True,
    least: int = 4,
) -> Classes:
    """The classes of all comparable vintages pooled, so that one colour means one range from year to year.

    `vintages`: period → values. `counts` are those of the pool; `recount` gives those of one vintage. Round limits leave no class
    empty in any vintage that has values, with fewer classes than `k` where that needs it, down to `least`; where a vintage of few
    values makes even that impossible, `k` classes hold the pool. Raises as `classify`.
    """
    pooled = [value for period in sorted(vintages) for value in vintages[period]]
    parts = [part for period in sorted(vintages) if len(part := _finite(vintages[period]))]
    if method == "rounded" and len(parts) > 1:
        kept = _finite(pooled)
        distinct = len(np.unique(kept))
        for wanted in range(min(k, distinct), min(k, least) - 1, -1):
            inner = rounded.inner_limits(kept, wanted, parts)
            if inner is not None:
                warning = _fewer(k, wanted, distinct)
                if warning and distinct >= k:
                    warning = (
                        f"{wanted}{NBSP}{plural(wanted, 'classe', 'classes')} au lieu de {k}{NNBSP}: "
                        "avec plus, un millésime en laisserait une vide."
                    )
                made = _closed(np.array([kept[0], *inner, kept[-1]]), float(kept[-1]))
                return _classes(method, kept, made, warning)
    return classify(pooled, method, k, manual=manual, readable=readable)


def diverging_classes(
    values: Iterable[float | None],
    method: Method = DEFAULT_METHOD,
    k: int = SHOWN_CLASSES,
    *,
    readable: bool = True,
) -> Classes:
    """Classes of changes: 0 is always an edge, so that no class mixes losses and gains (0 itself opens the
    first class of gains).

    Each side is classed by itself, with half of the `k` classes, the odd one going to the side with more
    values. Where all values are on one side, all classes are, and 0 is the outer edge. Raises as `classify`;
    ``manual`` limits are refused here.
    """
    if method == "manual":
        raise ClassError(
            "Les limites choisies ne passent pas par les classes de variation. Utiliser classify"
        )
    kept = _finite(values)
    losses, gains = kept[kept < 0], kept[kept >= 0]
    if not len(kept):
        return classify(kept, method, k)
    if len(losses) and len(gains):
        k = max(k, 2)
        below = (k + 1) // 2 if len(losses) > len(gains) else k // 2
        # Classes that one side has too few different values to fill go to the other.
        below = max(min(below, len(np.unique(losses))), k - len(np.unique(gains)))
    else:
        below = k if len(losses) else 0
    edges: list[float] = [0.0]
    if len(losses):
        found = classify(losses, method, below, readable=readable)
        edges = [edge for edge in found.edges[: found.k] if edge < 0] + edges
    if len(gains):
        edges += [
            edge for edge in classify(gains, method, k - below, readable=readable).edges[1:] if edge > 0
        ]
        edges = _closed(np.array(edges), float(kept[-1]))
    return _classes(method, kept, edges, _fewer(k, len(edges) - 1, len(np.unique(kept))))


def histogram(values: Iterable[float | None], classes: Classes, bins: int = 20) -> pd.DataFrame:
    """How the values spread: columns ``start``, ``end``, ``klass`` (class index) and ``count``, one row per
    bin and class with values.

    Bins are of equal width between the outer edges; a bin that a class limit crosses gives a row per class,
    so colours stay true. Empty bins appear once, with count 0 and the class of their middle. Empty frame
    without classes. Raises ClassError when bins < 1.
    """
    if bins < 1:
        raise ClassError(f"{bins} barres demandées{NNBSP}: en demander une au moins")
    columns = {"start": float, "end": float, "klass": int, "count": int}
    if classes.k == 0:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
    kept = _finite(values)
    if len(kept) and kept[0] == kept[-1]:
        value = float(kept[0])
        row = (value - 0.5, value + 0.5, classes.index(value), len(kept))
        return pd.DataFrame([row], columns=list(columns)).astype(columns)
    limits = np.linspace(classes.edges[0], classes.edges[-1], bins + 1)
    where = np.clip(np.searchsorted(limits, kept, side="right") - 1, 0, bins - 1)
    klass = [classes.index(float(value)) for value in kept]
    tally = (
        pd.Series(1, index=pd.MultiIndex.from_arrays([where, klass])).groupby(level=[0, 1]).sum()
        if len(kept)
        else pd.Series(dtype=int)
    )
    rows: list[tuple[float, float, int, int]] = []
    for i in range(bins):
        start, end = float(limits[i]), float(limits[i + 1])
        found = [(c, int(tally[(i, c)])) for c in range(classes.k) if (i, c) in tally.index]
        rows += [(start, end, c, n) for c, n in found or [(classes.index((start + end) / 2), 0)]]
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


# -------------------------------------------------------------------------------------------------- helpers


def _short(text: str) -> str:
    """« −8,0 » as « −8 »: a limit has the decimals that it needs, not those of its neighbours."""
    return text.rstrip("0").rstrip(",") if "," in text else text


def _finite(values: Iterable[float | None]) -> np.ndarray:
    """The values as sorted floats without the missing ones. Raises ClassError for infinities and text."""
    try:
        series = pd.to_numeric(pd.Series(list(values), dtype=object), errors="raise")
        numbers = series.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ClassError(f"Une valeur à classer n’est pas un nombre{NNBSP}: {error}") from error
    if np.isinf(numbers).any():
        raise ClassError(
            "Une valeur à classer est infinie. Corriger le dénominateur nul, ou déclarer la valeur manquante"
        )
    return np.sort(numbers[~np.isnan(numbers)]) + 0.0  # −0.0 becomes 0.0


def _counts(kept: np.ndarray, edges: tuple[float, ...]) -> tuple[int, ...]:
    return tuple(int(n) for n in np.histogram(kept, bins=np.asarray(edges))[0]) if len(edges) > 1 else ()


def _closed(edges: np.ndarray, largest: float) -> list[float]:
    """Strictly increasing edges. Where the last class holds `largest` only (its lower limit is `largest`:
    many communes at 100 %, or one value only), its upper edge is the next float, so that the class exists and
    reads as one value."""
    limits = sorted({float(edge) for edge in edges})
    inner = [float(edge) for edge in edges[:-1]]
    if largest in inner and limits[-1] == largest:
        limits.append(math.nextafter(largest, math.inf))
    return limits


def _classes(method: Method, kept: np.ndarray, limits: list[float], warning: str) -> Classes:
    edges = tuple(limits)
    return Classes(method, edges, _counts(kept, edges), warning)


def _fewer(wanted: int, got: int, distinct: int) -> str:
    got = max(got, 1)
    if got >= wanted:
        return ""
    made = f"{got}{NBSP}{plural(got, 'classe', 'classes')} au lieu de {wanted}"
    if distinct < wanted:
        there = f"que {distinct}{NBSP}valeurs distinctes" if distinct > 1 else "qu’une valeur"
        return f"{made}{NNBSP}: il n’y a {there}."
    return f"{made}{NNBSP}: trop de valeurs sont égales entre elles."


def _manual(kept: np.ndarray, manual: Iterable[float]) -> tuple[list[float], str]:
    limits: list[float] = []
    for limit in manual:
        try:
            limits.append(float(limit) + 0.0)
        except (TypeError, ValueError):
            raise ClassError(
                f"La limite « {limit} » n’est pas un nombre. Écrire par exemple 5{NNBSP}; 10{NNBSP}; 15"
            ) from None
    if not limits or not all(math.isfinite(limit) for limit in limits):
        raise ClassError(
            "Il manque des limites de classes, ou l’une n’est pas un nombre fini. "
            f"Écrire par exemple 5{NNBSP}; 10{NNBSP}; 15"
        )
    limits = sorted(set(limits))
    if len(kept):
        limits = sorted({*limits, min(limits[0], float(kept[0])), max(limits[-1], float(kept[-1]))})
    if len(limits) == 1:
        limits.append(math.nextafter(limits[0], math.inf))
    if len(limits) - 1 > MAX_CLASSES:
        raise ClassError(
            f"Ces limites font {len(limits) - 1} classes{NNBSP}: en garder {MAX_CLASSES} au plus"
        )
    if not len(kept):
        return limits, "Aucune valeur à classer."
    empty = sum(n == 0 for n in _counts(kept, tuple(limits)))
    return limits, f"{empty}{NBSP}{plural(empty, 'classe', 'classes')} sans aucune valeur." if empty else ""


def _natural(kept: np.ndarray, distinct: np.ndarray, k: int) -> tuple[np.ndarray, str]:
    """Fisher-Jenks. jenkspy closes classes above (]a, b]); ours close below, so a limit is the smallest value
    of the next class."""
    if k == 1 or len(distinct) == 1:
        return np.array([kept[0], kept[-1]]), ""
    # Imported here: a page that shows other classes does not pay for it.
    import jenkspy

    sample, warning = kept, ""
    if len(kept) > _NATURAL_SAMPLE:
        positions = np.linspace(0, len(kept) - 1, _NATURAL_SAMPLE).round().astype(int)
        sample = kept[positions]
        sizes = f"{number(_NATURAL_SAMPLE)} valeurs réparties parmi {number(len(kept))}"
        warning = f"Seuils naturels estimés sur {sizes}."
        k = min(k, len(np.unique(sample)))
    uppers = jenkspy.jenks_breaks(sample, k)[1:-1]
    inner = [
        distinct[position]
        for position in np.searchsorted(distinct, uppers, side="right")
        if position < len(distinct)
    ]
    return np.array([kept[0], *inner, kept[-1]]), warning


def _snapped(edges: np.ndarray, distinct: np.ndarray) -> np.ndarray:
    """Limits that interpolation left one bit beside a value, put on it: 2.0000000000000004 would send 2 a
    class below."""
    after = np.clip(np.searchsorted(distinct, edges), 0, len(distinct) - 1)
    before = np.maximum(after - 1, 0)
    tiny = 1e-12 * max(1.0, float(np.abs(distinct[[0, -1]]).max()))
    for near in (distinct[after], distinct[before]):
        edges = np.where(np.abs(edges - near) <= tiny, near, edges)
    edges[0], edges[-1] = distinct[0], distinct[-1]
    return edges


def _without_empty(edges: np.ndarray, distinct: np.ndarray) -> np.ndarray:
    """Of several inner limits in one gap between values (ties do that to quantiles), the last: a class holds
    a value."""
    by_gap = {int(np.searchsorted(distinct, edge, side="left")): edge for edge in edges[1:-1]}
    inner = [edge for gap, edge in sorted(by_gap.items()) if gap > 0]
    return np.array([edges[0], *inner, edges[-1]])


def _readable(edges: np.ndarray, distinct: np.ndarray) -> np.ndarray:
    """Inner limits moved to the roundest number of the gap ]largest value below, smallest value above]; outer
    ones stay."""
    out = [float(e) for e in edges]
    for i in range(1, len(out) - 1):
        above = int(np.searchsorted(distinct, out[i], side="left"))
        if 0 < above < len(distinct):
            out[i] = _roundest(float(distinct[above - 1]), float(distinct[above]), out[i])
    return np.array(out)


def _roundest(low: float, high: float, near: float) -> float:
    """The number with the fewest digits in ]low, high], the nearest to `near` among equals; `high` when there
    is none."""
    if low < 0 <= high:
        return 0.0
    if not 1e-290 < max(abs(low), abs(high)) < 1e290:
        return high
    top = math.floor(math.log10(max(abs(low), abs(high)))) + 1
    for power in range(top, top - 13, -1):
        for step in (1.0, 0.5, 0.2) if power > 0 else (1.0, 0.5):
            pick = _multiple(low, high, near, step, power)
            if pick is not None:
                return pick
    return high


def _multiple(low: float, high: float, near: float, step: float, power: int) -> float | None:
    def at(n: int) -> float:
        # Through the decimal text, so that 0.3 is 0.3 and not 3 × 0.1.
        return float(f"{n * int(step * 10)}e{power - 1}")

    unit = step * 10.0**power
    n = round(near / unit)
    inside: Callable[[float], bool] = lambda x: low < x <= high  # noqa: E731
    candidates = [at(m) for m in (n, n - 1, n + 1) if inside(at(m))]
    return min(candidates, key=lambda x: abs(x - near)) if candidates else None
