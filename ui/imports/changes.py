"""Fifth step of the importer: what publishing would change, cell by cell and on a small map; then publishing, and what was published."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from analysis import french, palette
from analysis.french import NNBSP
from analysis.model import Indicator, Status
from data.imports.diff import changes
from data.imports.model import BaseChanged, Cancelled, ComparedDraft, Diff, ImportRefused, Progress
from data.imports.pipeline import with_new
from data.imports.publish import publish
from data.store import StoreError
from ui import access, audience_state, clock, forms, frame, loading, tables
from ui.imports import parts as import_parts
from ui.imports import work as import_work
from ui.imports.work import Work
from ui.jobs import QUICK, Job, show_progress
from ui.legend import Legend, LegendClass, show_legend
from ui.map import MapSpec, show_map
from ui.markdown import literal
from ui.tables import Column

EFFECTS = {
    "changed": ("modifiée", "modifiées", palette.CHANGED, "≠"),
    "added": ("ajoutée", "ajoutées", palette.ADDED, "+"),
    "removed": ("retirée", "retirées", palette.REMOVED, "−"),
    "unchanged": ("inchangée", "inchangées", palette.UNCHANGED, "="),
}
"""Effect → one, several, colour on the map, sign written in the commune. The strongest first: a commune shows its strongest effect."""
REDONE = "Quelqu'un d'autre a publié entre-temps\u202f: les différences ont été refaites. Relisez-les avant de publier."
TALL = 460
"""Pixels of the list of differences: the button that publishes stays in sight."""
_SHORT = 8
_LISTED = 40
_LINKS = 6


def show_changes_step(work: Work, draft: ComparedDraft, go: Callable[[str], None]) -> None:
    """The step: the differences, then the button that publishes them."""
    if work.publishing is not None:
        _publishing(work, work.publishing)
        return
    moved = work.seen is not None and not _same(work.seen, draft.diff)
    work.seen = draft.diff
    import_parts.question(f"Qu'est-ce qui va changer{NNBSP}?")
    if moved:
        forms.message(REDONE)
    frame.sentence(answer(draft.diff, work.choices.clear_absent))
    if work.choices.good_rows_only and draft.errors:
        forms.message(
            "Vous avez choisi de publier les lignes correctes seulement. Ce choix sera gardé dans l'historique."
        )
    for each in draft.diff.problems:
        if each.code == "records.demo":
            forms.message(each.title, "note", [each.advice])
    if draft.diff.cells is not None and len(draft.diff.cells):
        _figures(draft)
    elif draft.diff.rows is not None and len(draft.diff.rows):
        _records(draft.diff)
    _absent(work, draft.diff)
    frame.note(
        "Publier est réversible : l'historique garde le fichier et permet d'annuler.".replace(" :", "\u202f:")
    )
    nothing = not changes(draft.diff, work.choices.clear_absent) and not (draft.parsed.new)
    if nothing:
        forms.message(
            "Tout est déjà publié à l'identique : il n'y a rien à faire.".replace(" :", "\u202f:"), "status"
        )
        _ways_on(draft)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Retour", key="importer:back", icon=":material/arrow_back:", on_click=go, args=("controles",)
        )
        wanted = st.button(
            "Publier", key="importer:publish", type="primary", icon=":material/publish:", disabled=nothing
        )
    if wanted and not moved and import_work.allowed(draft):
        _start(work, draft)


def _ways_on(draft: ComparedDraft) -> None:
    """Where to go when nothing is left to publish: the figures on the map, or another file."""
    shown = draft.diff.cells.assign(effect="added")  # all of them stand on the map already
    for indicator, period in links(shown, loading.catalogue().indicators)[:1]:
        st.page_link(
            "pages/carte.py", icon=":material/map:", label=f"Voir sur la carte{NNBSP}: {_label(indicator, period)}",
            query_params={"indicateur": indicator.id, "millesime": period, **audience_state.carried()},
        )  # fmt: skip
    import_parts.another_file()


def answer(diff: Diff, clear_absent: bool = False) -> str:
    """« Publier ce fichier ajoute 20 valeurs, en modifie 3 et en laisse 17 telles quelles. »

    What an earlier file said and this one lacks is taken away with `clear_absent` only.
    """
    what = "fiches" if len(diff.rows) and not len(diff.cells) else "valeurs"
    verbs = {"added": "ajoute", "changed": "modifie", **({"removed": "retire"} if clear_absent else {})}
    parts: list[str] = []
    for effect, verb in verbs.items():
        count = diff.counts.get(effect, 0)  # type: ignore[call-overload]
        if count:
            parts.append(
                f"{verb} {french.quantity(count, what)}" if not parts else f"en {verb} {french.number(count)}"
            )
    same, absent, rest = diff.counts.get("unchanged", 0), diff.counts.get("removed", 0), ""
    if absent and not clear_absent:
        missing = import_parts.agreed(absent, what, "manque", "manquent")
        rest = f"{NNBSP}; {missing} dans ce fichier et {french.plural(absent, 'reste', 'restent')} en place"
    if not parts:
        return f"Publier ce fichier ne change rien{NNBSP}: {import_parts.agreed(same, what, 'est identique', 'sont identiques')}{rest}."
    if same:
        parts.append(
            f"en laisse {french.number(same)} {french.plural(same, 'telle quelle', 'telles quelles')}"
        )
    return f"Publier ce fichier {french.join(parts)}{rest}."


def _absent(work: Work, diff: Diff) -> None:
    """What an earlier file of the same kind said and this one no longer says: kept unless the person takes it away."""
    count = diff.counts.get("removed", 0)
    if not count:
        return
    key = import_parts.bind("importer:clear-absent", work.choices.clear_absent)
    st.checkbox(
        f"Retirer aussi {french.quantity(count, 'valeurs')} d'un fichier précédent, absentes de celui-ci",
        key=key,
        on_change=lambda: work.choose(clear_absent=bool(st.session_state[key])),
    )


# -- figures ---------------------------------------------------------------------------------------------------


def _figures(draft: ComparedDraft) -> None:
    cells, known = draft.diff.cells, indicators(draft)
    series = list(dict.fromkeys(zip(cells["indicator"], cells["period"], strict=True)))
    names = {f"{i}@{p}": import_parts.series_name(known, i, p) for i, p in series}
    chosen = st.selectbox(
        "Chiffres", ["", *names], key=import_parts.within("importer:series", ["", *names]),
        format_func=lambda s: names[s] if s else f"Tous ({french.number(len(names))})",
    )  # fmt: skip
    shown = cells if not chosen else cells[(cells["indicator"] + "@" + cells["period"]) == chosen]
    left, right = st.columns([2, 3], gap="medium")
    with left:
        _map(shown, known)
    with right:
        _table(shown, known)


def indicators(draft: ComparedDraft) -> Mapping[str, Indicator]:
    """Every indicator that the differences may name, those that come with the file included."""
    return with_new(loading.catalogue(), draft.parsed.new).indicators


def strongest(cells: pd.DataFrame) -> dict[str, str]:
    """Commune → the strongest effect on one of its cells."""
    order = list(EFFECTS)
    ranks = cells["effect"].map(order.index)
    return {str(code): order[int(rank)] for code, rank in ranks.groupby(cells["commune"]).min().items()}


def _map(cells: pd.DataFrame, known: Mapping[str, Indicator]) -> None:
    geometry, effects = loading.geometry(), strongest(cells)
    order = list(EFFECTS)
    colors = tuple(EFFECTS[effect][2] for effect in order)
    counts = {effect: sum(e == effect for e in effects.values()) for effect in order}
    absent = sum(code not in effects for code in geometry.codes)
    legend = Legend(
        title="Communes, selon la plus forte différence",
        classes=tuple(
            LegendClass(EFFECTS[e][2], f"{EFFECTS[e][3]} {EFFECTS[e][0]}", counts[e])
            for e in order
            if counts[e]
        ),
        missing=absent or None,
        missing_text="absente du fichier",
    )
    show_map(
        MapSpec(
            geometry=geometry,
            classes={code: order.index(effects[code]) if code in effects else Status.MISSING for code in geometry.codes},
            colors=colors,
            tooltips={code: _tooltip(cells[cells["commune"] == code], known) for code in effects},
            labels={code: EFFECTS[effect][3] for code, effect in effects.items()},
            legend=legend,
        ),
        key="importer:map", height=380, title="Ce qui va changer",
    )  # fmt: skip
    show_legend(legend)


def _tooltip(cells: pd.DataFrame, known: Mapping[str, Indicator]) -> str:
    if len(cells) == 1:
        row = next(cells.itertuples())
        before = import_parts.value_text(known, row.indicator, row.old, row.old_status)
        return f"{before} → {import_parts.value_text(known, row.indicator, row.new, row.new_status)}"
    counts = cells["effect"].value_counts()
    return ", ".join(
        f"{french.number(int(counts[e]))} {french.plural(int(counts[e]), one, many)}"
        for e, (one, many, _, _) in EFFECTS.items()
        if e in counts
    )


def _table(cells: pd.DataFrame, known: Mapping[str, Indicator]) -> None:
    counts = cells["effect"].value_counts()
    offered = [e for e in EFFECTS if e in counts]
    effect = st.selectbox(
        "Montrer", offered, key=import_parts.within("importer:effect", offered),
        format_func=lambda e: f"{french.sentence(EFFECTS[e][1])} ({french.number(int(counts[e]))})" if e in counts else e,
    )  # fmt: skip
    found = cells[cells["effect"] == effect]
    found = found.sort_values("new_status", key=lambda status: status != Status.OBSERVED.value, kind="stable")
    names = loading.territory().name_of
    rows = [
        (
            names.get(row.commune, row.commune),
            import_parts.series_name(known, row.indicator, row.period),
            import_parts.value_text(known, row.indicator, row.old, row.old_status),
            import_parts.value_text(known, row.indicator, row.new, row.new_status),
            french.number(row.line) if not pd.isna(row.line) else "",
        )
        for row in found.head(_LISTED).itertuples()
    ]
    with st.container(height=TALL if len(rows) > _SHORT else "content", border=False):
        tables.show_table(
            pd.DataFrame(rows, columns=["commune", "series", "old", "new", "line"]),
            [
                Column("commune", "Commune"),
                Column("series", "Chiffre"),
                Column("old", "Avant", numeric=True),
                Column("new", "Après", numeric=True),
                Column("line", "Ligne", numeric=True),
            ],
            caption=_caption(len(found), "valeurs", EFFECTS[effect]),
        )


def _caption(count: int, what: str, words: tuple[str, str, str, str]) -> str:
    text = f"{french.quantity(count, what)} {french.plural(count, words[0], words[1])}"
    return text if count <= _LISTED else f"{text}, les {_LISTED} premières"


def _records(diff: Diff) -> None:
    counts = diff.rows.groupby("effect")[
        "key"
    ].nunique()  # records, as the sentence above says, and not their fields
    offered = [e for e in EFFECTS if e in counts]
    effect = st.selectbox(
        "Montrer", offered, key=import_parts.within("importer:effect", offered),
        format_func=lambda e: f"{french.sentence(EFFECTS[e][1])} ({french.number(int(counts[e]))})" if e in counts else e,
    )  # fmt: skip
    found = diff.rows[diff.rows["effect"] == effect]
    texts = found.head(_LISTED)[["label", "field", "old", "new", "line"]].astype(object)
    texts = texts.where(texts.notna(), "")
    tables.show_table(
        texts.map(lambda cell: import_parts.short(cell, 80)),
        [
            Column("label", "Fiche"),
            Column("field", "Champ"),
            Column("old", "Avant"),
            Column("new", "Après"),
            Column("line", "Ligne", numeric=True),
        ],
        caption=_caption(len(found), "champs", ("concerné", "concernés", "", "")),
    )


# -- publishing ------------------------------------------------------------------------------------------------


def _same(one: Diff | None, other: Diff) -> bool:
    """Whether the differences that were on screen are those that would be published."""
    return one is not None and one.cells.equals(other.cells) and one.rows.equals(other.rows)


def _start(work: Work, draft: ComparedDraft) -> None:
    """Start publishing what is on screen."""
    house, actor, path, today = loading.house(), access.current_actor(), work.path, clock.today()

    def run(tell: Progress) -> int:
        return publish(house, actor, draft, path, today=today, progress=tell)

    work.notice, work.publishing = "", Job(run)
    _publishing(work, work.publishing)


def _publishing(work: Work, job: Job[int]) -> None:
    """Progress while it runs; then the published screen, or why nothing was published."""
    if not job.wait(QUICK):
        frame.sentence(
            "La publication est en cours. Les autres écrans montrent les anciens chiffres jusqu'à la fin."
        )
        show_progress(job, key="importer:cancel-publish", cancelled=lambda: None)
        return
    work.publishing = None
    try:
        work.published = job.result()
    except Cancelled:
        work.notice = "Publication annulée\u202f: rien n'a changé."
    except BaseChanged:
        work.notice = REDONE
    except (ImportRefused, StoreError) as error:
        work.notice = str(error)
    else:
        work.finish()
    st.rerun()


# -- published -------------------------------------------------------------------------------------------------


def published(work: Work) -> None:
    """What was published, where to see it, how to take it back."""
    difference = work.draft.diff if work.draft is not None else None
    import_parts.question("C'est publié")
    effect = f"{NNBSP}: {done(difference)}" if difference is not None else ""
    frame.sentence(
        f"{import_parts.named(work.name)} est publié{effect}. Les autres écrans le montrent dès maintenant."
    )
    if difference is not None and len(difference.cells):
        for indicator, period in links(difference.cells, loading.catalogue().indicators):
            st.page_link(
                "pages/carte.py", icon=":material/map:", label=f"Voir sur la carte{NNBSP}: {_label(indicator, period)}",
                query_params={"indicateur": indicator.id, "millesime": period, **audience_state.carried()},
            )  # fmt: skip
    st.page_link(
        "pages/importer.py", label=f"Voir l'import n°\u00a0{work.published} dans l'historique, ou l'annuler", icon=":material/history:",
        query_params={"onglet": "historique", "import": str(work.published), **audience_state.carried()},
    )  # fmt: skip
    st.button(
        "Importer un autre fichier",
        key="importer:again",
        icon=":material/upload_file:",
        on_click=import_work.forget,
    )


def done(diff: Diff) -> str:
    """« 20 valeurs ajoutées, 3 modifiées »."""
    what = "fiches" if len(diff.rows) and not len(diff.cells) else "valeurs"
    parts: list[str] = []
    for effect in ("added", "changed", "removed"):
        count = diff.counts.get(effect, 0)  # type: ignore[call-overload]
        if count:
            one, many, _, _ = EFFECTS[effect]
            words = french.plural(count, one, many)
            parts.append(
                f"{french.quantity(count, what)} {words}" if not parts else f"{french.number(count)} {words}"
            )
    return french.join(parts) or "rien n'a changé"


def links(cells: pd.DataFrame, known: Mapping[str, Indicator]) -> list[tuple[Indicator, str]]:
    """The indicators of the map that the published cells feed, rates first (they are what people look at), with their latest period."""
    changed = cells[(cells["effect"] != "unchanged") & (cells["new_status"] == Status.OBSERVED.value)]
    brought = changed.groupby("indicator")["period"].max()
    found: dict[str, tuple[Indicator, str]] = {}
    for entry in known.values():
        parts = [*entry.numerator, *entry.denominator] if entry.kind in ("ratio", "change") else [entry.id]
        periods = [str(brought[part]) for part in parts if part in brought.index]
        shown = [v.period for v in entry.vintages if v.period in periods or v.denominator_period in periods]
        if entry.on_map and shown:
            found[entry.id] = (entry, max(shown))
    return sorted(found.values(), key=lambda pair: pair[0].kind not in ("ratio", "change"))[:_LINKS]


def _label(indicator: Indicator, period: str) -> str:
    return f"{literal(indicator.name)}, {literal(indicator.vintage(period).label)}"
