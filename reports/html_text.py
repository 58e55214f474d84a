"""Text in a page of ours: escaped, and a document that runs only what was written here.

A page is one file that asks for nothing: its policy refuses every request, every script and every style but its own, by their digest.
"""

from __future__ import annotations

import base64
import hashlib
import html
from pathlib import Path
from urllib.parse import urlsplit

from reports.address_code import address_code
from reports.map_image import clean

_ASSETS = Path(__file__).parent / "assets"


def escaped(text: object) -> str:
    """`text` for the content of an element or a quoted attribute, without control and direction characters."""
    return html.escape(clean(text), quote=True)


def asset(name: str) -> str:
    """A script or a style sheet of `reports/assets`, as text."""
    return (_ASSETS / name).read_text("utf-8")


def document(title: str, body: str, *, styles: tuple[str, ...], scripts: tuple[str, ...], name: str) -> bytes:
    """A whole HTML file: `body` in a page with the style sheets and scripts of `reports/assets` (file names), `name` its body's class.

    Nothing is fetched and nothing else runs: the policy stands in the file, since a file has no headers.
    """
    style, script = "\n".join(map(asset, styles)), "\n".join(map(asset, scripts))
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        f'<!DOCTYPE html>\n<html lang="fr"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
        f'<title>{escaped(title)}</title><style id="zv-style">{style}</style></head>\n<body class="{name}">\n{body}\n'
        f"<script>{script}</script></body></html>\n"
    ).encode()


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def address(home: str, link: str) -> str:
    """The whole address of a view, or nothing where it would not be one of a web server."""
    whole = home.rstrip("/") + link if link.startswith("/") else ""
    try:
        parts = urlsplit(whole)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    return whole if sound and whole.isprintable() and " " not in whole else ""


def qr(home: str, link: str) -> str:
    """The address of a view as a QR code that is also a link; nothing where no address is known, or it is too long for one."""
    import segno

    whole = address(home, link)
    if not whole:
        return ""
    try:
        picture = address_code(whole).svg_inline(
            border=2, light="#fff", omitsize=True, svgclass=None, lineclass=None
        )
    except (segno.DataOverflowError, UnicodeError):
        return ""
    words = "Rouvrir cette vue dans l’application"
    return f'<a class="qr" href="{html.escape(whole, quote=True)}" aria-label="{words}" title="{words}">{picture}</a>'
