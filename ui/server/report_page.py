"""`/signaler`: the form by which a contact (mairie, notary, agency) phones in a dwelling, without an account.

A link opens it (`data.access.links`). What the link carries moves at once from the address to a cookie that no script reads, so
that it stands in no history, no Referer and no log but the first line of a reverse proxy's. The page is written by the server, small,
for a phone in the street: Streamlit's own pages need a connection that never breaks. It tells the contact its own listings and nothing
about people.

`static/report.js` writes what is sent down on the phone first and sends it until it is received: with a key made once (it is
written once however often it comes), with how long it waited (it is dated the day it was typed, by the server's clock), and with whose
link it was typed under. `static/report_worker.js` opens the page itself without a connection, where browsers allow it. Without scripts
the form is sent as any form.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import re
from collections.abc import Mapping

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response

from analysis import french
from analysis.vocabulary import CONNECTIONS, DWELLING_KINDS, ENERGY_CLASSES, SIGHTING_ANSWERS, TENURES, YES_NO
from data import access as doors
from data import register
from data.access import AccessError, TooOften, Visit
from data.register import AlreadyReceived, ListingFields, OwnListing, RegisterError, Sent, Signal
from data.store import StoreError
from ui import clock, loading
from ui.server import plain
from ui.server.door import cookie_of, same_site
from ui.settings import STATIC, base_path

COOKIE = "zevillage_lien"
TITLE = "Signaler un logement"
LONGEST_LINK = 200
KEPT_SECONDS = 12 * 3600


async def report_page(request: Request) -> Response:
    """The form, or what became of what was sent."""
    base = base_path()
    link = request.query_params.get("lien", "")
    if link:
        return await to_thread.run_sync(_entered, base, link[:LONGEST_LINK])
    link = cookie_of(request.headers, COOKIE)[:LONGEST_LINK]
    if request.method != "POST":
        return await to_thread.run_sync(_shown, base, link)
    by_script = "application/json" in request.headers.get("accept", "")
    if not same_site(request.headers):
        words = "Ce formulaire ne vient pas de cette page : rouvrez votre lien."
        return _told(403, words) if by_script else _refused(base, words)
    sent = await request.form(max_fields=30, max_files=0)
    typed = {name: str(value) for name, value in sent.items()}
    return await to_thread.run_sync(_received if by_script else _answered, base, link, typed)


async def report_worker(request: Request) -> Response:
    """The worker that opens the form without a connection: beside the form, because it may answer for no address above its own."""
    return FileResponse(
        STATIC / "report_worker.js", media_type="text/javascript", headers={"Cache-Control": "no-cache"}
    )


def _entered(base: str, link: str) -> Response:
    """The link is good: it is kept in a cookie, and the address is cleaned of it."""
    try:
        _visit(link)
    except (AccessError, StoreError) as error:
        return _refused(base, str(error))
    answer = RedirectResponse(
        f"{base}/signaler", 303, headers={"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    )
    # Lax: the link is followed from a message, that is from another site.
    answer.set_cookie(COOKIE, link, KEPT_SECONDS, path=f"{base}/signaler", httponly=True, samesite="lax")
    return answer


NO_LINK = "Ouvrez cette page par le lien que les animateurs du réseau vous ont envoyé."


def _shown(base: str, link: str) -> Response:
    try:
        return _form(base, link, _visitor(link), {})
    except (AccessError, StoreError) as error:
        return _refused(base, str(error))


def _answered(base: str, link: str, typed: Mapping[str, str]) -> Response:
    """A form sent without a script."""
    try:
        visitor = _visitor(link)
    except (AccessError, StoreError) as error:
        return _refused(base, str(error))
    try:
        done = _kept(visitor, typed)
    except (RegisterError, AccessError, StoreError) as error:
        return _form(base, link, visitor, typed, str(error), 422)
    return _form(base, link, visitor, {}, done=done)


def _received(base: str, link: str, typed: Mapping[str, str]) -> Response:
    """What a phone's script sent: 200 written, 422 wrong, else to be sent again later. Each with its words."""
    try:
        visitor = _visitor(link)
        if typed.get("pour", "") != owner_of(visitor):
            return _told(409, "Ce signalement a été écrit sous un autre lien : rouvrez celui-là.")
        return _told(200, _kept(visitor, typed))
    except TooOften as error:
        return _told(429, str(error))
    except AccessError as error:
        return _told(403, str(error))
    except RegisterError as error:
        return _told(422, str(error))
    except StoreError as error:
        return _told(503, str(error))


def _told(status: int, words: str) -> Response:
    return JSONResponse({"texte": french.spaced(words)}, status, headers={"Cache-Control": "no-store"})


def owner_of(visitor: Visit) -> str:
    """What a phone keeps beside what it wrote under a link, so that it is never sent under another one. It tells nothing else."""
    return hashlib.sha256(f"zevillage/{visitor.contact}".encode()).hexdigest()[:16]


def _visitor(link: str) -> Visit:
    if not link:
        raise AccessError(NO_LINK)
    return _visit(link)


def _visit(link: str) -> Visit:
    store = loading.store()
    secret = doors.server_secret(store.files)
    with store.read() as session:
        return doors.visit(session, link, secret, clock.instant())


LONGEST_WAIT = 60 * 24 * 3600
"""Seconds that something may have waited on a phone: older, it tells nothing of today."""


def written_on(typed: Mapping[str, str], now: dt.datetime) -> tuple[dt.date, str]:
    """The day on which something was typed, by the server's clock `now`, and what to say of it.

    `attente`: seconds that it waited on the phone, a difference of the phone's clock with itself, so right however wrong that clock is;
    `telephone`: the phone's own date, to say so when it is another. Raises RegisterError for what waited too long.
    """
    waited = int(typed["attente"]) if re.fullmatch(r"\d{1,10}", typed.get("attente", "")) else 0
    if waited > LONGEST_WAIT:
        raise RegisterError(
            "Ce signalement est resté plus de 60 jours sur le téléphone.", advice="Signalez de nouveau ce qui est toujours vrai."
        )  # fmt: skip
    on = (now - dt.timedelta(seconds=waited)).date()
    said = ""
    if on != now.date():
        said = f" Noté au {french.date(on)}, le jour où vous l’avez écrit."
    phone = typed.get("telephone", "")
    if re.fullmatch(r"\d{4}-\d\d-\d\d", phone) and phone != now.date().isoformat():
        said += f" Votre téléphone se croit à une autre date : c’est celle du serveur, le {french.date(now.date())}, qui compte."
    return on, said


def _kept(visitor: Visit, typed: Mapping[str, str]) -> str:
    """Write what was sent; the sentence of what was done. What came already is answered as it was then, and not written again."""
    store = loading.store()
    on, said = written_on(typed, clock.now())
    listing, state = typed.get("annonce", ""), typed.get("etat", "")
    if listing:
        done = f"Merci. C'est noté : {SIGHTING_ANSWERS.get(state, '')}.{said}"
    else:
        done = f"Merci. Le logement est signalé : les animateurs le voient dès maintenant.{said}"
    sent = None
    if "cle" in typed:
        sent = Sent(register.sending_id(visitor.contact, typed["cle"]), french.spaced(done))
        with store.read() as session:
            if (before := register.received(session, sent.id)) is not None:
                return before
    fields = None if listing else _fields(typed)
    if fields is not None:
        fields.checked(loading.territory(), on)  # what is mistyped uses up no report
    doors.count_use(store, visitor.link, clock.instant())
    try:
        if fields is None:
            register.report_sighting(
                store, visitor.actor, on, contact=visitor.contact, listing=listing, state=state, sent=sent
            )
        else:
            register.report_listing(
                store,
                loading.territory(),
                visitor.actor,
                on,
                contact=visitor.contact,
                fields=fields,
                sent=sent,
            )
    except AlreadyReceived as error:  # the same phone, twice at the same moment
        return error.message
    return done


NAMES = {
    "kind": "bien", "tenure": "offre", "commune": "commune", "rooms": "pieces", "surface": "surface", "amount": "montant",
    "note": "note", "charges": "charges", "furnished": "meuble", "work_room": "bureau", "garden": "jardin", "pets": "animaux",
    "least_months": "duree", "energy": "energie", "connection": "connexion", "place": "lieu", "free_from": "libre", "photos": "photos",
}  # fmt: skip
"""Field of `ListingFields` → its name in the form. `bien` may say both: « house:rent »."""


def _fields(typed: Mapping[str, str]) -> ListingFields:
    told = {field: typed.get(name, "") for field, name in NAMES.items()}
    kind, both, tenure = told["kind"].partition(":")
    return ListingFields(**{**told, "kind": kind, "tenure": tenure if both else told["tenure"]})


def _form(
    base: str,
    link: str,
    visitor: Visit,
    typed: Mapping[str, str],
    refused: str = "",
    status: int = 200,
    done: str = "",
) -> Response:
    with loading.store().read() as session:
        own = register.own_listings(session, visitor.contact)
        signals = register.signals(session, visitor.contact)
    return plain.page(
        base,
        TITLE,
        [
            plain.text(
                f"Pour {visitor.label}, {loading.territory().name_of.get(visitor.commune, visitor.commune)}."
            ),
            '<div id="attente"></div>',
            plain.text(refused, "alert") if refused else "",
            plain.text(done, "status") if done else "",
            plain.form(f"{base}/signaler", _asked(visitor, typed), "Signaler ce logement", "data-nouveau"),
            f'<div id="annonces">{"".join([*_own(base, own), *_became(signals)])}</div>',
        ],
        status,
        script="report.js",
        facts={"pour": owner_of(visitor), "lien": hashlib.sha256(link.encode()).hexdigest()},
    )


def _became(signals: list[Signal]) -> list[str]:
    """What became of the last signals, so that who sends them knows that it serves."""
    if not signals:
        return []
    rows = [
        f"<li>{html.escape(french.spaced(f'{one.text}, signalée le {french.date(one.on)}'))}<br>"
        f"<strong>{html.escape(french.sentence(french.spaced(one.became)))}</strong></li>"
        for one in signals
    ]
    return [f"<h2>Ce que sont devenus vos signalements</h2><ul>{''.join(rows)}</ul>"]


def _asked(visitor: Visit, typed: Mapping[str, str]) -> list[str]:
    """Three fields and a photo, for half a minute in the street; the rest is folded. A town hall tells of its own commune."""
    communes = sorted(loading.territory().name_of.items(), key=lambda pair: french.sort_key(pair[1]))
    commune = typed.get("commune") or (visitor.commune if visitor.commune in dict(communes) else "")
    number = 'inputmode="decimal" maxlength="20"'
    what = [
        (f"{kind}:{tenure}", f"{word} {TENURES[tenure]}")
        for tenure in TENURES
        for kind, word in DWELLING_KINDS.items()
    ]

    def line(label: str, name: str, hint: str = "", more: str = number) -> str:
        return plain.field(label, name, value=typed.get(name, ""), hint=hint, more=more)

    def one(label: str, name: str, words: Mapping[str, str]) -> str:
        return plain.choice(label, name, list(words.items()), typed.get(name, ""), "Je ne sais pas")

    where = plain.choice("Commune", "commune", communes, commune, "Choisir")
    rooms = line("Nombre de pièces", "pieces")
    first, later = (rooms, where) if visitor.kind == "mairie" and commune else (where, rooms)
    folded = [
        later,
        line("Surface en m²", "surface"),
        line("Charges par mois, en euros", "charges"),
        plain.field("Libre le", "libre", kind="date", value=typed.get("libre", "")),
        line("Lieu-dit ou rue", "lieu", "N’écrivez aucun nom de personne.", 'maxlength="120"'),
        one("Classe énergie", "energie", {each: each for each in ENERGY_CLASSES}),
        one("Connexion internet", "connexion", CONNECTIONS),
        one("Meublé", "meuble", YES_NO),
        one("Pièce pour travailler", "bureau", YES_NO),
        one("Jardin", "jardin", YES_NO),
        one("Animaux acceptés", "animaux", YES_NO),
        line("Durée minimale en mois", "duree"),
        line("Remarque", "note", "Sur le logement seulement : n’écrivez aucun nom.", 'maxlength="300"'),
    ]
    return [
        plain.choice("De quel bien s'agit-il ?", "bien", what, typed.get("bien", "house:rent")),
        first,
        line(
            "Loyer par mois ou prix, en euros",
            "montant",
            "Le loyer hors charges, ou le prix de vente.",
        ),
        line(
            "Lien d’une photo",
            "photos",
            "Facultatif : l’adresse de l’annonce ou de la photo.",
            'maxlength="1000" inputmode="url"',
        ),
        plain.folded(
            "Autre commune, surface, énergie…" if first is rooms else "Pièces, surface, énergie…",
            folded,
            opened=any(typed.get(name) for name in _FOLDED),
        ),
    ]


_FOLDED = (
    "surface",
    "charges",
    "libre",
    "lieu",
    "energie",
    "connexion",
    "meuble",
    "bureau",
    "jardin",
    "animaux",
    "duree",
    "note",
)


def _own(base: str, own: list[OwnListing]) -> list[str]:
    if not own:
        return []
    rows = []
    for listing in own[:30]:
        buttons = "".join(
            f'<button class="second" name="etat" value="{state}" aria-label="{html.escape(f"{french.sentence(words)}, {listing.text}")}">'
            f"{html.escape(french.sentence(words))}</button>"
            for state, words in SIGHTING_ANSWERS.items()
        )
        seen = f"{listing.text} (dernières nouvelles le {french.date(listing.seen)})"
        rows.append(
            f'<li>{html.escape(french.spaced(seen))}<form method="post" action="{base}/signaler">'
            f'<input type="hidden" name="annonce" value="{html.escape(listing.id)}">{buttons}</form></li>'
        )
    return [f"<h2>Vos annonces</h2><ul>{''.join(rows)}</ul>"]


def _refused(base: str, reason: str) -> Response:
    answer = plain.page(base, TITLE, [plain.text(reason, "alert")], 403)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
