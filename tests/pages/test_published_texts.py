"""What an analyst published under a hostile title, on every page that shows it where Streamlit reads Markdown."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analysis.model import LOCAL_ACTOR, Indicator, Source, Vintage
from data.imports.model import NewIndicator
from data.imports.publish import publish
from tests.data.imports.drafts import TODAY, figures
from tests.homes import forget
from tests.pages.screens import Open
from ui import loading

LURE = "[Gagnez](https://zv-attack.example) ![x](https://zv-attack.example/x.png) :red[x] `x` $x$ www.zv-attack.example"
SOURCE = Source(
    "zv", f"Mairie {LURE}", f"Écoles {LURE}", "2025", "Licence Ouverte 2.0", url="https://exemple.fr/[a](b)"
)
ONE = Indicator(
    "zv_schools", f"Écoles {LURE}", "écoles", "Services", "count",
    (Vintage("2024", f"2024 {LURE}", "zv", break_note=LURE), Vintage("2025", f"2025 {LURE}", "zv", break_note=LURE)),
    short=f"Écoles {LURE}",
)  # fmt: skip
PAGES: tuple[tuple[str, dict[str, str]], ...] = (
    ("sources", {}),
    (
        "carte",
        {"indicateur": "zv_schools", "mode": "cote", "indicateur2": "zv_schools", "millesime2": "2024"},
    ),
    ("carte", {"indicateur": "zv_schools", "mode": "animation"}),
    ("carte", {"indicateur": "vacancy_rate", "mode": "animation"}),
    ("carte", {"indicateur": "zv_schools"}),
)


@pytest.fixture
def published(fresh: Path, tmp_path: Path) -> None:
    file = tmp_path / "f"
    cells = tuple(("zv_schools", "61013", period, 2.0, "observed") for period in ("2024", "2025"))
    first = replace(ONE, vintages=ONE.vintages[1:])
    draft = figures(loading.house(), file, *cells[1:], new=(NewIndicator(SOURCE, first),))
    publish(loading.house(), LOCAL_ACTOR, draft, file, today=TODAY)
    draft = figures(
        loading.house(),
        file,
        *cells[:1],
        new=(NewIndicator(SOURCE, replace(ONE, vintages=ONE.vintages[:1])),),
    )
    publish(loading.house(), LOCAL_ACTOR, draft, file, today=TODAY)
    forget()


def markdown_of(screen: AppTest) -> list[str]:
    """Every text on the page that the browser reads as Markdown."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "warning", "info", "error", "success")
    found = [str(getattr(each, "value", "")) for kind in kinds for each in screen.get(kind)]
    found += [each.label for each in screen.button] + [each.label for each in screen.expander]
    found += [each.proto.label for each in (*screen.get("link_button"), *screen.get("page_link"))]
    return found + [
        str(getattr(each.proto, "help", "")) for each in (*screen.button, *screen.get("link_button"))
    ]


@pytest.mark.parametrize(("page", "query"), PAGES)
def test_a_published_title_is_text_wherever_it_stands(
    published: None, open_page: Open, page: str, query: dict[str, str]
) -> None:
    shown = markdown_of(open_page(page, **query))
    named = [text for text in shown if "zv" in text]
    assert page != "sources" or named
    for text in named:
        bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", text)
        assert not re.search(r"[\[\]`$!]|://|www\.|:red", bare), text
