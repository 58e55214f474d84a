"""`/suivi`: where a candidate follows their own dossier, adds a paper, writes, withdraws it, asks for its erasure. No account, no script.

A link opens it (`data.candidacy.links`); it moves at once from the address to a cookie that no script reads. The page tells where the
dossier stands and since when, and nothing that anybody wrote about it.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass

from anyio import to_thread
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from analysis import french
from analysis.applications import letters
from analysis.vocabulary import WITHDRAWAL_REASONS
from data import access as doors
from data import applications, candidacy
from data.applications import documents, following
from data.applications.following import Told
from data.candidacy import CandidacyError, Followed
from data.register import RegisterError
from data.store import StoreError, tables
from ui import clock, loading, place
from ui.server import plain
from ui.server.door import cookie_of, same_site
from ui.server.plain import TooLarge
from ui.settings import base_path

COOKIE = "zevillage_suivi"
TITLE = "Suivre mon dossier"
LONGEST_LINK = 200
KEPT_SECONDS = 12 * 3600
MOST_BYTES = documents.BYTES_MOST + 64 * 1024
_REFUSED = (CandidacyError, RegisterError, StoreError, doors.AccessError)


@dataclass(frozen=True)
class _Sent:
    """What a form sent: its fields, and the file with its name, when there is one."""

    typed: Mapping[str, str]
    name: str = ""
    content: bytes | None = None


async def follow_page(request: Request) -> Response:
    """The dossier as its candidate may see it, or what became of what was sent."""
    where = place.read()
    peer = request.client.host if request.client else None
    address = place.visitor_address(where, peer, request.headers.get("x-forwarded-for", ""))
    link = request.query_params.get("lien", "")[:LONGEST_LINK]
    if link:
        return await to_thread.run_sync(_entered, link, address)
    link = cookie_of(request.headers, COOKIE)[:LONGEST_LINK]
    if request.method == "GET":
        return await to_thread.run_sync(_shown, link)
    if not same_site(request.headers):
        return _refused("Ce formulaire ne vient pas de cette page : rouvrez votre lien.")
    try:
        sent = await _read(request)
    except TooLarge:
        most = documents.BYTES_MOST // 1024 // 1024
        return _refused(
            f"Ce que vous envoyez dépasse {most} Mo : rien n’est gardé. Envoyez un fichier plus petit.", 413
        )
    return await to_thread.run_sync(_answered, link, sent, address)


async def _read(request: Request) -> _Sent:
    form = await plain.sent(request, MOST_BYTES, files=1)
    try:
        typed = {name: value for name, value in form.items() if isinstance(value, str)}
        file = form.get("piece")
        if isinstance(file, UploadFile):
            return _Sent(typed, file.filename or "", await file.read(documents.BYTES_MOST + 1))
        return _Sent(typed)
    finally:
        await form.close()  # what was spooled to the disk goes


def _address() -> str:
    return f"{base_path()}/suivi"


def _secret() -> str:
    return doors.server_secret(loading.store().files)


def _who(address: str) -> str:
    return candidacy.visitor(address, _secret(), clock.instant().date())


def _followed(link: str) -> Followed:
    if not link:
        raise CandidacyError("Ouvrez cette page par le lien de suivi reçu à l’envoi de votre dossier.")
    with loading.store().read() as session:
        return candidacy.followed(session, link, _secret(), clock.instant())


def _entered(link: str, address: str) -> Response:
    """The link is good: it is kept in a cookie, and the address is cleaned of it."""
    try:
        candidacy.count(loading.store(), "follow", _who(address), clock.instant())
        _followed(link)
    except _REFUSED as error:
        return _refused(str(error))
    answer = RedirectResponse(
        _address(), 303, headers={"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    )
    answer.set_cookie(COOKIE, link, KEPT_SECONDS, path=_address(), httponly=True, samesite="lax")
    return answer


def _refused(reason: str, status: int = 403) -> Response:
    answer = plain.page(base_path(), TITLE, [plain.text(reason, "alert")], status)
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


def _shown(link: str, done: str = "", refused: str = "", status: int = 200) -> Response:
    try:
        here = _followed(link)
        if here.candidacy:
            body = _waiting(done, refused)
        else:
            with loading.store().read() as session:
                gone = session.get(tables.application, here.application) or {}
                found = (
                    None
                    if gone.get("removed_at")
                    else following.told_of(
                        session, here.application, clock.today(), loading.territory().keeping
                    )
                )
            body = _away(done, refused) if found is None else _body(found, done, refused)
    except _REFUSED as error:
        return _refused(str(error))
    answer = plain.page(base_path(), TITLE, body, status)
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


def _said(done: str, refused: str) -> list[str]:
    return [plain.text(done, "status") if done else "", plain.text(refused, "alert") if refused else ""]


def _waiting(done: str, refused: str) -> list[str]:
    """A candidacy that no coordinator has looked at yet."""
    return [
        *_said(done, refused),
        plain.text(
            "Votre dossier est reçu. Un animateur vérifie qu’il est bien le vôtre, puis il est lu ; la suite s’affichera ici."
        ),
        '<div class="aside"><h2>Retirer ce dossier</h2>',
        plain.text("Personne ne l’a encore lu : le retirer l’efface tout de suite, sans retour."),
        plain.form(
            _address(),
            [
                plain.hidden("action", "forget"),
                plain.tick("Oui, je retire mon dossier et il est effacé", "confirm"),
            ],
            "Retirer et effacer",
            kind="second",
        ),
        "</div>",
        _leave(),
    ]


def _away(done: str, refused: str) -> list[str]:
    """A dossier that was put away because its candidate was not heard of."""
    return [
        *_said(done, refused),
        plain.text("Votre dossier est mis de côté : sans nouvelles de vous, il va être effacé."),
        _keep("Garder mon dossier"),
        _leave(),
    ]


def _keep(words: str) -> str:
    return plain.form(_address(), [plain.hidden("action", "keep")], words)


def _body(found: Told, done: str, refused: str) -> list[str]:
    rows = "".join(
        f"<li><strong>{html.escape(french.date(day))}</strong> : {html.escape(french.spaced(words))}</li>"
        for words, day in found.steps
    )
    parts = [
        *_said(done, refused),
        plain.text(found.now),
        plain.text(
            f"Sans nouvelles de vous, ce dossier sera mis de côté le {french.date(found.leaves_on)}, puis effacé.",
            "alert",
        )
        + _keep("Garder mon dossier")
        if found.leaves_on
        else "",
        f'<h2>Ce qui s’est passé</h2><ul class="walk">{rows}</ul>' if rows else "",
        *_papers(found),
    ]
    if found.open:
        parts += [
            '<div class="aside"><h2>Écrire aux animateurs</h2>',
            plain.form(
                _address(),
                [
                    plain.hidden("action", "write"),
                    plain.area("Votre message", "message", more='maxlength="1000"'),
                ],
                "Envoyer ce message",
                kind="second",
            ),
            '</div><div class="aside"><h2>Retirer mon dossier</h2>',
            plain.text("Le dossier s’arrête là. Vous pourrez en envoyer un autre plus tard."),
            plain.form(
                _address(),
                [
                    plain.hidden("action", "withdraw"),
                    plain.choice(
                        "Pourquoi ? Cela aide ceux qui suivront.", "reason",
                        [(code, french.sentence(words)) for code, words in WITHDRAWAL_REASONS.items()],
                    ),
                    plain.tick("Oui, je retire mon dossier", "confirm"),
                ],
                "Retirer mon dossier",
                kind="second",
            ),
            "</div>",
        ]  # fmt: skip
    parts += [
        '<div class="aside"><h2>Faire effacer mes données</h2>',
        plain.text(
            "Votre demande d’effacement est notée : les animateurs effacent votre dossier, vos pièces et ce lien."
            if found.erasure_asked
            else "Les animateurs ont un mois pour le faire. Votre nom, vos réponses et vos pièces disparaissent partout, sans retour."
        ),
        ""
        if found.erasure_asked
        else plain.form(
            _address(),
            [
                plain.hidden("action", "erase"),
                plain.tick("Oui, je demande l’effacement de mes données", "confirm"),
            ],
            "Demander l’effacement",
            kind="second",
        ),
        "</div>",
        plain.text(letters.keeping_sentence(loading.territory().keeping.candidate_years)),
        _leave(),
    ]
    return parts


def _papers(found: Told) -> list[str]:
    listed = "".join(
        f"<li>{html.escape(french.spaced(f'{name} ({kind}, {size})'))}</li>"
        for name, kind, size in found.papers
    )
    parts = ["<h2>Vos pièces</h2>", f"<ul>{listed}</ul>" if listed else plain.text("Aucune pièce.")]
    if found.open:
        most = documents.BYTES_MOST // 1024 // 1024
        parts.append(
            plain.form(
                _address(),
                [
                    plain.hidden("action", "paper"),
                    plain.field(
                        "Ajouter une pièce", "piece", kind="file", hint=f"PDF, photo ou image, {most} Mo au plus. {documents.NOT_WANTED}",
                        more=f'accept="{",".join(documents.ENDINGS)}"',
                    ),
                ],
                "Envoyer cette pièce",
                kind="second",
                files=True,
            )
        )  # fmt: skip
    return parts


def _leave() -> str:
    return plain.form(_address(), [plain.hidden("action", "quit")], "Fermer sur cet appareil", kind="second")


# -- what is done --------------------------------------------------------------------------------------------------


def _answered(link: str, sent: _Sent, address: str) -> Response:
    if sent.typed.get("action") == "quit":
        answer = RedirectResponse(f"{base_path()}/candidater", 303)
        answer.delete_cookie(COOKIE, path=_address(), httponly=True, samesite="lax")
        return answer
    try:
        here = _followed(link)
        kind = "paper" if sent.typed.get("action") == "paper" else "follow"
        candidacy.count(loading.store(), kind, _who(address), clock.instant())
        done = _done(here, sent)
    except OSError:
        return _shown(
            link, refused="Ce fichier n’a pas pu être gardé : réessayez dans quelques minutes.", status=503
        )
    except _REFUSED as error:
        return _shown(link, refused=str(error), status=422)
    if not done:
        return RedirectResponse(_address(), 303)
    return _refused(done, 200) if done == _FORGOTTEN else _shown(link, done)


_FORGOTTEN = "Votre dossier est retiré et effacé : il n’en reste rien ici."
_CONFIRM = "Rien n’est fait : cochez la case pour confirmer."


def _done(here: Followed, sent: _Sent) -> str:
    """Do what was asked; the sentence of what was done, empty when nothing was asked. Raises what is refused."""
    store, today, action = loading.store(), clock.today(), sent.typed.get("action", "")
    confirmed = sent.typed.get("confirm") == "yes"
    if action in ("forget", "withdraw", "erase") and not confirmed:
        raise CandidacyError(_CONFIRM)
    if here.candidacy:
        if action == "forget":
            candidacy.forget(store, here.candidacy)
            return _FORGOTTEN
        return ""
    hand = applications.candidate(here.application)
    match action:
        case "keep":
            following.keep(store, hand, today, application=here.application)
            return "C’est noté : votre dossier est gardé, et son délai repart d’aujourd’hui."
        case "paper":
            if sent.content is None or not sent.name:
                raise RegisterError("Choisissez d’abord un fichier.", field="paper")
            documents.add_paper(
                store, hand, today, application=here.application, name=sent.name, content=sent.content
            )
            return "Votre pièce est reçue : les animateurs la voient dès maintenant."
        case "write":
            applications.note(
                store, hand, today, application=here.application, text=sent.typed.get("message", "")[:2000]
            )
            return "Votre message est reçu : les animateurs le voient dès maintenant."
        case "withdraw":
            reason = sent.typed.get("reason", "other")
            applications.move(
                store, hand, today, application=here.application, step="withdrawn", reason=reason
            )
            return "Votre dossier est retiré. Merci de nous l’avoir dit."
        case "erase":
            following.ask_erasure(store, hand, today, application=here.application)
            return "Votre demande d’effacement est notée. Les animateurs ont un mois pour y répondre."
    return ""
