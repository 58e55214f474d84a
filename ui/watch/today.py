"""Whom to call this morning: each contact with why it ranks there, its telephone, whether it is open, what to ask, and its answer in one
click, taken back in one click.
"""

from __future__ import annotations

import datetime as dt
import functools
import html
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from analysis import french
from analysis.desk import Desk
from analysis.vocabulary import CONTACT_KINDS
from analysis.watch.calls import ASKED, Call, Resting
from data import register
from data.register import Change, checks
from ui import access, clock, forms, frame, loading, morning, tables
from ui.drafts import Begun, KeptForm, begun
from ui.markdown import literal
from ui.morning import Morning
from ui.provenance import network_source
from ui.tables import Column
from ui.watch import sheet
from ui.watch.clicks import PAGE, do, done
from ui.watch.duplicates import show_duplicates, what_of
from ui.watch.entry import NEW, begun_words, new_listing, resumed
from ui.watch.words import gone_word

FIRST = 6
"""Contacts shown one by one: a morning's calls. The others stand in a table."""

ENDS = {
    "nothing_new": ("Rien de nouveau", ":material/check:"),
    "no_answer": ("Pas de réponse", ":material/phone_missed:"),
}
"""How a call ends in one click: code of `CALL_ANSWERS` → words, symbol."""
HELPS = {
    "nothing_new": "L’appel est fini : aucune nouvelle annonce. Le correspondant n’est plus sans nouvelles.",
    "no_answer": "Personne n’a décroché : cela ne compte pas comme une réponse.",
}

OTHERS = [
    Column("label", "Correspondant"),
    Column("phone", "Téléphone"),
    Column("hours", "Ouverture"),
    Column("why", "Pourquoi"),
]
RESTING = [Column("label", "Correspondant"), Column("why", "Pourquoi pas ce matin")]


def show_today(desk: Desk, here: Morning) -> None:
    """The calls of the morning, what brings most first."""
    plan = here.plan
    frame.sentence(morning.sentence(here))
    if desk.network.is_demo:
        frame.note(
            french.spaced(
                "Démonstration : correspondants et réponses sont générés, téléphones et horaires des mairies sont publiés. "
                "Ne les appelez pas pour ces annonces."
            )
        )
    done()
    _same_as_known(here)
    _begun(here)
    if plan.calls:
        sheet.offer_sheet(desk)
    for rank, call in enumerate(plan.calls[:FIRST], start=1):
        _card(rank, call, here, desk.names)
    rest = plan.calls[FIRST:]
    if rest:
        with st.expander(f"Les suivants ({french.number(len(rest))})", icon=":material/call:"):
            _others(rest, here)
    _another(here, desk.names)
    if plan.resting:
        with st.expander(f"Pas ce matin ({french.number(len(plan.resting))})", icon=":material/bedtime:"):
            _resting(plan.resting, here)
    frame.note(
        french.spaced(
            "L’ordre suit ce qu’un appel apporte : qui cherche dans ses communes, dans combien de jours, ce qui est à confirmer ou arrive "
            f"d’habitude, depuis quand on est sans nouvelles. {network_source(desk)}"
        )
    )


def _card(rank: int, call: Call, here: Morning, names: Mapping[str, str]) -> None:
    """One contact: who and why at the left, what to ask with its answers at the right."""
    key = PAGE.key(f"call:{call.contact}")
    with st.container(border=True, key=f"veille-appel-{rank}"):
        who, ask = st.columns([2, 3], gap="medium")
        with who:
            st.html(call_html(f"{rank}. " if rank else "", call, here))
        with ask:
            _doubts(call.contact, here, key)
            with st.container(horizontal=True, gap="small"):
                for answer, (label, icon) in ENDS.items():
                    st.button(
                        label, key=f"{key}:{answer}", icon=icon, help=HELPS[answer], on_click=do,
                        args=(functools.partial(_called, call.contact, answer),),
                    )  # fmt: skip
                st.button(
                    "Nouvelle annonce", key=f"{key}:new", icon=":material/add_home:", on_click=_tell, args=(call.contact,),
                    help="Un logement que le correspondant annonce pendant l’appel.",
                )  # fmt: skip
                _call_back(call.contact, key)
        if st.session_state.get(_TELLING) == call.contact:
            _new_listing(call, here, names)


_TELLING = PAGE.key("telling")
"""Where the session keeps whose new listing is being typed: one form at a time."""


def _tell(contact: str | None) -> None:
    st.session_state[_TELLING] = contact


def _new_listing(call: Call, here: Morning, names: Mapping[str, str]) -> None:
    """The form of a new listing, under the contact who tells it."""
    commune = str(here.contacts.set_index("contact").loc[call.contact, "commune"])
    with st.container(key="veille-nouvelle-annonce"):
        said, close = st.columns([6, 1], vertical_alignment="center")
        with said:
            st.subheader(french.spaced(f"Nouvelle annonce : {literal(call.label)}"), anchor=False)
        close.button(
            "Fermer", key=PAGE.key("telling:close"), icon=":material/close:", on_click=_tell, args=(None,)
        )
        new_listing(PAGE, call.contact, commune, names, call.label, lambda: _tell(None))


def _begun(here: Morning) -> None:
    """A listing that was begun and not noted, wherever its contact stands in the list: typed before the connection was lost."""
    for one in begun(PAGE):
        if one.form != NEW or one.subject == st.session_state.get(_TELLING):
            continue
        said, resume, away = st.columns([4, 1, 1], vertical_alignment="center")
        with said:
            forms.message(french.spaced(f"Une annonce commencée n’est pas notée : {one.words}."))
        known = one.subject in set(here.contacts["contact"])
        resume.button(
            "Reprendre", key=PAGE.key(f"resume:{one.subject}"), icon=":material/edit:", disabled=not known, on_click=_tell,
            args=(one.subject,),
        )  # fmt: skip
        away.button(
            "Jeter", key=PAGE.key(f"away:{one.subject}"), icon=":material/delete:", on_click=_throw_away, args=(one,)
        )  # fmt: skip


def _throw_away(one: Begun) -> None:
    KeptForm(PAGE, one.form, one.subject).start_again()


def _doubts(contact: str, here: Morning, key: str) -> None:
    """The contact's listings in doubt, the most doubtful first, each with its two answers."""
    own = here.doubtful.get(contact, ())
    if not own:
        frame.note("Aucune de ses annonces n’est à confirmer.")
    for row in own[:ASKED]:
        said, free, gone = st.columns([3, 1.2, 1], vertical_alignment="center")
        with said:
            frame.named(str(row["what"]), french.sentence(str(row["text"])))
        for column, state, label in ((free, "available", "Toujours libre"), (gone, "gone", gone_word(row))):
            column.button(
                label, key=f"{key}:{row['listing']}:{state}", width="stretch", disabled=state == "available" and row["chance"] >= 1,
                on_click=do, args=(functools.partial(_answered, contact, str(row["listing"]), state),),
            )  # fmt: skip


def _call_back(contact: str, key: str) -> None:
    form = KeptForm(PAGE, "call_back", contact, many=True)

    def note() -> Change:
        # Asked now: what was on screen when the button was drawn is older than what was chosen since.
        day, hour = form.get("day"), form.get("hour")
        change = _called(contact, "call_back", dt.datetime.combine(day, hour) if day and hour else None)
        form.throw_away()
        return change

    with st.popover(begun_words("Rappeler à…", form), icon=":material/schedule:"):
        if form.resumed:
            resumed(form, narrow=True)
        form.day("Jour", "day", clock.now().date())
        st.time_input("Heure", step=900, key=form.key("hour", dt.time(14, 0)), on_change=form.changed)
        st.button("Noter", key=f"{key}:back", icon=":material/check:", on_click=do, args=(note,))


def _another(here: Morning, names: Mapping[str, str]) -> None:
    """Somebody further down, or resting, has answered after all."""
    shown = {call.contact for call in here.plan.calls[:FIRST]}
    others = {
        row["contact"]: f"{row['label']} ({row['place']})"
        for row in here.contacts.to_dict("records")
        if row["contact"] not in shown
    }
    if not others:
        return
    key = PAGE.key(f"another:{PAGE.generation}")
    telling = st.session_state.get(_TELLING)
    if (
        telling in others and key not in st.session_state
    ):  # its form was resumed, or opened before the list moved
        st.session_state[key] = telling
    chosen = st.selectbox(
        "Un autre correspondant a répondu", list(others), index=None, format_func=others.__getitem__, placeholder="Choisir", key=key
    )  # fmt: skip
    if chosen is None:
        return
    call = next((each for each in here.plan.calls if each.contact == chosen), None)
    resting = next((each for each in here.plan.resting if each.contact == chosen), None)
    if call is None and resting is not None:
        why = f"{french.sentence(resting.why)}."
        call = Call(chosen, resting.label, 0.0, 0, None, None, False, None, "", why, ())
    if call is not None:
        _card(0, call, here, names)


# -- what was done -----------------------------------------------------------------------------------------------


def _same_as_known(here: Morning) -> None:
    """A new listing that may be one already known is asked about at once."""
    change = PAGE.last_change()
    if change is not None and change.subject:
        pairs = here.doubles
        show_duplicates(
            pairs[(pairs["listing"] == change.subject) | (pairs["other"] == change.subject)], what_of(here)
        )


def _answered(contact: str, listing: str, state: str) -> Change:
    return register.report_sighting(
        loading.store(), access.current_actor(), clock.today(), contact=contact, listing=listing, state=state, called=True
    )  # fmt: skip


def _called(contact: str, answer: str, call_back: dt.datetime | None = None) -> Change:
    return register.report_call(
        loading.store(), loading.territory(), access.current_actor(), clock.now(), contact=contact, answer=answer, call_back=call_back
    )  # fmt: skip


def call_html(rank: str, call: Call, here: Morning) -> str:
    """One contact to call: rank and name, telephone, hours, why, what to ask beside its listings. Every text is escaped."""
    contact = here.contacts.set_index("contact").loc[call.contact]
    kind = CONTACT_KINDS[str(contact["kind"])].label
    news = f"<p><strong>{html.escape(call.ask[-1])}</strong></p>" if call.ask else ""
    hours = f"<br>{html.escape(call.hours)}" if call.hours else ""
    return (
        f'<p class="zv-named" data-user-text><strong>{rank}{html.escape(call.label)}</strong> '
        f"<small>{html.escape(kind)}, {html.escape(str(contact['place']))}</small></p>"
        f"<p><strong>{phone_html(str(contact['phone']))}</strong>{hours}</p>"
        f"<p>{html.escape(call.why)}</p>{news}"
    )


def phone_html(phone: str) -> str:
    """A telephone as a link that dials it; in words where none is known."""
    if not phone:
        return "Pas de téléphone connu"
    number = checks.dialled(phone)
    return f'<a href="tel:{number}">{html.escape(phone)}</a>' if number else html.escape(phone)


def _others(calls: tuple[Call, ...], here: Morning) -> None:
    phones = dict(zip(here.contacts["contact"], here.contacts["phone"], strict=True))
    rows = [(call.label, phones[call.contact] or french.DASH, call.hours, call.why) for call in calls]
    tables.show_table(
        pd.DataFrame(rows, columns=["label", "phone", "hours", "why"]),
        OTHERS,
        caption="Les appels suivants, dans leur ordre",
    )


def _resting(resting: tuple[Resting, ...], here: Morning) -> None:
    rows = [(one.label, french.sentence(one.why)) for one in resting]
    tables.show_table(
        pd.DataFrame(rows, columns=["label", "why"]), RESTING, caption="Laissés en paix ce matin"
    )
