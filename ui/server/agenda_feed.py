"""`/agenda/….ics`: the search windows for an agenda that follows an address (`data.access.feeds`)."""

from __future__ import annotations

import hashlib

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from analysis import french
from data import access as doors
from data import candidacy
from data.access import AccessError
from data.candidacy import TooOften
from data.store import StoreError
from data.version import version_line
from ui import agenda, clock, loading, place

LONGEST = 200
_HEAD = {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}


async def agenda_feed(request: Request) -> Response:
    """The file; 304 to an agenda that has it already; a sentence and 404 for an address that opens nothing, and 429 for one that asks
    too often.
    """
    key, has = request.path_params["key"][:LONGEST], request.headers.get("if-none-match", "")
    peer = request.client.host if request.client else None
    address = place.visitor_address(place.read(), peer, request.headers.get("x-forwarded-for", ""))
    return await to_thread.run_sync(_served, key, has, address)


def _served(key: str, has: str, address: str) -> Response:
    store = loading.store()
    try:
        now = clock.instant()
        who = candidacy.visitor(address, doors.server_secret(store.files), now.date())
        candidacy.count(store, "agenda", who, now)
        with store.read() as session:
            feed = doors.open_feed(session, key, doors.server_secret(store.files))
            revision = session.revision()
    except TooOften:
        said = "Cet agenda demande trop souvent : il peut redemander dans une heure, et ce qu’il a déjà lu reste valable."
        return PlainTextResponse(french.spaced(said), 429, headers={**_HEAD, "Retry-After": "3600"})
    except AccessError as error:
        return PlainTextResponse(str(error), 404, headers=_HEAD)
    except StoreError as error:
        return PlainTextResponse(str(error), 503, headers=_HEAD)
    # What is in it changes with the store and with the day, not with the instant at which it is asked for.
    state = f"{feed}/{revision}/{clock.today()}/{version_line()}"
    tag = f'"{hashlib.sha256(state.encode()).hexdigest()[:24]}"'
    if has == tag:
        return Response(status_code=304, headers={**_HEAD, "ETag": tag})
    head = {**_HEAD, "ETag": tag, "Content-Disposition": 'inline; filename="fenetres-de-recherche.ics"'}
    return Response(agenda.windows_file(), media_type="text/calendar", headers=head)
