"""What frames every screen: the title, the demonstration mark, the answer as a sentence, where a figure comes from."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from analysis import french
from analysis.answers import Answer
from analysis.desk import Desk
from analysis.freshness import data_day_text
from analysis.model import Source
from data.version import version_line
from ui import audience_state, loading
from ui.settings import STATIC, base_path

DEMO = "démonstration"
PRINT_STYLE = STATIC / "print.css"
DEMO_TEXT = "membres, dossiers, annonces et correspondants sont générés. Population, logement, haut débit\u202f: chiffres publiés."


def header(title: str, desk: Desk) -> None:
    """The page's title, the day of the data and, while the network's rows are generated, the mark that says so."""
    st.title(title, anchor=False)
    st.html(f'<p class="zv-day">{html.escape(data_day_text(loading.data_day(desk)))}</p>')
    if desk.network.is_demo:
        st.html(
            f'<p class="zv-demo" role="note"><strong>{french.sentence(DEMO)}</strong> — {html.escape(DEMO_TEXT)}</p>'
        )


def refused(reason: str) -> None:
    """Instead of any page: why no figure is shown, and what to do. `reason` is shown literally, line by line."""
    st.title("Aucun chiffre n'est affiché", anchor=False)
    sentence(
        "Un fichier ou la base ne peut pas être lu en confiance : mieux vaut ne rien montrer qu'un chiffre faux."
    )
    for line in reason.splitlines():
        note(line)
    note("Corrigez ce qui est indiqué, puis rechargez la page.")


def refused_page(title: str, reason: str) -> None:
    """Instead of a page that is not for whoever asks: its name and why, nothing of what it holds."""
    st.title(title, anchor=False)
    sentence(french.spaced(reason))


def foot() -> None:
    """The last line of every screen: which version of the application this is. Left out on paper."""
    st.html(f'<p class="zv-foot zv-screen-only">{html.escape(version_line())}</p>')


def sentence(text: str) -> None:
    """The answer, before any picture. `text` is shown literally."""
    st.html(f'<p class="zv-answer">{html.escape(text)}</p>')


def note(text: str, *, printed: bool = True) -> None:
    """A small line of explanation, on paper too unless told otherwise. `text` is shown literally."""
    where = "" if printed else " zv-screen-only"
    st.html(f'<p class="zv-source{where}">{html.escape(text)}</p>')


def named(name: str, detail: str) -> None:
    """A name with what it stands for under it, for a row of choices. Both are shown literally."""
    small = f"<br><small>{html.escape(detail)}</small>" if detail else ""
    st.html(f'<p class="zv-named" data-user-text><strong>{html.escape(name)}</strong>{small}</p>')


def facts(title: str, rows: Sequence[tuple[str, str]]) -> None:
    """A titled list of names and what they are, as the portraits show it. Everything is shown literally."""
    listed = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(text)}</dd>" for name, text in rows)
    st.html(
        f'<p class="zv-label" data-user-text>{html.escape(title)}</p><dl class="zv-facts" data-user-text>{listed}</dl>'
    )


def mark(answer: Answer, desk: Desk) -> str:
    """« démonstration » when `answer` counts generated rows, empty otherwise."""
    return network_mark(desk) if answer.indicator.kind == "network" else ""


def network_mark(desk: Desk) -> str:
    """« démonstration » while the network's rows are generated, empty otherwise."""
    return DEMO if desk.network.is_demo else ""


def source_line(answer: Answer, source: Source, desk: Desk) -> str:
    """« Source : INSEE, Recensement de la population (RP 2022). » with the demonstration mark where it belongs."""
    marked = f" — {mark(answer, desk)}" if mark(answer, desk) else ""
    return f"Source{french.NNBSP}: {source.citation}{marked}"


def source_text(answer: Answer, source: Source, desk: Desk) -> str:
    """Source, vintage, unit, caveats, the break in the series, why there is no figure of the territory."""
    parts = [
        f"{source_line(answer, source, desk)}.",
        f"Millésime{french.NNBSP}: {answer.vintage.label}. Unité{french.NNBSP}: {answer.indicator.unit}.",
    ]
    for text in (answer.vintage.break_note, answer.indicator.caveat, source.caveat):
        if text and text not in parts:
            parts.append(text)
    if answer.to_import:
        parts.append(f"{answer.to_import}.")
    elif answer.total.value is None and answer.total.reason:
        parts.append(f"Pas de chiffre du territoire{french.NNBSP}: {answer.total.reason}.")
    return " ".join(parts)


def source_note(answer: Answer, source: Source, desk: Desk) -> None:
    """Under a figure: `source_text`, and the way to the page of sources."""
    note(source_text(answer, source, desk))
    sources_link(source)


def sources_link(*sources: Source) -> None:
    """The way to the page of sources, open at the figure's own one. Of several, each has its link, under its producer's name."""
    for source in dict.fromkeys(sources) or (None,):
        query = {"source": source.id} if source else {}
        named = f"{french.NNBSP}: {source.producer}" if source and len(set(sources)) > 1 else ""
        st.page_link(
            "pages/sources.py", label=f"D'où viennent les chiffres{named}", icon=":material/menu_book:",
            query_params={**query, **audience_state.carried()},
        )  # fmt: skip


def send_dossier() -> None:
    """The way to the public form, a page that the server writes itself."""
    address = html.escape(f"{base_path()}/candidater")
    st.html(
        f'<p class="zv-account"><a href="{address}" target="_self">Envoyer un dossier pour s’installer</a></p>'
    )


def bracketed(text: str) -> str:
    """« (text) » after a blank; empty for no text."""
    return f" ({text})" if text else ""


def use_print_style() -> None:
    """On paper: no menu, no widgets, small type."""
    st.html(PRINT_STYLE)
