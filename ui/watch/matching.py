"""Which dwelling for whom: what each household that searches could have, with reasons; people decide, in one click, taken back in one."""

from __future__ import annotations

import datetime as dt
import functools
import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analysis import french
from analysis.desk import Desk
from analysis.vocabulary import DWELLING_KINDS, NEED_CRITERIA, REFUSAL_REASONS, TENURE_WISHES, capitalised
from analysis.watch.choice import Choice, Household, choice, choice_sentence, rows_together, with_schools
from analysis.watch.matching import Match, NoMatch, comparison_sentence
from analysis.watch.morning import FADED, listing_text
from data import network, register
from data.register import Change, NeedFields
from ui import access, clock, frame, loading, tables
from ui.drafts import KeptForm
from ui.morning import Morning
from ui.provenance import network_source
from ui.tables import Column
from ui.watch.clicks import PAGE, do, done
from ui.watch.entry import begun_words, resumed
from ui.watch.telework import around, telework_sentence

FIRST = 4
"""Households shown one by one; the others are chosen in a list."""
BEST = 3
"""Listings shown for one household."""

TOGETHER = [
    Column("label", "Foyer"),
    Column("together", "En répartissant ensemble"),
    Column("value", "Accord × chance", numeric=True),
    Column("alone", "L’un après l’autre"),
]
EARLY = [Column("label", "Foyer"), Column("window", "Fenêtre"), Column("needs", "Cherche")]


def show_matching(desk: Desk, here: Morning) -> None:
    """What the households that search could have this morning."""
    found, what = _read(desk.revision, desk.today, desk.network.origin, desk, here)
    telework = _telework(desk, here)
    frame.sentence(choice_sentence(found))
    done()
    _together(found, what)
    for one in found.households[:FIRST]:
        _card(one, what, telework)
    _another(found.households[FIRST:], what, telework)
    if found.early:
        with st.expander(f"Trop tôt ({french.number(len(found.early))})", icon=":material/event_upcoming:"):
            rows = [
                (label, french.sentence(window), french.sentence(needs))
                for label, window, needs in found.early
            ]
            tables.show_table(
                pd.DataFrame(rows, columns=["label", "window", "needs"]), EARLY, caption="Foyers dont la fenêtre n’est pas ouverte"
            )  # fmt: skip
    _needs(desk, here)
    frame.note(
        french.spaced(
            "Une limite qui n’est pas tenue écarte une annonce ; un souhait la fait descendre. L’accord va de 0 à 100 ; il est multiplié "
            f"par la chance que l’annonce soit encore là. Le logiciel propose, vous décidez. {network_source(desk)}"
        )
    )


@st.cache_resource(show_spinner=False, max_entries=3)
def _read(
    revision: int, today: dt.date, origin: str, _desk: Desk, _here: Morning
) -> tuple[Choice, Mapping[str, str]]:
    """The morning's choice, and the words of every listing that it names."""
    with loading.store().read() as session:
        proposals = network.proposals(session, origin)
    schools = _desk.schools()
    standing = with_schools(_here.market.standing, schools)
    rows = with_schools(_desk.network.listings, schools)
    told = rows[rows["listing"].isin(proposals["listing"])]
    what = {str(row["listing"]): listing_text(row, _desk.names) for row in told.to_dict("records")}
    what |= dict(zip(standing["listing"], standing["what"], strict=True))
    found = choice(
        _here.windows, standing[standing["chance"] >= FADED], rows, proposals, _desk.names, what, today, _here.days
    )  # fmt: skip
    return found, what


def _together(found: Choice, what: Mapping[str, str]) -> None:
    """The assignment over all who are asked for, beside the simple ranking."""
    rows = rows_together(found)
    if len(rows) < 2 or not found.together.pairs:
        return
    frame.sentence(comparison_sentence(found.together, found.ranking))
    table = [
        (
            label,
            what[listing] if listing else french.DASH,
            french.percent(100 * value, 0) if value is not None else french.DASH,
            "le même" if alone and alone == listing else what[alone] if alone else french.DASH,
        )
        for label, listing, value, alone in rows
    ]
    tables.show_table(
        pd.DataFrame(table, columns=["label", "together", "value", "alone"]), TOGETHER,
        caption="Une annonce par foyer : ce que la répartition propose, et ce que chacun prendrait à son tour",
    )  # fmt: skip


Telework = Callable[[str, str, str], str]
"""Of a household, a listing and its commune: whether it can telework there, in a sentence."""


def _telework(desk: Desk, here: Morning) -> Telework:
    known = around(desk)
    trades = dict(zip(here.windows["application"], here.windows["trade"], strict=True))
    rows = desk.network.listings
    connections = dict(zip(rows["listing"], rows["connection"], strict=True))
    return lambda application, listing, commune: telework_sentence(
        known, trades.get(application), connections.get(listing), commune
    )


# -- one household ---------------------------------------------------------------------------------------------


def _card(one: Household, what: Mapping[str, str], telework: Telework) -> None:
    with st.container(border=True, key=f"veille-foyer-{one.label.split()[-1]}"):
        frame.named(f"{one.label}{french.NNBSP}: {one.window}", f"Cherche{french.NNBSP}: {one.needs}.")
        for held in one.open:
            _held(held.proposal, held.pair, what, held.on, changed=held.changed)
        if one.open and one.pairs:
            st.html('<p class="zv-label">Il pourrait aussi avoir</p>')
        for pair in one.pairs[:BEST]:
            _pair(pair, what, telework, best=pair.listing.listing == one.together)
        if len(one.pairs) > BEST:
            more = len(one.pairs) - BEST
            frame.note(f"Et {french.counted(more, 'autre annonce possible', 'autres annonces possibles')}.")
        if one.none is not None and not one.open:
            st.html(none_html(one.none))
        if one.elsewhere:
            st.html(
                _listed(
                    "À d’autres", [f"{what[listing]}{french.NNBSP}: {why}" for listing, why in one.elsewhere]
                )
            )
        if one.refused:
            with st.expander(f"Déjà refusées ({french.number(len(one.refused))})", icon=":material/block:"):
                st.html(_listed("", [f"{what[listing]}. {why}" for listing, why in one.refused]))


def _pair(pair: Match, what: Mapping[str, str], telework: Telework, *, best: bool) -> None:
    listing, application = pair.listing.listing, pair.need.application
    key = PAGE.key(f"pair:{application}:{listing}")
    said, acts = st.columns([3, 1.3], vertical_alignment="center")
    with said:
        st.html(
            pair_html(pair, what[listing], telework(application, listing, pair.listing.commune), best=best)
        )
    with acts, st.container(horizontal=True, gap="small"):
        st.button(
            "Proposer", key=f"{key}:propose", icon=":material/handshake:", type="primary" if best else "secondary", on_click=do,
            args=(functools.partial(_propose, application, listing, pair.score, pair.listing.chance),),
        )  # fmt: skip
        _refusal(application, listing, key)


def _held(proposal: str, pair: Match, what: Mapping[str, str], on: dt.date, *, changed: bool) -> None:
    listing, application = pair.listing.listing, pair.need.application
    key = PAGE.key(f"held:{proposal}")
    st.html(held_html(pair, what[listing], on, changed=changed))
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Le foyer le prend", key=f"{key}:take", icon=":material/key:", type="primary", on_click=do,
            help="Le foyer est logé, l’annonce est partie pour tous, ses autres propositions sont libérées.",
            args=(functools.partial(_take, proposal),),
        )  # fmt: skip
        _refusal(application, listing, key)
        st.button(
            "Reprendre", key=f"{key}:free", icon=":material/undo:", on_click=do,
            help="Sans refus : l’annonce peut être proposée à d’autres, ou de nouveau à ce foyer.",
            args=(functools.partial(_free, proposal),),
        )  # fmt: skip


def _refusal(application: str, listing: str, key: str) -> None:
    """Why it comes to nothing: each reason has consequences of its own."""
    form = KeptForm(PAGE, "refusal", f"{application}/{listing}", many=True)

    def note() -> Change:
        # Asked now: what was on screen when the button was drawn is older than what was chosen since.
        reason = form.get("reason") or ""
        criterion = form.get("criterion") if reason == "unsuitable" else None
        change = register.refuse(
            loading.store(), access.current_actor(), clock.today(),
            application=application, listing=listing, reason=reason, criterion=criterion or "",
        )  # fmt: skip
        form.throw_away()
        return change

    with st.popover(begun_words("Refusée…", form), icon=":material/block:"):
        if form.resumed:
            resumed(form, narrow=True)
        form.choice("Pourquoi", "reason", capitalised(REFUSAL_REASONS))
        form.choice(
            "Ce qui ne convient pas",
            "criterion",
            capitalised(NEED_CRITERIA),
            placeholder="Si la raison est « ne convient pas »",
        )
        st.button("Noter le refus", key=f"{key}:refuse", icon=":material/check:", on_click=do, args=(note,))


def _another(others: Sequence[Household], what: Mapping[str, str], telework: Telework) -> None:
    if not others:
        return
    by_id = {one.application: one for one in others}
    chosen = st.selectbox(
        f"Un autre foyer qui cherche ({french.number(len(others))})", list(by_id), index=None, placeholder="Choisir",
        format_func=lambda id_: f"{by_id[id_].label} ({by_id[id_].window})", key=PAGE.key("household"),
    )  # fmt: skip
    if chosen:
        _card(by_id[chosen], what, telework)


def _propose(application: str, listing: str, score: float, chance: float) -> Change:
    return register.propose(
        loading.store(), access.current_actor(), clock.today(), application=application, listing=listing, score=score, chance=chance
    )  # fmt: skip


def _take(proposal: str) -> Change:
    return register.take(loading.store(), access.current_actor(), clock.today(), proposal=proposal)


def _free(proposal: str) -> Change:
    return register.free(loading.store(), access.current_actor(), proposal=proposal)


def _listed(title: str, lines: Sequence[str]) -> str:
    head = f'<p class="zv-label">{html.escape(title)}</p>' if title else ""
    return f"{head}<ul data-user-text>{''.join(f'<li>{html.escape(line)}</li>' for line in lines)}</ul>"


def pair_html(pair: Match, what: str, telework: str, *, best: bool = False) -> str:
    """One listing for one household: score and chance, what speaks for it, against it, what is to be checked. Every text is escaped."""
    head = "La répartition le propose. " if best else ""
    chance = french.percent(100 * pair.listing.chance, 0)
    score = f"{head}Accord {french.number(pair.score)} sur 100, encore là{french.NNBSP}: {chance}."
    lines = [
        f"{name}{french.NNBSP}: {french.join(texts)}."
        for name, texts in (("Pour", pair.reasons), ("Contre", pair.against), ("À vérifier", pair.to_check))
        if texts
    ]
    lines.append(telework)
    return (
        f'<p class="zv-named" data-user-text><strong>{html.escape(what)}</strong><br>{html.escape(score)}'
        f"{''.join(f'<br><small>{html.escape(line)}</small>' for line in lines)}</p>"
    )


def held_html(pair: Match, what: str, on: dt.date, *, changed: bool) -> str:
    """A proposal that waits for an answer, by the needs of its day. Every text is escaped."""
    since = f"Proposé le {french.date(on)}, réponse attendue. Accord de ce jour-là{french.NNBSP}: {french.number(pair.score)} sur 100."
    note = " Les besoins ont changé depuis : ceux de ce jour-là sont gardés." if changed else ""
    against = f" Contre{french.NNBSP}: {french.join(pair.against)}." if pair.against else ""
    return (
        f'<p class="zv-named" data-user-text><strong>{html.escape(what)}</strong><br>'
        f"{html.escape(french.spaced(since + against + note))}</p>"
    )


def none_html(none: NoMatch) -> str:
    """Why nothing is possible, and what would have to give. Every text is escaped."""
    parts = [_listed("Aucune annonce ne convient", none.reasons)]
    if none.concessions:
        parts.append(_listed("Ce qu’il faudrait céder", [one.text for one in none.concessions]))
    return "".join(parts)


# -- needs -----------------------------------------------------------------------------------------------------


def _needs(desk: Desk, here: Morning) -> None:
    """The needs of one file that searches or will search, to change."""
    waiting = here.windows[here.windows["state"] != "housed"]
    if waiting.empty:
        return
    labels = dict(zip(waiting["application"], waiting["label"], strict=True))
    with st.expander("Changer les besoins d’un foyer", icon=":material/edit:"):
        chosen = st.selectbox(
            "Dossier", list(labels), index=None, placeholder="Choisir", format_func=labels.__getitem__, key=PAGE.key("needs")
        )  # fmt: skip
        if chosen is None:
            return
        with loading.store().read() as session:
            row = register.needs_of(session, chosen)
        if row is not None:
            _needs_form(chosen, row, desk)


def _needs_form(application: str, row: Mapping[str, Any], desk: Desk) -> None:
    row = PAGE.snapshot(application, dict(row))
    known = row["needs"] or {}
    form = KeptForm(PAGE, "needs", application)
    form.show_refusal()
    if form.resumed:
        resumed(form)

    def text(name: str) -> str:
        value = known.get(name)
        return "" if value is None else f"{value:g}".replace(".", ",")

    tenure = "sale" if known.get("tenure") == "sale" else "rent"
    left, right = st.columns(2)
    with left:
        form.choice(
            "Veut", "tenure", {code: french.sentence(word) for code, word in TENURE_WISHES.items()}, tenure
        )
        form.choice("Type de bien", "kind", DWELLING_KINDS, known.get("kind"), placeholder="Tous")
        form.text("Pièces, au moins", "rooms", text("rooms"))
        form.text(
            "Loyer charges comprises (€ par mois) ou prix (€), au plus", "cost", text("max_rent" if tenure == "rent" else "max_price")
        )  # fmt: skip
        form.text("Débit internet (Mbit/s), au moins", "speed", text("speed"))
        form.text("Durée du séjour (mois)", "months", text("months"))
    wished = known.get("communes") or [code for code in [row["wished_commune"]] if code in desk.names]
    with right:
        st.multiselect(
            "Communes souhaitées", list(desk.names), format_func=desk.names.__getitem__, placeholder="Toutes",
            key=form.key("communes", [code for code in wished if code in desk.names]), on_change=form.changed,
        )  # fmt: skip
        st.checkbox(
            "Une pièce pour travailler",
            key=form.key("office", bool(known.get("office"))),
            on_change=form.changed,
        )
        st.checkbox(
            "Une école dans la commune",
            key=form.key("school", bool(known.get("school"))),
            on_change=form.changed,
        )
        st.checkbox("A des animaux", key=form.key("pets", bool(known.get("pets"))), on_change=form.changed)
        st.multiselect(
            "Limites (le reste est souhaité)", list(NEED_CRITERIA), placeholder="Aucune",
            format_func=lambda code: french.sentence(NEED_CRITERIA[code]),
            key=form.key("must", known.get("must", list(NeedFields().must))), on_change=form.changed,
        )  # fmt: skip

    def save() -> Change:
        fields = NeedFields(
            form.get("tenure") or "", form.get("kind") or "", form.get("rooms"), form.get("cost"), bool(form.get("office")),
            bool(form.get("school")), form.get("speed"), tuple(form.get("communes")), bool(form.get("pets")), form.get("months"),
            tuple(form.get("must")),
        )  # fmt: skip
        return register.set_needs(
            loading.store(), loading.territory(), access.current_actor(),
            application=application, fields=fields, seen=row["version"],
        )  # fmt: skip

    if st.button(
        "Enregistrer les besoins", key=f"{form.prefix}:save", icon=":material/save:", type="primary"
    ):
        form.run(save)
