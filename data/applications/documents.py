"""Papers of a dossier: what they are is read from their content, never from their name; the bytes lie in the home, outside what is served.

Taken: PDF, JPEG and PNG. A picture is written anew, so that the picture alone is kept: no place where it was taken, nothing behind its end.
Archives are refused, also behind another file, and so are the papers that nobody wants here (décret n° 2015-1437 forbids a landlord to ask
for them).
"""

from __future__ import annotations

import datetime as dt
import io
import re
import unicodedata
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from sqlalchemy import func, select

from analysis.applications.steps import Party
from analysis.french import spaced
from data.applications.assessing import closed_papers
from data.applications.hand import Hand, dossier_row
from data.applications.writing import heard_of
from data.register import people
from data.register.errors import RegisterError
from data.register.operations import Change, operation, row_of
from data.store import Session, Store, tables

BYTES_MOST: Final = 8 * 1024 * 1024
PAPERS_MOST: Final = 12
PIXELS_MOST: Final = 60_000_000
NAME_MOST: Final = 120

ENDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
}
"""Media type → the endings that its name may have, the usual one first."""
KIND_WORDS: Final[Mapping[str, str]] = {
    "application/pdf": "PDF",
    "image/jpeg": "photo ou scan (JPEG)",
    "image/png": "image (PNG)",
}

NOT_WANTED: Final = (
    "Ni relevé bancaire, ni carte Vitale ou attestation de sécurité sociale, ni photo d’identité, ni jugement de divorce : "
    "personne n’a le droit de les demander pour louer (décret n° 2015-1437), et nous n’en voulons pas."
)
"""Said beside the field."""
_UNWANTED: Final = (
    ("un relevé bancaire", r"releves? (?:de compte|bancaires?)|extraits? de compte|bank statement"),
    ("une carte de santé", r"cartes? vitale|carte d assure|attestation (?:de )?(?:securite sociale|droits|vitale)|securite sociale"),
    ("une photo d’identité", r"photos? d identite|photo identite|photomaton"),
    ("un jugement de divorce", r"divorce"),
)  # fmt: skip
_ARCHIVES: Final = (
    (b"PK\x03\x04", "ZIP (ou Word, Excel, OpenDocument)"), (b"PK\x05\x06", "ZIP"), (b"Rar!", "RAR"), (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"\x1f\x8b", "GZIP"), (b"BZh", "BZIP2"), (b"\xfd7zXZ\x00", "XZ"), (b"MSCF", "CAB"), (b"\xd0\xcf\x11\xe0", "ancien Office"),
)  # fmt: skip


@dataclass(frozen=True)
class Paper:
    """A file that may be kept. `name`: to show, never a path; `kind`: the media type."""

    name: str
    kind: str
    content: bytes


def checked_paper(name: str, content: bytes) -> Paper:
    """What somebody sends, as it may be kept. Raises RegisterError saying what is wrong and what to do."""
    if not content:
        raise RegisterError("Ce fichier est vide.", field="paper", advice="Choisissez-en un autre.")
    if len(content) > BYTES_MOST:
        raise RegisterError(
            f"Ce fichier dépasse {BYTES_MOST // 1024 // 1024} Mo.",
            field="paper",
            advice="Envoyez-le en plusieurs fois, ou en plus petit.",
        )
    shown = _name(name)
    plain = _plain(shown)
    for what, pattern in _UNWANTED:
        if re.search(pattern, plain):
            raise RegisterError(f"« {shown} » semble être {what}.", field="paper", advice=spaced(NOT_WANTED))
    kind = _kind(content)
    stem, ending = _parted(shown)
    if ending and ending not in ENDINGS[kind]:
        raise RegisterError(
            f"« {shown} » ne porte pas le nom de ce qu’il contient : c’est un fichier {KIND_WORDS[kind]}.",
            field="paper",
            advice=f"Renommez-le en {ENDINGS[kind][0]}, puis envoyez-le.",
        )
    if kind != "application/pdf":
        content = _picture(content, kind)
    return Paper(f"{stem}{ending or ENDINGS[kind][0]}", kind, content)


def _name(typed: str) -> str:
    """The name as it is shown. Raises RegisterError for one that reads otherwise than it is, or that leads somewhere."""
    name = unicodedata.normalize("NFC", typed).strip()
    if any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") for c in name):
        raise RegisterError(
            "Le nom de ce fichier contient des signes invisibles.", field="paper", advice="Renommez-le."
        )
    # Old browsers send the whole path; a name that leads elsewhere is nobody's file.
    if ".." in name or (re.search(r"[/\\:]", name) and not re.match(r"[A-Za-z]:\\", name)):
        raise RegisterError(
            "Le nom de ce fichier contient un chemin.", field="paper", advice="Renommez-le simplement."
        )
    name = re.split(r"[\\/]", name)[-1].lstrip(".")
    if not name or len(name) > NAME_MOST:
        raise RegisterError(
            f"Le nom de ce fichier est vide ou dépasse {NAME_MOST} caractères.",
            field="paper",
            advice="Renommez-le.",
        )
    return name


def _parted(name: str) -> tuple[str, str]:
    """The name without its ending, and the ending in small letters; a point in the middle of a sentence is no ending."""
    ending = PurePath(name).suffix
    if re.fullmatch(r"\.[A-Za-z0-9]{1,5}", ending):
        return name[: -len(ending)], ending.lower()
    return name, ""


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[\W_]+", " ", "".join(c for c in folded if not unicodedata.combining(c)))


def _kind(content: bytes) -> str:
    for mark, what in _ARCHIVES:
        if content.startswith(mark):
            raise RegisterError(
                f"C’est une archive ou un document {what}, qui peut cacher autre chose : elle n’est pas ouverte.",
                field="paper",
                advice="Envoyez chaque pièce à part, en PDF ou en photo.",
            )
    if content.startswith(b"%PDF-"):
        _sound_pdf(content)
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    raise RegisterError(
        "Ce fichier n’est ni un PDF, ni une photo JPEG, ni une image PNG.",
        field="paper",
        advice="Enregistrez-le en PDF, ou prenez-le en photo.",
    )


_ACTIVE: Final = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)\b")


def _sound_pdf(content: bytes) -> None:
    """Raises RegisterError for one that is cut short, hides an archive behind its end, or says that it runs or carries something."""
    if b"%%EOF" not in content[-2048:]:
        raise RegisterError(
            "Ce PDF est incomplet ou contient autre chose à sa suite.", field="paper", advice="Enregistrez-le de nouveau, puis envoyez-le."
        )  # fmt: skip
    if b"PK\x05\x06" in content[-66_000:]:
        raise RegisterError(
            "Ce PDF cache une archive.",
            field="paper",
            advice="Imprimez-le en PDF, puis envoyez le résultat.",
        )
    if _ACTIVE.search(content):
        raise RegisterError(
            "Ce PDF contient un programme, un formulaire actif ou un fichier joint.",
            field="paper",
            advice="Imprimez-le en PDF, puis envoyez le résultat.",
        )


def _picture(content: bytes, kind: str) -> bytes:
    """The picture written anew: the picture alone. Raises RegisterError for one that cannot be read whole."""
    from PIL import Image, ImageOps  # a tenth of a second, for who sends a picture

    wanted = "JPEG" if kind == "image/jpeg" else "PNG"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[wanted]) as picture:
                if picture.width * picture.height > PIXELS_MOST:
                    raise RegisterError(
                        f"Cette image a {picture.width} × {picture.height} points : c’est trop.",
                        field="paper",
                        advice="Envoyez-la en plus petit.",
                    )
                upright = ImageOps.exif_transpose(picture)
                if upright.mode not in ("RGB", "L"):
                    upright = upright.convert("RGBA" if wanted == "PNG" else "RGB")
                bare = Image.new(upright.mode, upright.size)
                bare.paste(upright)
                written = io.BytesIO()
                bare.save(written, wanted, **({"quality": 88} if wanted == "JPEG" else {"optimize": True}))
    except RegisterError:
        raise
    except (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise RegisterError(
            "Cette image est abîmée ou incomplète.", field="paper", advice="Reprenez la photo, puis envoyez-la."
        ) from error  # fmt: skip
    return written.getvalue()


# -- kept and given back -------------------------------------------------------------------------------------------


def add_paper(
    store: Store, hand: Hand, today: dt.date, *, application: str, name: str, content: bytes
) -> Change:
    """Keep a paper of a dossier; a candidate's counts as a contact made by the person. Raises RegisterError, OSError for a full disk."""
    paper = checked_paper(name, content)
    checksum = store.files.keep_paper(paper.content)
    with operation(store, hand.actor, "application_document_add") as current:
        row = dossier_row(current, application, hand)
        table = tables.application_document
        kept = current.session.connection.execute(
            select(func.count())
            .select_from(table)
            .where(table.c.application == application, table.c.removed_at.is_(None))
        ).scalar_one()
        if kept >= PAPERS_MOST:
            raise RegisterError(
                f"Ce dossier a déjà {kept} pièces : c’est le plus qu’il peut tenir.",
                field="paper",
                advice="Dites aux animateurs ce que vous voulez ajouter.",
            )
        current.session.insert(
            table,
            {
                "id": people.new_id(), "origin": row["origin"], "application": application, "name": paper.name, "kind": paper.kind,
                "size": len(paper.content), "checksum": checksum, "party": hand.party.value, "actor": hand.actor.id,
            },
        )  # fmt: skip
        if hand.party is Party.CANDIDATE:
            heard_of(current, row["person"], today)
    return current.change


def remove_paper(store: Store, hand: Hand, *, paper: str) -> Change:
    """Take a paper out of a dossier. Raises RegisterError, also for one that the hand may not read yet."""
    with operation(store, hand.actor, "application_document_remove") as current:
        row = row_of(current.session, tables.application_document, paper, "Cette pièce")
        dossier_row(current, row["application"], hand)
        _refuse_closed(current.session, row, hand.actor.id)
        current.session.remove(tables.application_document, paper)
    return current.change


def read_paper(session: Session, store: Store, paper: str, viewer: str) -> Paper:
    """A paper with its bytes, for `viewer` (a profile's id), who may read the dossier: the caller has asked, and notes the look.

    Raises RegisterError once gone, and for one that stays closed to the viewer until both assessors have signed.
    """
    row = row_of(session, tables.application_document, paper, "Cette pièce")
    _refuse_closed(session, row, viewer)
    content = store.files.read_paper(row["checksum"]) if row["checksum"] else None
    if content is None:
        raise RegisterError("Le fichier de cette pièce n’est plus là.", advice="Redemandez-la à la personne.")
    return Paper(row["name"], row["kind"], content)


def _refuse_closed(session: Session, row: Mapping[str, Any], viewer: str) -> None:
    application = session.get(tables.application, row["application"]) or {}
    if row["id"] in closed_papers(session, application, viewer):
        raise RegisterError(
            "Un autre animateur a ajouté cette pièce pendant l’évaluation.",
            advice="Elle s’ouvre quand les deux évaluateurs ont signé.",
        )
