"""`/signaler`: the form by which a contact (mairie, notary, agency) phones in a dwelling, without an account.

A link opens it (`data.access.links`). What the link carries moves at once from the address to a cookie that no script reads, so
that it stands in no history, no Referer and no log but the first line of a reverse proxy's. The page is written by the server:
six kilobytes, no script, for a phone in the street. It tells the contact its own listings and nothing about people.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from analysis import french
from analysis.vocabulary import CONNECTIONS, DWELLING_KINDS, ENERGY_CLASSES, SIGHTING_ANSWERS, TENURES, YES_NO
from data import access as doors
from data import register
from data.access import AccessError, Visit
from data.register import ListingFields, OwnListing, RegisterError
from data.store import StoreError
from ui import clock, loading
from ui.server import plain
from ui.server.door import cookie_of, same_site
from ui.settings import base_path

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
    if request.method == "GET":
        return await to_thread.run_sync(_answered, base, link, None)
    if not same_site(request.headers):
        return _refused(base, "Ce formulaire ne vient pas de cette page : rouvrez votre lien.")
    typed = await request.form(max_fields=30, max_files=0)
    return await to_thread.run_sync(
        _answered, base, link, {name: str(value) for name, value in typed.items()}
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


def _answered(base: str, link: str, typed: Mapping[str, str] | None) -> Response:
    if not link:
        return _refused(base, "Ouvrez cette page par le lien que les animateurs du réseau vous ont envoyé.")
    try:
        visitor = _visit(link)
    except (AccessError, StoreError) as error:
        return _refused(base, str(error))
    if typed is None:
        return _form(base, visitor, {})
    try:
        done = _kept(visitor, typed)
    except (RegisterError, AccessError, StoreError) as error:
        return _form(base, visitor, typed, str(error), 422)
    return _form(base, visitor, {}, done=done)


def _visit(link: str) -> Visit:
    store = loading.store()
    secret = doors.server_secret(store.files)
    with store.read() as session:
        return doors.visit(session, link, secret, clock.instant())


def _kept(visitor: Visit, typed: Mapping[str, str]) -> str:
    """Write what was sent; the sentence of what was done."""
    store, today = loading.store(), clock.today()
    act: Callable[[], Any]
    if "annonce" in typed:
        listing, state = typed["annonce"], typed.get("etat", "")

        def act() -> object:
            return register.report_sighting(
                store, visitor.actor, today, contact=visitor.contact, listing=listing, state=state
            )

        done = f"Merci. C'est noté : {SIGHTING_ANSWERS.get(state, '')}."
    else:
        fields = _fields(typed)
        fields.checked(loading.territory(), today)  # what is mistyped uses up no report

        def act() -> object:
            return register.report_listing(
                store, loading.territory(), visitor.actor, today, contact=visitor.contact, fields=fields
            )

        done = "Merci. Le logement est signalé : les animateurs le voient dès maintenant."
    doors.count_use(store, visitor.link, clock.instant())
    act()
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
    base: str, visitor: Visit, typed: Mapping[str, str], refused: str = "", status: int = 200, done: str = ""
) -> Response:
    with loading.store().read() as session:
        own = register.own_listings(session, visitor.contact)
    return plain.page(
        base,
        TITLE,
        [
            f"<p>{html.escape(french.spaced(f'Pour {visitor.label}.'))}</p>",
            plain.text(refused, "alert") if refused else "",
            plain.text(done, "status") if done else "",
            plain.form(f"{base}/signaler", _asked(visitor, typed), "Signaler ce logement"),
            *_own(base, own),
        ],
        status,
    )


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
