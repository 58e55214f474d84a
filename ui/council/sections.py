"""The page of the séances: which one, its title, day and audience, its views in order, what is taken along.

Every field is kept in the store as soon as it is left: nothing typed is lost with the connection. When somebody else changed the same
field in the meantime, both texts are shown and a person chooses.
"""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import streamlit as st

from analysis import french, view
from analysis.council import Slide, to_json
from analysis.desk import Desk
from analysis.model import Audience
from data import council
from data.council import Briefing, BriefingView
from data.register import Change, Conflict, RegisterError, undo
from data.store import StoreError
from reports.chart_image import chart_image
from reports.pictures import map_picture
from ui import access, audience_state, briefings, clock, forms, frame, loading, map_views, tables
from ui.council import compose, presets
from ui.council.sources import SOURCES
from ui.filters import Filters
from ui.markdown import literal

PAGE = forms.Page("seance")
_OPEN, _CONFLICT, _MADE = "seance:open", "seance:conflict", "seance:made"
_FIELDS = {"title": "Titre", "sentence": "Phrase lue à voix haute", "note": "Note de l’orateur"}


@dataclass(frozen=True)
class Difference:
    """A text that two people wrote: where, what was typed here, what stands now."""

    view: str
    field: str
    mine: str
    theirs: str
    version: int


# -- which séance ------------------------------------------------------------------------------------------------


def choose(filters: Filters, known: Sequence[Briefing]) -> Briefing | None:
    """The list of séances; the one on show, None when there is none yet."""
    if not known:
        return None
    names = {each.id: f"{french.date(each.on)} · {each.title}" for each in known}
    made = st.session_state.pop(_MADE, None)
    if made in names:
        filters.set("seance", made)
    elif filters["seance"] not in names:
        held = briefings.current(tuple(known))
        filters.set("seance", held.id if held else known[0].id)
    chosen = st.selectbox("Séance", list(names), format_func=names.__getitem__, **filters.widget("seance"))
    briefings.choose(str(chosen))
    return next(each for each in known if each.id == chosen)


def create(desk: Desk, *, first: bool) -> None:
    """The form of a new séance; open when there is none."""
    with st.expander("Nouvelle séance", icon=":material/add:", expanded=first):
        form = forms.Form(PAGE, "new")
        form.show_refusal()
        what, when, who = st.columns([4, 2, 2])
        with what:
            title = form.text("Titre", "title", max_chars=300, placeholder="Conseil municipal du 3 décembre")
        with when:
            day = form.day("Date de la séance", "on", clock.today())
        with who:
            audience = st.selectbox(
                "Pour qui", [each.value for each in _audiences()], format_func=lambda a: Audience(a).label,
                key=form.key("audience", Audience.PUBLIC.value), help="Les séances du conseil sont publiques.",
            )  # fmt: skip
        start, where = st.columns([4, 4])
        with start:
            ready = form.choice("Partir d’une séance toute prête", "ready", presets.names(), "")
        commune = ""
        if ready == presets.COMMUNE:
            with where:
                commune = form.choice("Commune", "commune", dict(desk.names)) or ""
        if st.button("Préparer la séance", icon=":material/slideshow:", type="primary", key="seance:create"):
            form.run(lambda: _create(desk, title, day, str(audience), ready or "", commune))


def _create(desk: Desk, title: str, day: dt.date | None, audience: str, ready: str, commune: str) -> Change:
    if day is None:
        raise RegisterError("La date manque.", field="on", advice="Choisissez le jour de la séance.")
    if ready == presets.COMMUNE and not commune:
        raise RegisterError("La commune manque.", field="commune", advice="Choisissez-la dans la liste.")
    name = title or (presets.names()[ready] if ready else "")
    change = council.create_briefing(
        loading.store(), access.account(), title=name, on=day, audience=Audience(audience), views=presets.views(desk, ready, commune)
    )  # fmt: skip
    briefings.choose(change.subject)
    st.session_state[_MADE] = change.subject  # its list is drawn already: the next run shows it
    return change


def _audiences() -> list[Audience]:
    return access.audiences(access.account())


# -- what was done -----------------------------------------------------------------------------------------------


def done() -> None:
    """What the last click did, with the way back."""
    change = PAGE.last_change()
    PAGE.show_refusal("page")
    if change is None:
        return
    said, back = st.columns([6, 1], vertical_alignment="center")
    with said:
        forms.message(_DONE.get(change.kind, "C’est fait."), "status", [*change.warnings])
    if change.kind in _DONE:
        back.button(
            "Annuler",
            icon=":material/undo:",
            key="seance:undo",
            on_click=_do,
            args=(lambda: _undone(change),),
        )


_DONE = {
    "briefing_add": "La séance est prête.",
    "briefing_change": "La séance a changé.",
    "briefing_remove": "La séance est retirée.",
    "briefing_view_add": "La vue est ajoutée.",
    "briefing_view_change": "Le texte est enregistré.",
    "briefing_view_move": "La vue a changé de place.",
    "briefing_view_freeze": "Les chiffres de cette vue sont figés à la date d’aujourd’hui.",
    "briefing_view_thaw": "La vue suit de nouveau les chiffres du jour.",
    "briefing_view_remove": "La vue est retirée.",
}


def _undone(change: Change) -> Change:
    return undo(loading.store(), change.operation, access.current_actor())


def _do(action: Callable[[], Change]) -> None:
    """Run one click's change in a callback: done, or refused in words."""
    PAGE.forget_outcome()
    try:
        PAGE.done(action())
    except (RegisterError, StoreError) as error:
        PAGE.refuse(error, "page")


# -- the séance itself -------------------------------------------------------------------------------------------


def head(briefing: Briefing) -> None:
    """Title, day and audience, kept as they are left."""
    what, when, who, out = st.columns([5, 2, 2, 2], vertical_alignment="bottom")
    key = f"seance:{briefing.id}:{briefing.version}"
    what.text_input(
        "Titre de la séance",
        briefing.title,
        max_chars=300,
        key=f"{key}:title",
        on_change=_head,
        args=(briefing, key),
    )
    when.date_input(
        "Date", briefing.on, format="DD/MM/YYYY", min_value=dt.date(2000, 1, 1), max_value=dt.date(2100, 12, 31),
        key=f"{key}:on", on_change=_head, args=(briefing, key),
    )  # fmt: skip
    circles = [each.value for each in _audiences()]
    who.selectbox(
        "Pour qui", circles, circles.index(briefing.audience.value), format_func=lambda a: Audience(a).label,
        key=f"{key}:audience", on_change=_head, args=(briefing, key),
    )  # fmt: skip
    out.button(
        "Retirer la séance", icon=":material/delete:", key=f"{key}:remove", width="stretch", on_click=_do,
        args=(lambda: council.remove_briefing(loading.store(), access.account(), briefing.id),),
    )  # fmt: skip
    frame.note(
        french.spaced(
            f"Préparée par {briefing.author}. Les supports sont faits pour {briefing.audience.label}."
        )
    )


def _head(briefing: Briefing, key: str) -> None:
    def change() -> Change:
        held: Any = st.session_state
        day = held[f"{key}:on"]
        return council.change_briefing(
            loading.store(), access.account(), briefing.id, seen=briefing.version, title=str(held[f"{key}:title"] or ""),
            on=day if isinstance(day, dt.date) else briefing.on, audience=Audience(held[f"{key}:audience"]),
        )  # fmt: skip

    _do(change)


def views(desk: Desk, briefing: Briefing) -> list[Slide]:
    """The views in order, each with its actions; one open at a time. What they show, for the supports."""
    slides = [compose.shown(desk, each, briefing.audience) for each in briefing.views]
    if not briefing.views:
        st.info(
            "Cette séance est vide. Ouvrez une carte, un graphique ou un portrait, puis « Ajouter à la séance ».",
            icon=":material/playlist_add:",
        )
        for page, label, icon in (
            ("carte", "Carte", "map"),
            ("logement", "Logement", "home_work"),
            ("reseau", "Réseau", "hub"),
        ):
            st.page_link(
                f"pages/{page}.py",
                label=label,
                icon=f":material/{icon}:",
                query_params=audience_state.carried(),
            )
    for place, (each, slide) in enumerate(zip(briefing.views, slides, strict=True)):
        with st.container(border=True, key=f"seance-vue-{each.id}"):
            _row(desk, briefing, each, slide, place)
    return slides


def _row(desk: Desk, briefing: Briefing, each: BriefingView, slide: Slide, place: int) -> None:
    said, actions = st.columns([5, 4], vertical_alignment="center")
    open_ = st.session_state.get(_OPEN) == each.id
    state = f"chiffres figés le {french.date(slide.frozen)}" if slide.frozen else "chiffres du jour"
    detail = f"{SOURCES[each.page].name if each.page in SOURCES else each.page}, {state}, empreinte {slide.fingerprint}"
    with said:
        frame.named(f"{place + 1}. {slide.title}", slide.problem or detail)
        if slide.problem:
            forms.message(slide.problem, "alert")
        elif slide.frozen and (since := compose.since(desk, each, briefing.audience, slide)):
            forms.message(since, "status")
    last = len(briefing.views) - 1
    account, store = access.account(), loading.store()
    with actions, st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        st.button(
            "Monter", icon=":material/arrow_upward:", key=f"up:{each.id}", disabled=place == 0, on_click=_do,
            args=(lambda: council.move_view(store, account, each.id, place - 1),),
        )  # fmt: skip
        st.button(
            "Descendre", icon=":material/arrow_downward:", key=f"down:{each.id}", disabled=place == last, on_click=_do,
            args=(lambda: council.move_view(store, account, each.id, place + 1),),
        )  # fmt: skip
        st.button(
            "Refermer" if open_ else "Ouvrir",
            icon=":material/edit:",
            key=f"open:{each.id}",
            on_click=_toggle,
            args=(each.id,),
        )
        st.button(
            "Retirer", icon=":material/delete:", key=f"remove:{each.id}", on_click=_do,
            args=(lambda: council.remove_view(store, account, each.id),),
        )  # fmt: skip
    if open_:
        _opened(desk, briefing, each, slide)


def _toggle(view: str) -> None:
    st.session_state[_OPEN] = None if st.session_state.get(_OPEN) == view else view


def _opened(desk: Desk, briefing: Briefing, each: BriefingView, slide: Slide) -> None:
    account, store = access.account(), loading.store()
    difference: Difference | None = st.session_state.get(_CONFLICT)
    if difference is not None and difference.view == each.id:
        _settle(difference)
    write, look = st.columns([4, 5], gap="medium")
    with write:
        _field(each, "title", each.title, 300, slide.title)
        _field(each, "sentence", each.sentence, 1000, slide.generated, area=True)
        if each.sentence:
            frame.note(f"Phrase faite des chiffres{french.NNBSP}: {slide.generated}")
        _field(
            each,
            "note",
            each.note,
            4000,
            "Ce que vous direz ; imprimé dans les notes, jamais à l’écran",
            area=True,
        )
        with st.container(horizontal=True, gap="small"):
            if each.frozen is None:
                st.button(
                    "Figer les chiffres", icon=":material/lock:", key=f"freeze:{each.id}",
                    disabled=bool(slide.problem) or slide.names_people,
                    help=f"{council.NAMED} {council.FOLLOWS}" if slide.names_people else None, on_click=_do,
                    args=(lambda: _freeze(desk, briefing, each),),
                )  # fmt: skip
            else:
                st.button(
                    "Revenir aux chiffres du jour", icon=":material/lock_open:", key=f"thaw:{each.id}", on_click=_do,
                    args=(lambda: council.thaw_view(store, account, each.id),),
                )  # fmt: skip
            st.button(
                "Dupliquer", icon=":material/content_copy:", key=f"copy:{each.id}", on_click=_do,
                args=(lambda: council.duplicate_view(store, account, each.id),),
            )  # fmt: skip
    with look:
        preview(slide)
        _images(briefing, each, slide)


def _images(briefing: Briefing, each: BriefingView, slide: Slide) -> None:
    """Each map and chart of a view as a picture, for a leaflet or a web page."""
    ground = map_views.ground()
    stem = f"{view.slug(slide.title)[:60] or 'vue'}"
    makers: list[tuple[str, Callable[[Literal["png", "svg"]], bytes]]] = [
        *((f"carte-{at}", partial(map_picture, drawing, ground)) for at, drawing in enumerate(slide.maps, 1)),
        *((f"graphique-{at}", partial(chart_image, chart)) for at, chart in enumerate(slide.charts, 1)),
    ]
    formats: tuple[tuple[Literal["png", "svg"], str], ...] = (("png", "image/png"), ("svg", "image/svg+xml"))
    with st.container(horizontal=True, gap="small"):
        for name, make in makers:
            for fmt, mime in formats:
                words = f"{french.sentence(name.replace('-', ' '))}, {fmt.upper()}"
                st.download_button(
                    words, access.guarded(partial(make, fmt), audience=briefing.audience), file_name=f"{stem}-{name}.{fmt}",
                    mime=mime, on_click="ignore", icon=":material/image:", key=f"image:{each.id}:{name}:{fmt}",
                )  # fmt: skip


def _freeze(desk: Desk, briefing: Briefing, each: BriefingView) -> Change:
    made = compose.slide(desk, each.page, each.query, briefing.audience)
    if made.problem:
        raise RegisterError(made.problem)
    if made.names_people:
        raise RegisterError(council.NAMED, advice=council.FOLLOWS)
    kept = to_json(replace(made, frozen=clock.today()))
    return council.freeze_view(loading.store(), access.account(), each.id, kept, briefing.audience)


def _field(
    each: BriefingView, field: str, value: str, most: int, generated: str, *, area: bool = False
) -> None:
    """One text of a view. An empty one gives what is generated, shown behind it."""
    key = f"seance:{each.id}:{each.version}:{field}"
    options: dict[str, Any] = {
        "max_chars": most, "key": key, "placeholder": generated[:300], "on_change": _write, "args": (each, field, key),
    }  # fmt: skip
    (st.text_area if area else st.text_input)(_FIELDS[field], value, **options)


def _write(each: BriefingView, field: str, key: str) -> None:
    """Keep one text; when somebody else was quicker, keep both until a person has chosen."""
    mine = str(st.session_state.get(key) or "")
    PAGE.forget_outcome()
    st.session_state.pop(_CONFLICT, None)
    try:
        PAGE.done(
            council.change_view(
                loading.store(), access.account(), each.id, seen=each.version, **{field: mine}
            )
        )
    except Conflict as error:
        column = "speaker_note" if field == "note" else field
        theirs = str(error.newest.get(column) or "")
        if theirs == getattr(each, field):  # another text of the view changed: this one is free
            _settled(each.id, field, mine, int(error.newest["version"]))
            return
        PAGE.refuse(error, "page")
        st.session_state[_CONFLICT] = Difference(each.id, field, mine, theirs, int(error.newest["version"]))
    except (RegisterError, StoreError) as error:
        PAGE.refuse(error, "page")


def _settle(difference: Difference) -> None:
    """Two texts of one field: which one stays."""
    forms.message(
        f"{_FIELDS[difference.field]}{french.NNBSP}: quelqu’un d’autre a écrit autre chose pendant ce temps.", "alert",
        [f"Son texte{french.NNBSP}: {difference.theirs or '(vide)'}", f"Le vôtre{french.NNBSP}: {difference.mine or '(vide)'}"],
    )  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Garder le mien", key="seance:mine", on_click=_settled,
            args=(difference.view, difference.field, difference.mine, difference.version),
        )  # fmt: skip
        st.button(
            "Garder le sien", key="seance:theirs", on_click=lambda: st.session_state.pop(_CONFLICT, None)
        )


def _settled(view: str, field: str, mine: str, version: int) -> None:
    st.session_state.pop(_CONFLICT, None)
    _do(lambda: council.change_view(loading.store(), access.account(), view, seen=version, **{field: mine}))


def preview(slide: Slide) -> None:
    """What the supports will show of a view."""
    frame.sentence(slide.sentence)
    if slide.mark:
        st.html(
            f'<p class="zv-demo" role="note"><strong>{html.escape(french.sentence(slide.mark))}</strong></p>'
        )
    for drawing in slide.maps:
        st.image(
            map_picture(drawing, map_views.ground(), "png", dpi=90),
            caption=literal(drawing.description),
            width="stretch",
        )
    for table in slide.tables[:2]:
        tables.show_slide_table(table)
    for line in slide.secrecy:
        frame.note(line)
    for line in slide.sources:
        frame.note(f"Source{french.NNBSP}: {line}")
