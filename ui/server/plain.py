"""Pages written by the server itself, without Streamlit: a form that must work on any phone, and sets a cookie.

Everything shown goes through `html.escape`; the style is `static/plain.css`; each works without a script.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence

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
    label: str, name: str, *, kind: str = "text", hint: str = "", value: str = "", more: str = ""
) -> str:
    """A labelled field. `more`: further attributes, written by us."""
    described = f' aria-describedby="{name}-hint"' if hint else ""
    note = f'<span class="hint" id="{name}-hint">{html.escape(french.spaced(hint))}</span>' if hint else ""
    return (
        f'<label for="{name}">{html.escape(french.spaced(label))}</label>{note}'
        f'<input id="{name}" name="{name}" type="{kind}" value="{html.escape(value)}"{described} {more}>'
    )


def choice(
    label: str, name: str, options: Sequence[tuple[str, str]], chosen: str = "", empty: str = ""
) -> str:
    """A labelled list of (value, words); `empty` is the words of no choice, left out when there must be one."""
    rows = [("", empty), *options] if empty else list(options)
    written = "".join(
        f'<option value="{html.escape(value)}"{" selected" if value == chosen else ""}>{html.escape(words)}</option>'
        for value, words in rows
    )
    return f'<label for="{name}">{html.escape(french.spaced(label))}</label><select id="{name}" name="{name}">{written}</select>'


def folded(summary: str, fields: Iterable[str], *, opened: bool = False) -> str:
    """Fields that are only shown when asked for."""
    return f"<details{' open' if opened else ''}><summary>{html.escape(french.spaced(summary))}</summary>{''.join(fields)}</details>"


def form(action: str, fields: Iterable[str], send: str, more: str = "") -> str:
    """A form that is sent to an address of ours. `more`: further attributes, written by us."""
    return (
        f'<form method="post" action="{html.escape(action)}" autocomplete="off" {more}>{"".join(fields)}'
        f'<button type="submit">{html.escape(send)}</button></form>'
    )
