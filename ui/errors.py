"""What a visitor reads when a page fails: what to do and a reference. The reference leads to the trace in the server's log, and to
nothing else: neither the screen nor the log holds the exception's message.
"""

from __future__ import annotations

import html
import logging
import secrets

import streamlit as st

from analysis import french
from ui import logs

_LOG = logging.getLogger("zevillage")


def new_reference() -> str:
    """« 7F3A-91C2 »: read over the telephone without mistake."""
    digits = secrets.token_hex(4).upper()
    return f"{digits[:4]}-{digits[4:]}"


def report(error: Exception) -> str:
    """Log the places in the code that `error` went through, without its message; the reference under which they stand."""
    reference = new_reference()
    # The trace is made here: the rule of `ui.logs` may not be installed where a script runs alone.
    _LOG.error("Erreur %s", reference)
    for line in logs.trace(error).splitlines():
        _LOG.error("%s %s", reference, line)
    return reference


def show_error(error: Exception) -> bool:
    """Log `error` under a new reference and say so on the page; True, so that Streamlit adds nothing of its own."""
    text = html.escape(french.spaced(error_text(report(error))))
    st.html(f'<p class="zv-answer" role="alert">{text}</p>')
    return True


def error_text(reference: str) -> str:
    """The words on screen."""
    return (
        "Une erreur est survenue et cette page n'est pas complète. Ce qui était enregistré l'est toujours. Rechargez la page ; "
        f"si l'erreur revient, donnez cette référence à qui tient le serveur : {reference}."
    )
