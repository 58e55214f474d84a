"""Fetching a producer's file by its declared address, because somebody asked for it and never otherwise.

What came before a cut stays in the home, and the next attempt asks for the rest (`Range`), provided that the file is still the same one
(`If-Range`). A file that is too large, that is a web page, or that is not the one its checksum says is refused, and nothing of it stays.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path

import httpx

from analysis.french import file_size, spaced
from data.catalogue.downloads import Address
from data.opening import House
from data.packs.fill import Filled, fill
from data.store.files import Download, Files
from data.version import version

Tell = Callable[[int, int | None], None]
"""Told how many bytes are there, and of how many (None where the server does not say)."""

ATTEMPTS = 5
REDIRECTS = 5
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_BLOCK = 1 << 16
_MUCH = 1 << 20
_PAUSE = 2.0
_PAGE = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)


class DownloadError(ValueError):
    """A file cannot be had; the message says which, why and what to do, in French."""


class _Cut(Exception):
    """The file is not there yet, for a reason that may pass: it is asked for again, from where it stopped."""


def fetch(
    address: Address,
    files: Files,
    tell: Tell = lambda done, of: None,
    *,
    pause: Callable[[float], None] = time.sleep,
    loopback: bool = False,
) -> Download:
    """The file of `address`, whole, in the downloads of the home; whoever took what is in it removes it.

    `pause` waits so many seconds between two attempts. `loopback`: addresses of this very machine may be in clear (tests).
    Raises DownloadError when the file cannot be had; what came of a file that was cut stays for the next time.
    """
    there = files.download(address.id, address.file)
    failures = 0
    try:
        with _client(loopback) as client:
            while True:
                before = there.came
                try:
                    _ask(client, address, there, tell)
                    break
                except (_Cut, httpx.TransportError) as cut:
                    failures = 0 if there.came >= before + _MUCH else failures + 1
                    if failures >= ATTEMPTS:
                        raise DownloadError(_given_up(address, there, cut)) from cut
                    pause(_PAUSE * 2 ** max(failures - 1, 0))
                except (httpx.TooManyRedirects, httpx.InvalidURL, httpx.DecodingError) as error:
                    raise DownloadError(
                        _said(
                            address,
                            f"l'adresse mène d'une autre à une autre sans fin, ou nulle part ({error})",
                        )
                    ) from error
        _check(address, there)
        there.keep()
    except OSError as error:
        raise DownloadError(_said(address, f"le disque le refuse ({error.strerror or error})")) from error
    return there


def fill_from(
    house: House,
    wanted: Iterable[Address],
    today: dt.date,
    tell: Callable[[Address, int, int | None], None] = lambda address, done, of: None,
    *,
    pause: Callable[[float], None] = time.sleep,
    loopback: bool = False,
) -> Iterator[tuple[Address, Filled]]:
    """Fetch each file and publish it as `data.packs.fill` does, one after the other; one that cannot be had changes nothing and stops none.

    A file that was published is not kept; one that was refused stays in the home, to be looked at. `tell`, `pause`, `loopback`: as `fetch`.
    """
    for address in wanted:
        try:
            there = fetch(
                address,
                house.store.files,
                lambda done, of, address=address: tell(address, done, of),  # type: ignore[misc]
                pause=pause,
                loopback=loopback,
            )
        except DownloadError as error:
            yield address, Filled(Path(address.file), why=str(error))
            continue
        done = next(iter(fill(house, [there.path], today)))
        if done.number is not None or done.cells:
            there.remove()
        yield address, done


def _client(loopback: bool) -> httpx.Client:
    def only_safe(request: httpx.Request) -> None:
        """Every hop of a redirection is looked at: no file is taken over a line that others may write on."""
        safe = request.url.scheme == "https" or (loopback and request.url.host in _LOOPBACK)
        if not safe:
            raise DownloadError(
                spaced(
                    f"{request.url} : seule une adresse en https est suivie ; le téléchargement est refusé."
                )
            )

    return httpx.Client(
        follow_redirects=True,
        max_redirects=REDIRECTS,
        timeout=httpx.Timeout(60, connect=20),
        event_hooks={"request": [only_safe]},
        # As it is kept: a length and a checksum are those of the file itself.
        headers={"Accept-Encoding": "identity", "User-Agent": f"Zevillage/{version()}"},
    )


def _ask(client: httpx.Client, address: Address, there: Download, tell: Tell) -> None:
    """One attempt. Raises _Cut or httpx.TransportError when it may be tried again, DownloadError when not."""
    start, headers = 0, {}
    mark = _mark(there, address)
    if mark and there.came:
        start = there.came
        headers = {"Range": f"bytes={start}-", "If-Range": mark}
    with client.stream("GET", address.url, headers=headers) as answer:
        if (
            answer.status_code == 416
        ):  # nothing after what came: it is another file, or one that was whole already
            there.remove()
            raise _Cut("ce qui était venu n'est plus du même fichier")
        if answer.status_code == 429 or answer.status_code >= 500:
            raise _Cut(f"le serveur répond {answer.status_code}")
        if answer.status_code not in (200, 206):
            raise DownloadError(_said(address, _status(answer.status_code)))
        if answer.status_code == 206:
            first, total = _part(answer)
            if not start or first != start:
                there.remove()
                raise _Cut("le serveur envoie une autre partie que celle demandée")
        else:  # no parts, or the file changed since: from the beginning
            start, total = 0, _length(answer)
        if answer.headers.get("Content-Type", "").split(";")[0].strip().lower() in (
            "text/html",
            "application/xhtml+xml",
        ):
            there.remove()
            raise DownloadError(_said(address, _IS_A_PAGE))
        if total is not None and total > address.most:
            there.remove()
            raise DownloadError(_said(address, _too_large(total, address)))
        blocks = answer.iter_raw(_BLOCK)
        first_block = next(blocks, b"")
        if start == 0 and _PAGE.match(first_block):
            there.remove()
            raise DownloadError(_said(address, _IS_A_PAGE))
        note = json.dumps({"url": address.url, "mark": _mark_of(answer)})
        done = start
        with there.taking(start, note) as take:
            for block in chain((first_block,), blocks):
                done += len(block)
                if done > address.most:
                    break
                take(block)
                tell(done, total)
        if done > address.most:
            there.remove()
            raise DownloadError(_said(address, _too_large(done, address)))
        if total is not None and done != total:
            raise _Cut("la connexion a été coupée")


def _mark(there: Download, address: Address) -> str:
    """What tells that the file is still the one of which bytes came; empty when nothing does."""
    try:
        note = json.loads(there.note or "{}")
    except ValueError:
        return ""
    return str(note.get("mark", "")) if isinstance(note, dict) and note.get("url") == address.url else ""


def _mark_of(answer: httpx.Response) -> str:
    """A strong entity tag, else the day of the last change, else nothing."""
    tag = answer.headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified", "")


def _part(answer: httpx.Response) -> tuple[int, int | None]:
    """The first byte of a part, and the size of the whole where it is said."""
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("Content-Range", "").strip())
    if found is None:
        return -1, None
    return int(found[1]), None if found[2] == "*" else int(found[2])


def _length(answer: httpx.Response) -> int | None:
    text = answer.headers.get("Content-Length", "")
    return int(text) if text.isdecimal() else None


def _check(address: Address, there: Download) -> None:
    """Refuse a file that is not the declared one, or none."""
    if not there.came:
        there.remove()
        raise DownloadError(_said(address, "le fichier reçu est vide"))
    if address.sha256 and (found := there.digest()) != address.sha256:
        there.remove()
        raise DownloadError(
            _said(
                address,
                f"ce n'est pas le fichier attendu (empreinte SHA-256 {found}, attendue {address.sha256}) : rien n'en est gardé",
            )
        )


_IS_A_PAGE = "le site répond par une page web au lieu du fichier (maintenance, adresse qui a changé, demande de se connecter)"


def _status(code: int) -> str:
    if code in (404, 410):
        return f"le fichier n'est plus à cette adresse (réponse {code})"
    if code in (401, 403):
        return f"le site refuse de le donner (réponse {code})"
    return f"le site répond {code}"


def _too_large(size: int, address: Address) -> str:
    return f"il pèse {file_size(size)} ou plus, au-delà des {file_size(address.most)} attendus au plus : rien n'en est gardé"


def _given_up(address: Address, there: Download, cut: Exception) -> str:
    why = str(cut) if isinstance(cut, _Cut) else f"la connexion ne tient pas ({type(cut).__name__})"
    if there.came:
        return _said(
            address,
            f"{why}, après {file_size(there.came)}",
            "Relancez la commande : elle reprendra où il s'est arrêté.",
        )
    return _said(address, why, "Vérifiez la connexion de cette machine, puis relancez la commande.")


def _said(address: Address, why: str, then: str = "") -> str:
    """« INSEE, Base Logement (RP 2022) : … »: what is wrong with one file, and the way by hand."""
    by_hand = then or f"Prenez-le à la main sur {address.page}, puis donnez le fichier à « fill »."
    return spaced(f"{address.citation} : {why}. {by_hand}")
