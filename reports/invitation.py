"""The invitation to a newcomer's reception on one A4 page, to print or to join to a message. Set by typst.

Texts go in as data (`reports.document.compile_pdf`), never as markup. The file is PDF/UA-1, as the other papers. Who is invited is not on
it: the list is the coordinators'.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from analysis import french
from analysis.applications.reception import Invitation
from reports.document import all_printable, compile_pdf

_TEMPLATE = Path(__file__).with_name("typst") / "invitation.typ"
WARNING = "Démonstration : cette personne et cette réception sont générées, n’envoyez pas cette invitation."


def invitation_pdf(invitation: Invitation, *, made: dt.date, territory: str, demo: bool = False) -> bytes:
    """The invitation as a PDF, dated `made`; `demo` marks it.

    Raises ValueError when the day, the hour or the commune is not known yet, typst.TypstError.
    """
    if invitation.lacking:
        raise ValueError(
            french.spaced(f"Il manque {french.join(invitation.lacking)} : complétez la réception.")
        )
    content = {
        "title": "Invitation",
        "territory": territory,
        "day": [made.year, made.month, made.day],
        "hosts": invitation.hosts,
        "when": french.sentence(invitation.when),
        "where": invitation.where,
        "heading": f"{invitation.who} se présente",
        "presentation": invitation.paragraphs,
        "answer": invitation.answer,
        "foot": f"{' · '.join(dict.fromkeys((territory, invitation.network)))} · invitation établie le {french.date(made)}",
        "mark": "démonstration" if demo else "",
        "warning": french.spaced(WARNING),
    }
    return compile_pdf(_TEMPLATE.read_text("utf-8"), json.dumps(all_printable(content), ensure_ascii=False))
