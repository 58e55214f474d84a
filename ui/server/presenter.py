"""The presenting window (`/presenter/…`): one self-contained page, made for whoever was offered it."""

from __future__ import annotations

import base64
import hashlib
import re

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from analysis.french import NNBSP
from ui import errors, presented
from ui.server.media import own_words

_HEAD = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


async def presenter(request: Request) -> Response:
    """The deck of a key, made now; a sentence in French when it is no longer on offer or cannot be made."""
    make = presented.maker(request.path_params["key"])
    if make is None:
        return _said("Ce diaporama n’est plus proposé : rouvrez-le depuis la page Séance.", 404)
    try:
        content = await to_thread.run_sync(make)
    except Exception as error:
        if said := own_words(error):
            return _said(said, 403 if isinstance(error, PermissionError) else 422)
        return _said(
            f"Le diaporama n’a pas pu être fait. Rechargez la page Séance, puis réessayez. Référence{NNBSP}: {errors.report(error)}.",
            500,
        )
    return Response(
        content, media_type="text/html", headers={**_HEAD, "Content-Security-Policy": policy(content)}
    )


def policy(content: bytes) -> str:
    """What the deck may do: its own inline scripts by their hash, nothing from anywhere else."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(body).digest()).decode()}'"
        for body in re.findall(rb"<script\b[^>]*>(.*?)</script>", content, re.DOTALL)
    )
    return (
        f"default-src 'none'; script-src {hashes or chr(39) + 'none' + chr(39)}; style-src 'unsafe-inline'; img-src data:; font-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )


def _said(text: str, status: int) -> Response:
    return PlainTextResponse(text, status, headers=_HEAD)
