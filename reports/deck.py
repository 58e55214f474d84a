"""The deck of a séance: one HTML file that shows it on a wall, without a network and without the server.

One view a slide, its tables one step below (↓); `reports/assets/deck.js` obeys keys, remotes, fingers and the speaker's window.
Without a script the slides stand one under the other. Why not reveal.js: `docs/decisions/0013-a-deck-of-our-own.md`.
"""

from __future__ import annotations

from collections.abc import Mapping

from analysis import french
from analysis.council import Deck, Slide
from analysis.french import NNBSP
from reports.html_map import Shapes, shapes, store
from reports.html_parts import (
    check,
    many_sources,
    mark_html,
    origin,
    pictures,
    problem,
    sheets,
    sources_sheet,
    tables,
    title_of,
)
from reports.html_text import document, escaped, qr
from reports.map_image import clean
from reports.pictures import Ground

_STYLES = ("parts.css", "deck.css")
_SCRIPTS = ("map.js", "deck.js")
_KEYS = (
    ("→, Page suivante, Espace, clic de la télécommande", "vue suivante"),
    ("←, Page précédente", "vue précédente"),
    ("↓ et ↑", "le tableau de la vue, puis sa carte ou son graphique"),
    ("Début, Fin", "ouverture, dernière vue"),
    ("un nombre puis Entrée", "aller à cette vue"),
    ("B ou .", "écran noir"),
    ("O", "toutes les vues à la fois"),
    ("C", f"et chez nous{NNBSP}?{NNBSP}: le portrait d’une commune"),
    ("Retour arrière, Échap", "revenir du portrait à la séance"),
    ("F, F5", "plein écran"),
    ("S", f"fenêtre de l’orateur{NNBSP}: note, vue suivante, horloge, temps passé"),
    ("+ − 0", "agrandir, réduire la carte, tout voir"),
    (
        "M, puis les flèches",
        f"aller d’une commune à l’autre sur la carte{NNBSP}; Maj et flèches la déplacent",
    ),
    ("?", "cette aide"),
)


def deck_html(deck: Deck, ground: Ground, portraits: Mapping[str, Slide] | None = None) -> bytes:
    """`deck` as one HTML file (UTF-8), the same bytes for the same séance. `portraits`: commune → its slide, for « Et chez nous ? ».

    The speaker's notes are in the file, for the speaker's window. Raises DeckError for a séance without views, and what a map or a
    chart that cannot be drawn raises (`reports.map_image`, `reports.chart_image`).
    """
    check(deck)
    here = shapes(ground)
    total = len(deck.slides)
    views = [_view(deck, slide, here, rank, total) for rank, slide in enumerate(deck.slides, 1)]
    named = sorted(
        (
            (deck.names.get(code) or title_of(slide, 1), code, slide)
            for code, slide in (portraits or {}).items()
        ),
        key=lambda each: (french.sort_key(clean(each[0])), each[1]),
    )
    homes = [_portrait(deck, slide, here, i, name) for i, (name, _, slide) in enumerate(named)]
    body = "\n".join(
        [
            store(here),
            f'<main id="vues" aria-label="{escaped(deck.title) or "Séance"}">',
            f'<h1 class="unseen">{escaped(deck.title) or "Séance"}</h1>',
            _opening(deck),
            *views,
            *homes,
            "</main>",
            _commands(bool(homes)),
            _help(),
            _communes([name for name, _, _ in named]),
            '<p class="unseen" role="status" aria-live="polite" id="annonce"></p><div id="noir" hidden></div><p id="dire" hidden></p>',
        ]
    )
    return document(clean(deck.title) or "Séance", body, styles=_STYLES, scripts=_SCRIPTS, name="deck")


def _long(text: str, steps: tuple[int, ...]) -> str:
    """How long a text is, as a class: the longer, the smaller its letters."""
    size = sum(len(clean(text)) > step for step in steps)
    return f" long-{size}" if size else ""


def _opening(deck: Deck) -> str:
    facts = [
        french.long_date(deck.day),
        clean(deck.territory),
        f"{french.counted(len(deck.slides), 'vue', 'vues')} pour {deck.audience.label}",
    ]
    lines = "".join(f"<p>{escaped(fact)}</p>" for fact in facts if fact)
    return (
        '<section class="frame opening" data-label="Ouverture" aria-roledescription="diapositive" aria-label="Ouverture">'
        f'<article class="slide">{mark_html(deck.mark)}<div class="opening-words">'
        f'<h2 class="title{_long(deck.title, (70, 150))}" tabindex="-1">{escaped(deck.title) or "Séance"}</h2>{lines}</div>'
        f'<footer><ul class="origin"><li>Établi le {french.date(deck.made)} (révision {int(deck.revision)}). '
        f'<b class="fingerprint">Empreinte de tous les chiffres{NNBSP}: {deck.fingerprint}</b></li>'
        f"<li>Touche ?{NNBSP}: les commandes.</li></ul></footer></article></section>"
    )


def _steps(deck: Deck, slide: Slide, here: Shapes | None) -> list[str]:
    """What is shown one below the other: pictures two by two, then the pieces of the tables."""
    names = here.names if here is not None else deck.names
    drawn = pictures(slide, here, names, 3, wall=True)
    pairs = [drawn[i : i + 2] for i in range(0, len(drawn), 2)]
    steps = [f'<div class="pictures n{len(pair)}">{"".join(pair)}</div>' for pair in pairs]
    steps += [sheet for table in tables(slide, names) for sheet in sheets(table)]
    return [*steps, sources_sheet(slide)] if many_sources(slide) else steps


def _slide(deck: Deck, slide: Slide, here: Shapes | None, title: str, place: str) -> str:
    steps = _steps(deck, slide, here)
    hidden = [""] + [" hidden"] * (len(steps) - 1)
    body = "".join(
        f'<div class="step" data-step="{i}"{away}>{step}</div>'
        for i, (step, away) in enumerate(zip(steps, hidden, strict=False))
    )
    note = "".join(f"<p>{escaped(line)}</p>" for line in slide.note.splitlines() if clean(line))
    more = f'<p class="steps">↓ 1/{len(steps)}</p>' if len(steps) > 1 else ""
    sentence = escaped(slide.sentence)
    return (
        f'<article class="slide{"" if steps else " words"}"><header>{mark_html(slide.mark)}'
        f'<h2 class="title{_long(title, (60, 120, 200))}" tabindex="-1">{escaped(title)}</h2>'
        + (f'<p class="sentence{_long(slide.sentence, (160, 320, 600))}">{sentence}</p>' if sentence else "")
        + f'{problem(slide)}</header><div class="body">{body}</div>'
        f"<footer>{origin(deck, slide, short=many_sources(slide))}{qr(deck.home, slide.link)}"
        f'<div class="place">{more}<p>{place}</p></div></footer></article>'
        + (f"<template>{note}</template>" if note else "")
    )


def _view(deck: Deck, slide: Slide, here: Shapes | None, rank: int, total: int) -> str:
    title = title_of(slide, rank)
    label = f"{rank} sur {total}{NNBSP}: {escaped(title)}"
    return (
        f'<section class="frame" id="vue-{rank}" data-label="{label}" aria-roledescription="diapositive" aria-label="{label}">'
        f"{_slide(deck, slide, here, title, f'{rank}/{total}')}</section>"
    )


def _portrait(deck: Deck, slide: Slide, here: Shapes | None, index: int, name: str) -> str:
    label = f"Portrait{NNBSP}: {escaped(name)}"
    return (
        f'<section class="frame portrait" id="chez-{index}" data-label="{label}" aria-roledescription="diapositive" aria-label="{label}">'
        f"{_slide(deck, slide, here, title_of(slide, 1), 'portrait')}</section>"
    )


def _commands(homes: bool) -> str:
    buttons = [
        ("previous", "←", "Vue précédente"),
        ("next", "→", "Vue suivante"),
        ("step", "↓", "Tableau, puis carte"),
        *([("homes", f"Et chez nous{NNBSP}?", "Portrait d’une commune")] if homes else []),
        ("back", "Revenir à la séance", "Revenir à la séance"),
        ("overview", "Toutes", "Toutes les vues à la fois"),
        ("black", "Noir", "Écran noir"),
        ("full", "Plein écran", "Plein écran"),
        ("speaker", "Orateur", "Fenêtre de l’orateur"),
        ("help", "?", "Aide"),
    ]
    made = "".join(
        f'<button type="button" data-do="{what}" title="{words}"'
        # A word on a button is its name; a sign needs one.
        + (f' aria-label="{words}"' if len(shown) == 1 else "")
        + (" hidden" if what == "back" else "")
        + f">{shown}</button>"
        for what, shown, words in buttons
    )
    return f'<nav class="commands" aria-label="Commandes">{made}<output id="place"></output></nav>'


def _help() -> str:
    rows = "".join(
        f'<tr><th scope="row">{escaped(keys)}</th><td>{escaped(words)}</td></tr>' for keys, words in _KEYS
    )
    return (
        '<dialog id="aide" aria-labelledby="aide-titre"><h2 id="aide-titre">Commandes</h2><table><thead class="unseen"><tr>'
        f'<th scope="col">Touche</th><th scope="col">Effet</th></tr></thead><tbody>{rows}</tbody></table>'
        '<button type="button" data-do="close">Fermer</button></dialog>'
    )


def _communes(names: list[str]) -> str:
    if not names:
        return ""
    items = "".join(
        f'<li><button type="button" data-home="{i}">{escaped(name)}</button></li>'
        for i, name in enumerate(names)
    )
    return (
        f'<dialog id="communes" aria-labelledby="communes-titre"><h2 id="communes-titre">Et chez nous{NNBSP}?</h2>'
        f'<ul>{items}</ul><button type="button" data-do="close">Fermer</button></dialog>'
    )
