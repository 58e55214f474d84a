"""« Ce n'est pas ce que nous voyons »: what a commune says of its figures, shown beside them to those who keep the figures, and to it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analysis import french
from analysis.model import Indicator, Right
from data import register
from data.register import RegisterError, Remark
from ui import access, audience_state, clock, forms, frame, loading
from ui.forms import Form

PAGE = forms.Page("remarque")
FOLD = "Un chiffre ne correspond pas à ce que vous voyez ?"
OF_FIGURE = "« {} » : ce n’est pas ce que vous voyez ?"


@st.cache_resource(show_spinner=False, max_entries=2)
def _standing(revision: int) -> tuple[Remark, ...]:
    with loading.store().read() as session:
        return register.remarks(session)


def visible(desk: loading.Desk, *, commune: str = "", indicators: Sequence[str] = ()) -> list[Remark]:
    """The remarks that the person at the screen may read, the newest first: all for those who publish figures, those of one's own commune
    for its council member. None while the screen is set for a wider circle: the room is reading too.
    """
    who = access.account()
    if audience_state.carried():
        return []
    return [
        each
        for each in _standing(desk.revision)
        if (who.may(Right.IMPORT) or register.may_remark(who, each.commune))
        and (not commune or each.commune == commune)
        and (not indicators or each.indicator in indicators)
    ]


def text_of(remark: Remark, desk: loading.Desk, *, named: bool = False, commune: bool = False) -> str:
    """« Essay, logements vacants, RP 2022 : « … » (Mairie d'Essay, le 12/05/2026) »: with the figure and the commune when asked."""
    indicator = desk.indicators.get(remark.indicator)
    what = [desk.names.get(remark.commune, remark.commune)] if commune else []
    if named and indicator is not None:
        known = remark.period in indicator.periods
        what += [indicator.name, indicator.vintage(remark.period).label if known else remark.period]
    said = f"{french.quoted(remark.text)} ({remark.author}, le {french.date(remark.on)})"
    return f"{', '.join(what)}{french.NNBSP}: {said}" if what else said


def show_beside(desk: loading.Desk, indicator: Indicator, period: str) -> None:
    """Beside the table of one figure: who does not see what it says, commune by commune."""
    found = [each for each in visible(desk, indicators=[indicator.id]) if each.period == period]
    if found:
        forms.message(
            french.spaced("« Ce n'est pas ce que nous voyons » : le chiffre n'est pas changé."),
            lines=[text_of(each, desk, commune=True) for each in found],
        )


def show_of_source(desk: loading.Desk, indicators: Sequence[str]) -> None:
    """Beside an edition: what communes say of its figures."""
    for each in visible(desk, indicators=indicators):
        frame.note(text_of(each, desk, named=True, commune=True))


def show_of_commune(desk: loading.Desk, code: str) -> None:
    """What the commune says of its figures, each with the way to take it back, and the form to say so of another one."""
    found = visible(desk, commune=code)
    if found:
        forms.message(
            french.spaced("« Ce n'est pas ce que nous voyons » : les chiffres ne sont pas changés."),
            lines=[text_of(each, desk, named=True) for each in found],
        )
    if audience_state.carried() or not register.may_remark(access.account(), code):
        return
    with st.expander(french.spaced(FOLD), icon=":material/rate_review:"):
        _to_take_back(desk, found)
        _ask(desk, code)


def show_of_figure(desk: loading.Desk, indicator: Indicator, period: str, code: str) -> None:
    """Beside the figure of one commune, for who may say so: the form to say that it is not what they see, and what stands already."""
    if (
        audience_state.carried()
        or indicator.kind == "network"
        or not register.may_remark(access.account(), code)
    ):
        return
    found = [each for each in visible(desk, commune=code, indicators=[indicator.id]) if each.period == period]
    with st.expander(french.spaced(OF_FIGURE.format(indicator.short)), icon=":material/rate_review:"):
        _to_take_back(desk, found)
        _ask(desk, code, indicator, period)


def _to_take_back(desk: loading.Desk, found: Sequence[Remark]) -> None:
    PAGE.show_refusal("remove")
    for each in found:
        text, button = st.columns([5, 1], vertical_alignment="center")
        with text:
            frame.note(text_of(each, desk, named=True))
        if button.button("Retirer", key=f"remark:remove:{each.id}", width="stretch"):
            _take_back(each)


def _take_back(remark: Remark) -> None:
    try:
        PAGE.done(register.remove_remark(loading.store(), access.account(), remark.id))
    except RegisterError as error:
        PAGE.refuse(error, "remove")
    st.rerun()


def _ask(desk: loading.Desk, code: str, indicator: Indicator | None = None, period: str = "") -> None:
    """The form: which figure unless it is given, what is seen. The figure stays as published."""
    frame.note(
        french.spaced(
            "Dites-le ici : les analystes et les animateurs le liront à côté du chiffre. Le chiffre publié n'est jamais changé, "
            "et le public ne voit pas cette remarque."
        )
    )
    offered = {
        i.id: f"{i.theme}, {i.name}" for i in desk.indicators.values() if i.on_map and i.kind != "network"
    }
    form = Form(PAGE, "remark", f"{code}:{indicator.id}" if indicator else code)
    form.show_refusal()
    with st.form(f"remarque-{form.subject}"):
        chosen = indicator.id if indicator else form.choice("Chiffre", "indicator", offered)
        said = form.text(
            "Ce que vous voyez", "text", max_chars=register.LONGEST_REMARK, placeholder="ce qui ne correspond pas, et comment vous le savez"
        )  # fmt: skip
        sent = st.form_submit_button("Enregistrer la remarque", icon=":material/rate_review:")
    if sent:
        form.run(lambda: _add(desk, code, chosen, said, period))


def _add(desk: loading.Desk, code: str, chosen: str | None, said: str, period: str = "") -> register.Change:
    indicator = desk.indicators.get(chosen or "")
    if indicator is None:
        raise RegisterError("Le chiffre manque.", field="indicator", advice="Choisissez-le dans la liste.")
    return register.add_remark(
        loading.store(), loading.territory(), access.account(), clock.today(),
        indicator=indicator, commune=code, period=period or indicator.periods[-1], text=said,
    )  # fmt: skip
