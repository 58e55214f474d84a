"""The administration page's section on a new territory: what is typed, what it may mean, what to know of it, and its pack written.

A territory is proposed after a name or a code, or read from a list of communes; a name that several communes bear is asked about.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from analysis import french
from data import reference
from data.packs.make import (
    Grouping,
    PackError,
    Proposal,
    audit,
    candidates,
    groupings,
    listed,
    of_codes,
    proposed,
    write,
)
from data.store import StoreError
from ui import clock, forms, frame, loading, tables
from ui.administration.parts import key, run
from ui.markdown import literal
from ui.tables import Column

_MADE = "administration:pack"


def show_new_pack() -> None:
    """A name or a code typed, the territories it may mean, the chosen one checked and written as a pack in the home."""
    frame.sentence(
        "Un territoire est un dossier, son pack : il se fait d’après un EPCI, un département ou des communes."
    )
    if made := st.session_state.get(_MADE, ""):
        frame.note("Pour l'ouvrir, démarrez un serveur avec ce pack et un dossier de données à lui :")
        st.code(made, language=None)
    way = st.radio("D’après", WAYS, horizontal=True, key=key("pack-way"))
    if way == WAYS[1]:
        _from_list()
    else:
        _from_name()


_SHOWN = 30
"""How many wrong lines are told at once."""
_NAMED = 4
"""How many former EPCIs a way of grouping names."""
WAYS = ("un nom ou un code", "une liste de communes")


def _from_name() -> None:
    """A name or a code typed, and the territories it may mean."""
    typed = st.text_input(
        "Nom ou code", key=key("pack-typed"), max_chars=80, placeholder="Bazadais, 200043982, 61, 33036",
        help="SIREN d'un EPCI (aussi d'autrefois), code d'un département ou code INSEE d'une commune, ou leur nom.",
    )  # fmt: skip
    found = {each.id: each.label for each in candidates(typed)}
    if typed.strip() and not found:
        st.info(
            "Rien ne porte ce nom ni ce code dans le découpage officiel. Un code postal n'est pas un code INSEE."
        )
    if not found:
        return
    chosen = st.selectbox(
        "Territoire", list(found), format_func=found.__getitem__, index=0 if len(found) == 1 else None,
        placeholder="Choisir", key=key("pack-chosen"),
    )  # fmt: skip
    if chosen:
        _checked(proposed(chosen))


def _from_list() -> None:
    """Communes pasted, one a line: what is wrong is said, homonyms are asked about, the rest is a territory."""
    text = st.text_area(
        "Communes", key=key("pack-list"), max_chars=40_000, height=200, placeholder="61258 Le Mêle-sur-Sarthe\nEssay\n61215, 61026",
        help="Une par ligne : son code INSEE, son nom, ou les deux. Des codes seuls peuvent se suivre sur une ligne.",
    )  # fmt: skip
    if not text.strip():
        return
    lines = text.splitlines()
    chosen = {}
    for each in listed(lines).questions:
        answer = st.selectbox(
            literal(french.spaced(f"Ligne {each.line} : quelle commune est « {each.text} » ?")), each.codes, index=None,
            placeholder="Choisir", format_func=_with_departement, key=key(f"pack-homonym:{each.line}:{each.codes[0]}"),
        )  # fmt: skip
        if answer:
            chosen[each.line] = answer
    found = listed(lines, chosen)
    if wrong := [french.sentence(each) for each in found.wrong.values()]:
        more = (
            [f"… et {french.quantity(len(wrong) - _SHOWN, 'autres lignes')}."] if len(wrong) > _SHOWN else []
        )
        forms.message("À corriger dans la liste\u202f:", "alert", [*wrong[:_SHOWN], *more])
    if found.codes and not found.wrong and not found.questions:
        _checked(of_codes(found.codes, "Mon territoire"))


def _with_departement(code: str) -> str:
    row = reference.communes([code], contours=False).iloc[0]
    return f"{row['name']} ({row['departement_name']}, {code})"


def _checked(proposal: Proposal) -> None:
    """What to know of a proposed territory before it is written, and writing it."""
    frame.sentence(french.spaced(f"{proposal.name} : {french.quantity(len(proposal.communes), 'communes')}."))
    for remark in audit(proposal.codes):
        frame.note(remark)
    proposal = replace(proposal, groups=_groups(proposal))
    group_of = {code: name for _, name, codes in proposal.groups for code in codes}
    with st.expander("Les communes", icon=":material/list:"):
        rows = [(code, name, group_of.get(code, french.DASH)) for code, name in proposal.communes]
        tables.show_table(
            pd.DataFrame(rows, columns=["code", "name", "group"]),
            [Column("code", "Code INSEE"), Column("name", "Commune"), Column("group", "Groupe")],
            caption=f"Communes de {proposal.name}",
        )
    name = st.text_input(
        "Nom du territoire", proposal.name, key=key(f"pack-name:{proposal.id}"), max_chars=80
    )
    if st.button("Écrire le pack", type="primary", icon=":material/create_new_folder:"):
        asked = proposal.renamed(name.strip()) if name.strip() else proposal
        run(
            lambda: _write(asked),
            f"Le pack de {asked.name} est écrit : {loading.store().files.pack(asked.id)}",
        )


def _groups(proposal: Proposal) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """The groups chosen among those that the territory may have: none, today's EPCIs, those of a former year."""
    ways = {each.year: each for each in groupings(proposal)}
    if not ways:
        return ()
    labels = {0: "aucun"} | {each.year or reference.year(): _label(each) for each in ways.values()}
    by_year = {each.year or reference.year(): each.groups for each in ways.values()}
    chosen = st.radio(
        "Groupes", list(labels), index=1 if None in ways else 0, format_func=labels.__getitem__,
        key=key(f"pack-groups:{proposal.id}"),
        help="Les groupes partagent la carte et les tableaux ; une commune n'est que dans un.",
    )  # fmt: skip
    return by_year.get(chosen or 0, ())


def _label(way: Grouping) -> str:
    """« les EPCI de 2019 (4) : CC Petite Montagne et 3 autres »."""
    if way.year is None:
        return f"les EPCI d’aujourd’hui ({len(way.groups)})"
    shown = [literal(name.removesuffix(f" ({way.year})")) for name in way.former[:_NAMED]]
    if len(way.former) > _NAMED:
        shown.append(french.quantity(len(way.former) - _NAMED, "autres"))
    return french.spaced(f"les EPCI de {way.year} ({len(way.groups)}) : {french.join(shown)}")


def _write(proposal: Proposal) -> None:
    folder = loading.store().files.pack(proposal.id).absolute()
    try:
        write(proposal, folder, clock.today().year)
    except PackError as error:
        raise StoreError(str(error)) from error
    st.session_state[_MADE] = f"ZEVILLAGE_TERRITORY={folder} ZEVILLAGE_HOME=… make run"
