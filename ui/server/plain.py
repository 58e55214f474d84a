"""Pages written by the server itself, without Streamlit: a form that must work on any phone, and sets a cookie.

Everything shown goes through `html.escape`; the style is `static/plain.css`; each works without a script.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse

from analysis import french
from data.version import version_line

_NONE: Mapping[str, str] = {}


def page(
    base: str,
    title: str,
    body: Iterable[str],
    status: int = 200,
    *,
    script: str = "",
    facts: Mapping[str, str] = _NONE,
) -> HTMLResponse:
    """A whole page. `body`: pieces of HTML, each already safe; `title` is text. `script`: a file of `static/`, which may read `facts`."""
    shown = html.escape(title)
    run = f'<script defer src="{base}/app/static/{script}"></script>' if script else ""
    told = "".join(f' data-{name}="{html.escape(value)}"' for name, value in facts.items())
    return HTMLResponse(
        "<!doctype html>\n"
        f'<html lang="fr"><head><meta charset="utf-8"><title>{shown} · Zevillage</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<link rel="icon" href="{base}/app/static/icon.svg"><link rel="stylesheet" href="{base}/app/static/plain.css">'
        f"{run}</head><body><main{told}><h1>{shown}</h1>{''.join(body)}"
        f'<p class="foot">{html.escape(version_line())}</p></main></body></html>',
        status,
        headers={"Cache-Control": "no-store"},
    )


def text(words: str, kind: str = "") -> str:
    """A paragraph. `kind`: alert (refused), status (done), or nothing."""
    role = f' role="{kind}" class="{kind}"' if kind else ""
    return f"<p{role}>{html.escape(french.spaced(words))}</p>"


def field(
    label: str,
    name: str,
    *,
    kind: str = "text",
    hint: str = "",
    value: str = "",
    more: str = "",
    wrong: str = "",
) -> str:
    """A labelled field. `more`: further attributes, written by us; `wrong`: what is wrong with its value."""
    shown = f'<input id="{name}" name="{name}" type="{kind}" value="{html.escape(value)}"{_described(name, hint, wrong)} {more}>'
    return _labelled(label, name, hint, wrong) + shown


def area(label: str, name: str, *, hint: str = "", value: str = "", more: str = "", wrong: str = "") -> str:
    """A labelled field of several lines; as `field`."""
    # The first line break after the tag is not part of the value.
    shown = f'<textarea id="{name}" name="{name}"{_described(name, hint, wrong)} {more}>\n{html.escape(value)}</textarea>'
    return _labelled(label, name, hint, wrong) + shown


def tick(label: str, name: str, *, ticked: bool = False, wrong: str = "") -> str:
    """A box to tick; it sends « yes »."""
    note = _note(name, "wrong", wrong)
    box = f'<input id="{name}" name="{name}" type="checkbox" value="yes"{" checked" if ticked else ""}{_described(name, "", wrong)}>'
    return f'{note}<p class="tick">{box}<label for="{name}">{html.escape(french.spaced(label))}</label></p>'


def choice(
    label: str,
    name: str,
    options: Sequence[tuple[str, str]],
    chosen: str = "",
    empty: str = "",
    *,
    hint: str = "",
    wrong: str = "",
) -> str:
    """A labelled list of (value, words); `empty` is the words of no choice, left out when there must be one."""
    rows = [("", empty), *options] if empty else list(options)
    written = "".join(
        f'<option value="{html.escape(value)}"{" selected" if value == chosen else ""}>{html.escape(words)}</option>'
        for value, words in rows
    )
    shown = f'<select id="{name}" name="{name}"{_described(name, hint, wrong)}>{written}</select>'
    return _labelled(label, name, hint, wrong) + shown


def _labelled(label: str, name: str, hint: str, wrong: str) -> str:
    return (
        f'<label for="{name}">{html.escape(french.spaced(label))}</label>'
        f"{_note(name, 'hint', hint)}{_note(name, 'wrong', wrong)}"
    )


def _note(name: str, kind: str, words: str) -> str:
    return (
        f'<span class="{kind}" id="{name}-{kind}">{html.escape(french.spaced(words))}</span>' if words else ""
    )


def folded(summary: str, fields: Iterable[str], *, opened: bool = False) -> str:
    """Fields that are only shown when asked for."""
    return f"<details{' open' if opened else ''}><summary>{html.escape(french.spaced(summary))}</summary>{''.join(fields)}</details>"


def _described(name: str, hint: str, wrong: str) -> str:
    by = " ".join(f"{name}-{kind}" for kind, words in (("hint", hint), ("wrong", wrong)) if words)
    told = f' aria-describedby="{by}"' if by else ""
    return f'{told} aria-invalid="true"' if wrong else told


def form(
    action: str, fields: Iterable[str], send: str, more: str = "", *, kind: str = "", files: bool = False
) -> str:
    """A form that is sent to an address of ours. `more`: further attributes, written by us; `kind`: the class of its button; `files`: it
    carries a file.
    """
    encoding = ' enctype="multipart/form-data"' if files else ""
    button = f'<button type="submit"{f" class={chr(34)}{kind}{chr(34)}" if kind else ""}>{html.escape(send)}</button>'
    return (
        f'<form method="post" action="{html.escape(action)}" autocomplete="off"{encoding} {more}>'
        f"{''.join(fields)}{button}</form>"
    )


def hidden(name: str, value: str) -> str:
    """A value that the form carries without showing it."""
    return f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'


class TooLarge(ValueError):
    """What was sent is larger than a form may be, or does not say how large it is."""


async def sent(request: Request, most: int, *, files: int = 0) -> FormData:
    """What a form sent, `most` bytes at most. Raises TooLarge before anything is read."""
    declared = request.headers.get("content-length", "")
    if not declared.isdecimal() or int(declared) > most:
        raise TooLarge
    return await request.form(max_fields=40, max_files=files, max_part_size=most)
