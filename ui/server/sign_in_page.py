"""`/connexion`: a PIN on this machine. Written by the server, because only the server can set a cookie that no script reads."""

from __future__ import annotations

from urllib.parse import quote

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from data import access as doors
from data.access import AccessError, Profile
from ui import access, clock, loading, place, sessions
from ui.server import plain
from ui.server.door import cookie_of, own_page, same_site
from ui.settings import base_path

TITLE = "Se connecter"


async def sign_in_page(request: Request) -> Response:
    """The form, or the answer to it: a session and the page asked for, or why not."""
    base = base_path()
    peer = request.client.host if request.client else None
    if not place.is_local(place.read(), peer, request.headers.get("host"), request.headers.keys()):
        words = "Le code PIN ne sert que sur l’ordinateur où tourne Zevillage. Ici, la connexion passe par le fournisseur d’identité."
        return plain.page(base, TITLE, [plain.text(words, "alert"), _home(base)], 403)
    known = await to_thread.run_sync(_profiles)
    back = own_page(_with_base(request.query_params.get("suite", "/"), base), base)
    if doors.nobody_has_a_pin(known):
        return RedirectResponse(back, 303)
    if request.method == "GET":
        return _form(base, known, back)
    if not same_site(request.headers):
        return _form(base, known, back, "Ce formulaire ne vient pas de cette page : recommencez.", 403)
    typed = await request.form(max_fields=5, max_files=0)
    chosen, pin = str(typed.get("profil", "")), str(typed.get("pin", ""))[:40]
    try:
        profile = await to_thread.run_sync(_signed_in, chosen, pin)
    except AccessError as error:
        return _form(base, known, back, str(error), 403, chosen)
    old = cookie_of(request.headers, access.COOKIE)
    token = await to_thread.run_sync(_seated, profile, old)
    answer = RedirectResponse(back, 303)
    answer.set_cookie(access.COOKIE, token, path=base or "/", httponly=True, samesite="strict")
    return answer


def _profiles() -> list[Profile]:
    with loading.store().read() as session:
        return doors.profiles(session)


def _signed_in(profile: str, pin: str) -> Profile:
    return doors.sign_in(loading.store(), profile, pin, clock.instant())


def _seated(profile: Profile, old: str) -> str:
    """What the cookie of a new session holds, in the place of the one that the browser had."""
    if old:
        sessions.LOCAL.close(old)
    return sessions.LOCAL.open(profile.id, profile.pin_mark, clock.instant())


def _with_base(back: str, base: str) -> str:
    return f"{base}{back}" if base and back.startswith("/") and not back.startswith(f"{base}/") else back


def _home(base: str) -> str:
    return f'<p><a href="{base}/">Revenir à l’accueil</a></p>'


def _form(
    base: str, known: list[Profile], back: str, refused: str = "", status: int = 200, chosen: str = ""
) -> Response:
    options = [(p.id, p.label) for p in known if p.pin_mark]
    digits = 'inputmode="numeric" autocomplete="off" required maxlength="20"'
    return plain.page(
        base,
        TITLE,
        [
            plain.text(refused, "alert") if refused else "",
            plain.form(
                f"{base}/connexion?suite={quote(back, safe='/')}",
                [
                    plain.choice("Profil", "profil", options, chosen),
                    plain.field("Code PIN", "pin", kind="password", more=digits),
                ],
                "Entrer",
            ),
            plain.text("Code oublié ? Un administrateur peut en donner un autre sur la page Administration."),
            _home(base),
        ],
        status,
    )
