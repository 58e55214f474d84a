"""Fetching declared addresses, from a server of our own on the loopback: whole, cut, resumed, changed meanwhile, too large, not a file."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from data import packs
from data.catalogue import CatalogueError
from data.catalogue.downloads import Address, addresses
from data.imports import formats
from data.opening import open_house
from data.packs import __main__ as command
from data.packs.download import ATTEMPTS, DownloadError, fetch, fill_from
from data.packs.make import of_epci, write
from data.store import current_observations
from data.store.files import Files

TODAY = dt.date(2026, 11, 28)
CONTENT = bytes(range(256)) * 1200  # 307,200 bytes, of which no block is a web page
LOVAC = (
    "CODGEO_25;LIBGEO_25;pp_total_24;pp_vacant_25;pp_vacant_plus_2ans_25\n33036;Bazas;2500;240;90\n".encode(
        "latin-1"
    )
)


@dataclass
class Site:
    """What the server answers. `cut_after`: for each request in turn, after how many bytes of its body the line breaks (None: never)."""

    content: bytes = CONTENT
    headers: dict[str, str] = field(default_factory=lambda: {"ETag": '"one"'})
    ranges: bool = True
    chunked: bool = False
    cut_after: list[int | None] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    wrong_part: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    sent: int = 0
    address: str = ""

    def at(self, path: str = "/fichier.csv") -> str:
        """The address of a path of this server."""
        return self.address + path


@pytest.fixture
def site() -> Iterator[Site]:
    """A server on a free port of the loopback, gone at the end."""
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            # Who refuses a file hangs up in the middle of it.
            with suppress(BrokenPipeError, ConnectionResetError):
                answer(self, made)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


def answer(request: BaseHTTPRequestHandler, site: Site) -> None:
    """One answer, as the site says."""
    site.asked.append({name.lower(): value for name, value in request.headers.items()})
    if request.path in site.answers:
        status, where = site.answers[request.path]
        request.send_response(status)
        request.send_header("Location", where)
        request.send_header("Content-Length", "0")
        request.end_headers()
        return
    if site.statuses and (status := site.statuses.pop(0)) != 200:
        request.send_response(status)
        request.send_header("Content-Length", "0")
        request.end_headers()
        return
    start, status = 0, 200
    wanted, tag = request.headers.get("Range"), site.headers.get("ETag") or site.headers.get("Last-Modified")
    if wanted and site.ranges and request.headers.get("If-Range") == tag:
        start, status = int(wanted.removeprefix("bytes=").removesuffix("-")), 206
        if start >= len(site.content):
            request.send_response(416)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
    body = site.content[start:]
    request.send_response(status)
    for name, value in site.headers.items():
        request.send_header(name, value)
    if status == 206:
        first = start + 7 if site.wrong_part else start
        request.send_header("Content-Range", f"bytes {first}-{len(site.content) - 1}/{len(site.content)}")
    request.send_header(
        *(("Transfer-Encoding", "chunked") if site.chunked else ("Content-Length", str(len(body))))
    )
    request.end_headers()
    cut = site.cut_after.pop(0) if site.cut_after else None
    sent = body if cut is None else body[:cut]
    site.sent += len(sent)
    if site.chunked:
        request.wfile.write(b"%x\r\n%b\r\n" % (len(sent), sent) if sent else b"")
        if cut is None:
            request.wfile.write(b"0\r\n\r\n")
    else:
        request.wfile.write(sent)
    request.close_connection = True


def address(site: Site, path: str = "/fichier.csv", **more: object) -> Address:
    """A declared address of the server."""
    values: dict[str, object] = {
        "id": "essai", "producer": "INSEE", "title": "Base d'essai", "edition": "2025", "licence": "Licence Ouverte 2.0",
        "url": site.at(path), "file": "fichier.csv", "page": "https://exemple.fr/page", "format": "lovac", "most_mb": 1,
    }  # fmt: skip
    return Address(**{**values, **more})  # type: ignore[arg-type]


take = partial(fetch, pause=lambda seconds: None, loopback=True)


def nothing_left(home: Path) -> bool:
    return [path for path in home.rglob("*") if path.is_file()] == []


def test_a_file_comes_whole_under_its_name_for_its_owner_alone(site: Site, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    wanted = address(site, sha256=hashlib.sha256(CONTENT).hexdigest())
    there = take(wanted, Files(tmp_path), lambda done, of: told.append((done, of)))
    assert there.path == tmp_path / "telechargements" / "essai" / "fichier.csv"
    assert there.path.read_bytes() == CONTENT and there.came == 0
    assert [path.name for path in there.path.parent.iterdir()] == ["fichier.csv"]
    assert there.path.stat().st_mode & 0o077 == 0
    assert told[-1] == (len(CONTENT), len(CONTENT)) and told == sorted(told) and len(told) > 3
    assert site.asked[0]["accept-encoding"] == "identity" and "range" not in site.asked[0]
    there.remove()
    assert nothing_left(tmp_path)


@pytest.mark.parametrize("headers", [{"ETag": '"one"'}, {"Last-Modified": "Wed, 12 Nov 2025 10:00:00 GMT"}])
def test_a_file_cut_half_way_goes_on_where_it_stopped(
    site: Site, tmp_path: Path, headers: dict[str, str]
) -> None:
    site.headers, site.cut_after = headers, [200_000]
    there = take(address(site), Files(tmp_path))
    assert there.path.read_bytes() == CONTENT
    _, second = site.asked
    came = int(second["range"].removeprefix("bytes=").removesuffix("-"))
    assert 0 < came <= 200_000 and second["if-range"] == next(iter(headers.values()))
    assert site.sent == 200_000 + len(CONTENT) - came  # nothing that came was sent again


def test_a_file_cut_again_and_again_is_given_up_and_goes_on_at_the_next_command(
    site: Site, tmp_path: Path
) -> None:
    site.cut_after = [200_000, *[0] * (ATTEMPTS + 1)]
    with pytest.raises(DownloadError, match="reprendra"):
        take(address(site), Files(tmp_path))
    there = Files(tmp_path).download("essai", "fichier.csv")
    came = there.came
    assert came > 100_000 and not there.path.exists()
    site.cut_after, asked = [], len(site.asked)
    assert take(address(site), Files(tmp_path)).path.read_bytes() == CONTENT
    assert site.asked[asked]["range"] == f"bytes={came}-"


def test_a_file_that_changed_meanwhile_is_taken_from_its_beginning(site: Site, tmp_path: Path) -> None:
    site.cut_after = [200_000, *[0] * ATTEMPTS]
    with pytest.raises(DownloadError):
        take(address(site), Files(tmp_path))
    site.content, site.headers, site.cut_after = b"code;nombre\n" * 9, {"ETag": '"two"'}, []
    assert take(address(site), Files(tmp_path)).path.read_bytes() == site.content
    assert site.asked[-1]["if-range"] == '"one"'


@pytest.mark.parametrize(
    "kind", ["no parts", "weak tag", "nothing to tell by", "another part", "another address"]
)
def test_where_no_part_can_be_had_the_file_is_taken_anew(site: Site, tmp_path: Path, kind: str) -> None:
    site.cut_after = [200_000, *[0] * ATTEMPTS] if kind == "another address" else [200_000]
    wanted = address(site)
    if kind == "no parts":
        site.ranges = False
    elif kind == "another part":
        site.wrong_part = True
    elif kind != "another address":
        site.headers = {"ETag": 'W/"one"'} if kind == "weak tag" else {}
    else:
        with pytest.raises(DownloadError):
            take(wanted, Files(tmp_path))
        site.cut_after, wanted = [], address(site, "/autre.csv")
    assert take(wanted, Files(tmp_path)).path.read_bytes() == CONTENT
    assert ("range" in site.asked[1]) == (kind in ("no parts", "another part", "another address"))
    assert "range" not in site.asked[-1] or kind == "no parts"


def test_what_was_whole_before_the_process_ended_is_asked_for_again(site: Site, tmp_path: Path) -> None:
    there = Files(tmp_path).download("essai", "fichier.csv")
    with there.taking(0, json.dumps({"url": site.at(), "mark": '"one"'})) as write_:
        write_(CONTENT)
    assert take(address(site), Files(tmp_path)).path.read_bytes() == CONTENT
    assert [each.get("range") for each in site.asked] == [f"bytes={len(CONTENT)}-", None]


def test_another_checksum_is_refused_and_nothing_is_kept(site: Site, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"SHA-256 [0-9a-f]{64}, attendue 0{64}"):
        take(address(site, sha256="0" * 64), Files(tmp_path))
    assert nothing_left(tmp_path)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_file_that_is_too_large_is_refused_announced_or_not(
    site: Site, tmp_path: Path, chunked: bool
) -> None:
    site.content, site.chunked = b"a;b\n" * 300_000, chunked
    with pytest.raises(DownloadError, match="au-delà des 1,0\u00a0Mo"):
        take(address(site), Files(tmp_path))
    assert nothing_left(tmp_path) and len(site.asked) == 1


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b"code;nombre\n", {"Content-Type": "text/html; charset=utf-8"}),
        (b"\xef\xbb\xbf\n <!DOCTYPE html>\n<p>Maintenance</p>", {"Content-Type": "application/octet-stream"}),
        (b"<HTML><head></head></HTML>", {}),
    ],
)
def test_a_page_in_place_of_the_file_is_refused(
    site: Site, tmp_path: Path, content: bytes, headers: dict[str, str]
) -> None:
    site.content, site.headers = content, headers
    with pytest.raises(DownloadError, match=r"page web au lieu du fichier.*https://exemple\.fr/page"):
        take(address(site), Files(tmp_path))
    assert nothing_left(tmp_path) and len(site.asked) == 1


@pytest.mark.parametrize(
    ("status", "said"),
    [(404, "n'est plus à cette adresse"), (403, "refuse de le donner"), (418, "répond 418")],
)
def test_what_the_site_refuses_is_said_and_not_asked_again(
    site: Site, tmp_path: Path, status: int, said: str
) -> None:
    site.statuses = [status]
    with pytest.raises(DownloadError, match=said):
        take(address(site), Files(tmp_path))
    assert len(site.asked) == 1 and nothing_left(tmp_path)


def test_a_site_that_is_busy_is_asked_again_a_few_times(site: Site, tmp_path: Path) -> None:
    site.statuses = [503, 429]
    waited: list[float] = []
    there = fetch(address(site), Files(tmp_path), pause=waited.append, loopback=True)
    assert there.path.read_bytes() == CONTENT and waited == [2.0, 4.0]
    site.statuses = [503] * 20
    with pytest.raises(DownloadError, match=r"répond 503.*Vérifiez la connexion"):
        take(address(site), Files(tmp_path))
    assert site.statuses == [503] * (20 - ATTEMPTS)


def test_a_machine_without_a_connection_is_told_so(site: Site, tmp_path: Path) -> None:
    waited: list[float] = []
    with socket.socket() as closed:  # a port of ours on which nobody answers
        closed.bind(("127.0.0.1", 0))
        site.address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(DownloadError, match=r"ConnectError.*Vérifiez la connexion de cette machine"):
            fetch(address(site), Files(tmp_path), pause=waited.append, loopback=True)
    assert waited == [2.0, 4.0, 8.0, 16.0] and nothing_left(tmp_path)


def test_nothing_at_all_is_no_file(site: Site, tmp_path: Path) -> None:
    site.content = b""
    with pytest.raises(DownloadError, match="vide"):
        take(address(site), Files(tmp_path))
    assert nothing_left(tmp_path)


def test_redirections_are_followed_a_little_and_never_in_clear(site: Site, tmp_path: Path) -> None:
    site.answers = {
        "/ici": (302, "/fichier.csv"),
        "/sans-fin": (302, "/sans-fin"),
        "/en-clair": (302, "http://exemple.invalid/fichier.csv"),
        "/ailleurs": (302, "ftp://exemple.invalid/fichier.csv"),
    }
    assert take(address(site, "/ici"), Files(tmp_path)).path.read_bytes() == CONTENT
    with pytest.raises(DownloadError, match="sans fin"):
        take(address(site, "/sans-fin"), Files(tmp_path))
    for path in ("/en-clair", "/ailleurs"):
        with pytest.raises(DownloadError, match="seule une adresse en https"):
            take(address(site, path), Files(tmp_path))
    with pytest.raises(DownloadError, match="seule une adresse en https"):  # loopback is for tests alone
        fetch(address(site), Files(tmp_path))


# -- the declared addresses


def test_every_declared_address_is_whole_and_says_whether_somebody_checked_it() -> None:
    known = addresses()
    assert {"insee-logement-2022", "lovac-2025", "arcep-technologie", "dvf-2025", "sirene"} <= set(known)
    for each in known.values():
        assert formats.by_id(each.format).kind == "figures" and each.page.startswith("https://"), each.id
        assert each.checked == "jamais vérifiée" or each.checked.startswith("vérifiée le "), each.id
    assert len({each.url for each in known.values()}) == len(known)
    dvf = known["dvf-2025"].of(["61", "2A"])
    assert [(each.id, each.url.rsplit("/", 1)[1]) for each in dvf] == [
        ("dvf-2025-61", "61.csv.gz"),
        ("dvf-2025-2a", "2A.csv.gz"),
    ]
    assert known["sirene"].of(["61"]) == (known["sirene"],)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("https://", "http://", "adresse en https"),
        ("most_mb = 5", 'most_mb = "5"', "nombre entier"),
        ('file = "a.csv"', 'file = "../a.csv"', "nom de fichier simple"),
        ('licence = "x"', "", "ce champ manque"),
        ('licence = "x"', 'licence = "x"\nsize = 3', "champ inconnu"),
        ('verified = ""', 'verified = "hier"', "un jour est attendu"),
        ('verified = ""', 'sha256 = "abc"', "64 chiffres"),
        ("[un-fichier]", "[Un_fichier]", "lettres minuscules"),
        ("[un-fichier]", "[un-fichier", "TOML"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_field(tmp_path: Path, before: str, after: str, said: str) -> None:
    right = (
        '[un-fichier]\nproducer = "x"\ntitle = "x"\nedition = "x"\nlicence = "x"\nurl = "https://x"\nfile = "a.csv"\n'
        'page = "https://x"\nformat = "lovac"\nmost_mb = 5\nverified = ""\n'
    )
    path = tmp_path / "downloads.toml"
    path.write_text(right, encoding="utf-8")
    assert list(addresses(path)) == ["un-fichier"]
    path.write_text(right.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match=said):
        addresses(path)


# -- into the base of a pack


def test_what_is_fetched_fills_the_pack_and_does_not_stay(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(of_epci("200043982"), tmp_path / "bazadais", 2026)
    home = tmp_path / "home"
    site.content, site.cut_after = LOVAC, [30]
    known = {
        "absent": address(site, "/absent.csv", id="absent", title="Base absente"),
        "lovac-2025": address(site, id="lovac-2025", file="lovac.csv"),
        "enorme": address(site, id="enorme", most_mb=6000),
    }
    site.answers = {"/absent.csv": (404, "")}
    monkeypatch.setattr(command, "addresses", lambda: known)
    monkeypatch.setattr(command, "fill_from", partial(fill_from, pause=lambda seconds: None, loopback=True))

    def asked(*words: str) -> tuple[int, str, str]:
        code = command.main(
            ["fill", str(tmp_path / "bazadais"), *words, "--home", str(home), "--today", "2026-11-28"]
        )
        out, err = capsys.readouterr()
        return (
            code,
            out.replace("\u202f", " ").replace("\u00a0", " "),
            err.replace("\u202f", " ").replace("\u00a0", " "),
        )

    code, out, err = asked("--download")
    assert code == 1 and "enorme (jusqu'à 6,0 Go)" in out and "(adresse jamais vérifiée)" in out
    assert "Base absente (2025) : le fichier n'est plus à cette adresse (réponse 404)" in out
    assert (
        "lovac.csv : import n° 2, 3 chiffres (LOVAC 2025)" in out
        and "lovac.csv : 92 octets sur 92 octets" in err
    )
    assert nothing_left(home / "telechargements")
    house = open_house(TODAY, home, packs.named(str(tmp_path / "bazadais")))
    with house.store.read() as session:
        cells = current_observations(session).set_index(["indicator", "commune"])["value"]
        revision = session.revision()
    house.store.close()
    assert cells["lovac_vacant", "33036"] == 240
    # By its name alone, once more: the base says all of it already. An unknown name is answered with those that are known.
    code, out, _ = asked("--download", "lovac-2025")
    assert code == 0 and "la base dit déjà tout cela" in out and nothing_left(home / "telechargements")
    code, _, err = asked("--download", "lovac-1999")
    assert code == 1 and "lovac-1999" in err and "absent, lovac-2025, enorme" in err
    # A file that is had and refused stays to be looked at, and the base is as it was.
    site.content = b"code_insee;arbres\n33036;12\n33017;4\n"
    code, out, _ = asked("--download", "lovac-2025")
    assert code == 1 and "reconnaît" in out
    assert (home / "telechargements" / "lovac-2025" / "lovac.csv").read_bytes() == site.content
    house = open_house(TODAY, home, packs.named(str(tmp_path / "bazadais")))
    with house.store.read() as session:
        assert session.revision() == revision
    house.store.close()


def test_nothing_is_fetched_that_nobody_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("an address was asked for")

    monkeypatch.setattr(command, "fill_from", never)
    with pytest.raises(SystemExit) as refused:
        command.main(["fill", "zevillage"])
    assert refused.value.code == 2 and "--download" in capsys.readouterr().err
    assert command.main(["addresses"]) == 0
    listed = capsys.readouterr().out.replace("\u202f", " ").replace("\u00a0", " ")
    assert (
        "insee-logement-2022 : INSEE, Recensement de la population, base Logement (RP 2022), Licence Ouverte 2.0, 150,0 Mo au plus"
        in listed
    )
    assert "(adresse jamais vérifiée)" in listed
