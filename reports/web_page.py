"""A séance as one web page, for the network's site: it scrolls, its maps move, its tables sort, and it asks nothing of anybody."""

from __future__ import annotations

import html
from urllib.parse import urlsplit

from analysis import french
from analysis.council import Deck, Slide
from analysis.french import NNBSP
from reports.html_map import Shapes, shapes, store
from reports.html_parts import (
    DeckError,
    check,
    mark_html,
    origin,
    pictures,
    problem,
    table_html,
    tables,
    title_of,
)
from reports.html_text import document, escaped, qr
from reports.map_image import clean
from reports.pictures import Ground

_STYLES = ("parts.css", "page.css")
_SCRIPTS = ("map.js", "page.js")


def web_page(deck: Deck, ground: Ground) -> bytes:
    """`deck` as one HTML file (UTF-8), the same bytes for the same séance; the speaker's notes are left out.

    Raises DeckError for a séance without views, and what a map or a chart that cannot be drawn raises.
    """
    check(deck)
    here = shapes(ground)
    items = "".join(
        f'<li><a href="#vue-{rank}">{escaped(title_of(slide, rank))}</a></li>'
        for rank, slide in enumerate(deck.slides, 1)
    )
    body = "\n".join(
        [
            store(here),
            '<a class="skip" href="#contenu">Aller au contenu</a>',
            f"<header>{mark_html(deck.mark)}<h1>{escaped(deck.title) or 'Séance'}</h1>",
            f"<p>{escaped(deck.territory)}, {french.long_date(deck.day)}, pour {deck.audience.label}.</p>",
            f'<nav aria-label="Sommaire"><ol>{items}</ol></nav></header>',
            '<main id="contenu" tabindex="-1">',
            *(_view(deck, slide, here, rank) for rank, slide in enumerate(deck.slides, 1)),
            "</main>",
            f"<footer><p>Établi le {french.date(deck.made)} (révision {int(deck.revision)}). "
            f'<b class="fingerprint">Empreinte de tous les chiffres{NNBSP}: {deck.fingerprint}</b></p></footer>',
            '<p class="unseen" role="status" aria-live="polite" id="annonce"></p>',
        ]
    )
    return document(clean(deck.title) or "Séance", body, styles=_STYLES, scripts=_SCRIPTS, name="page")


def _view(deck: Deck, slide: Slide, here: Shapes | None, rank: int) -> str:
    title = title_of(slide, rank)
    names = here.names if here is not None else deck.names
    sentence = f'<p class="sentence">{escaped(slide.sentence)}</p>' if clean(slide.sentence) else ""
    grids = "".join(
        f'<div class="table" role="group" tabindex="0" aria-label="{escaped(each.caption)}">{table_html(each, sortable=True)}</div>'
        for each in tables(slide, names)
    )
    return (
        f'<article id="vue-{rank}" aria-labelledby="titre-{rank}">{mark_html(slide.mark)}<h2 id="titre-{rank}">{escaped(title)}</h2>'
        f"{sentence}{problem(slide)}{''.join(pictures(slide, here, names, 3))}{grids}"
        f'<div class="under">{origin(deck, slide)}{qr(deck.home, slide.link)}</div></article>'
    )


def iframe_snippet(url: str, title: str) -> str:
    """The HTML that shows the page kept at `url` inside another one; `title` names it for who cannot see it.

    Raises DeckError for an address that is not one of the web (http or https).
    """
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and url.isprintable()
    except ValueError:
        sound = False
    if not sound or " " in url:
        raise DeckError(
            f"« {clean(url)[:200]} » n’est pas l’adresse d’une page{NNBSP}: donner celle où le fichier est déposé, "
            "par exemple https://www.exemple.fr/seance.html"
        )
    return (
        f'<iframe src="{html.escape(url, quote=True)}" title="{escaped(title) or "Séance"}" width="100%" height="900" '
        'loading="lazy" referrerpolicy="no-referrer" sandbox="allow-scripts allow-popups"></iframe>'
    )
