"""Serve the application by several processes behind one address of this machine: `PROCESSES=4 make run`.

One process is bound by one core. nginx, of the system, stands before them: it keeps each visitor with one process (a cookie), because
what is uploaded and what a page remembers lives there, and hands them to another when theirs is gone. Nobody is let in before each
process says on `/readyz` that it may take visitors. One that ends is started again; all are stopped together.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import functools
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[1]
MOST = 26
PATIENCE = 300.0
"""Seconds that one process may take until it may serve: its first start may migrate a large base."""
RESTARTS, WITHIN = 5, 60.0
"""How often one process may end within so many seconds before all are stopped: a start that fails is not mended by another."""

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>

NO_NGINX = """
Servir par plusieurs processus demande nginx, qui n'est pas installé sur cette machine.
Sous Debian ou Ubuntu : sudo apt-get install nginx      (Fedora : sudo dnf install nginx, macOS : brew install nginx)
Sans lui, un seul processus sert très bien une équipe : make run
"""

_FRONT = """daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr error;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    server_tokens off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
{site}
}}
"""


class CannotServe(Exception):
    """Nothing is served: the message says why, in French."""


def names(count: int) -> list[str]:
    """What the processes are called: a, b, c…"""
    return [chr(ord("a") + number) for number in range(count)]


def site(port: int, workers: Sequence[int]) -> str:
    """What nginx serves: 127.0.0.1:`port`, before the processes on the ports `workers`.

    No header says that a proxy was here: it listens on the loopback address alone, so that who comes through it sits at this machine, as
    without it. What another proxy in front of it added goes through unchanged.
    """
    known = names(len(workers))
    share = 100 / len(workers)
    drawn = "\n".join(f"        {share:.2f}% {name};" for name in known[:-1])
    stays = "\n".join(f"        {name} {name};" for name in known)
    given = "\n".join(f"        {name} '';" for name in known)
    upstreams = "\n".join(
        f"    upstream zevillage_{name} {{\n        server 127.0.0.1:{own} max_fails=1 fail_timeout=5s;\n"
        + "".join(f"        server 127.0.0.1:{other} backup;\n" for other in workers if other != own)
        + "    }"
        for name, own in zip(known, workers, strict=True)
    )
    return f"""    map $http_upgrade $zevillage_connection {{ default upgrade; '' close; }}
    split_clients $request_id $zevillage_drawn {{
{drawn}
        * {known[-1]};
    }}
    map $cookie_zevillage_process $zevillage_process {{
{stays}
        default $zevillage_drawn;
    }}
    map $cookie_zevillage_process $zevillage_cookie {{
{given}
        default 'zevillage_process=$zevillage_drawn; Path=/; HttpOnly; SameSite=Lax';
    }}
{upstreams}
    server {{
        listen 127.0.0.1:{port};
        add_header Set-Cookie $zevillage_cookie;
        client_max_body_size 201m;
        location / {{
            proxy_pass http://zevillage_$zevillage_process;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $zevillage_connection;
            proxy_read_timeout 1h;
            proxy_send_timeout 1h;
            proxy_request_buffering off;
            proxy_buffering off;
            proxy_connect_timeout 2s;
            proxy_next_upstream error timeout http_503;
        }}
    }}"""


def front(folder: Path, port: int, workers: Sequence[int], nginx: str) -> list[str]:
    """Write nginx's configuration into `folder`; the command that runs it."""
    written = folder / "nginx.conf"
    written.write_text(_FRONT.format(folder=folder, site=site(port, workers)), "utf-8")
    return [nginx, "-p", str(folder), "-e", "stderr", "-c", str(written)]


def find_nginx() -> str:
    """The path of nginx. Raises CannotServe with what to install."""
    found = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if found is None:
        raise CannotServe(NO_NGINX)
    return found


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nobody uses."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def environment(first: bool, secret: str, environ: Mapping[str, str]) -> dict[str, str]:
    """What one process is started with: one secret for all, and one process alone that makes the copy of the day."""
    own = {**environ}
    own.setdefault("STREAMLIT_SERVER_COOKIE_SECRET", secret)
    if not first:
        own["ZEVILLAGE_COPIES"] = "none"
    return own


def start(
    command: Sequence[str], environ: Mapping[str, str] | None = None, *, quiet: bool = False
) -> subprocess.Popen[bytes]:
    """Start `command` in the project's folder. On Linux it is asked to end when this process does, even killed: who would stop it then?"""
    asked = None
    if sys.platform == "linux":
        # Looked up before the fork: the child may only do what is safe between fork and exec.
        prctl = ctypes.CDLL(None, use_errno=True).prctl
        asked = functools.partial(prctl, _PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    output = subprocess.DEVNULL if quiet else None
    return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=output, preexec_fn=asked)


class Served:
    """The processes and nginx before them."""

    def __init__(self, port: int, count: int, options: Sequence[str], environ: Mapping[str, str]) -> None:
        self.port, self.options, self.environ = port, options, environ
        self.nginx = find_nginx()
        self.ports = free_ports(count)
        self.secret = secrets.token_urlsafe(48)
        self.workers: list[subprocess.Popen[bytes]] = []
        self.ended: list[float] = []
        self.stopping = False

    def start_worker(self, number: int) -> subprocess.Popen[bytes]:
        """Start one process; it is not waited for."""
        command = [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            "app.py",
            "--server.port",
            str(self.ports[number]),
        ]
        command += ["--server.address", "127.0.0.1", "--server.headless", "true", *self.options]
        environ = environment(number == 0, self.secret, self.environ)
        process = start(command, environ, quiet=True)
        print(
            f"Processus {names(len(self.ports))[number]} : pid {process.pid}, port {self.ports[number]}",
            flush=True,
        )
        return process

    def wait_until_ready(self, number: int) -> None:
        """Wait until a process may take visitors. Raises CannotServe when it ends or refuses."""
        base = self.environ.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")
        address = f"http://127.0.0.1:{self.ports[number]}{f'/{base}' if base else ''}/readyz"
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and not self.stopping:
            if self.workers[number].poll() is not None:
                raise CannotServe(
                    "Un processus s'est arrêté en démarrant : le message ci-dessus dit pourquoi."
                )
            reason = _reason(address)
            if reason == "":
                return
            if reason not in (None, "starting"):
                raise CannotServe(
                    f"Zevillage refuse de servir ({reason}) : le message ci-dessus dit pourquoi. Corrigez, puis relancez."
                )
            time.sleep(0.1)
        if not self.stopping:
            raise CannotServe(f"Un processus n'est pas prêt après {PATIENCE:.0f} secondes.")

    def run(self) -> int:
        """Serve until a signal comes, or something fails; the exit code."""
        for signal_ in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signal_, self._stop)
        with tempfile.TemporaryDirectory(prefix="zevillage-nginx-") as name:
            proxy = None
            try:
                self.workers.append(self.start_worker(0))
                self.wait_until_ready(0)  # it brings the base up to date and fills it; the others find it so
                for number in range(1, len(self.ports)):
                    self.workers.append(self.start_worker(number))
                for number in range(1, len(self.ports)):
                    self.wait_until_ready(number)
                if self.stopping:
                    return 0
                proxy = start(front(Path(name), self.port, self.ports, self.nginx))
                print(f"Zevillage : http://127.0.0.1:{self.port} ({len(self.ports)} processus)", flush=True)
                return self._watch(proxy)
            except CannotServe as error:
                print(error, file=sys.stderr, flush=True)
                return 1
            finally:
                _end([*([proxy] if proxy else []), *self.workers])

    def _watch(self, proxy: subprocess.Popen[bytes]) -> int:
        while not self.stopping:
            if proxy.poll() is not None:
                raise CannotServe(
                    f"nginx s'est arrêté : le port {self.port} est peut-être déjà pris (PORT=8600 make run)."
                )
            for number, worker in enumerate(self.workers):
                if worker.poll() is not None and not self.stopping:
                    self._again(number)
            time.sleep(0.2)
        return 0

    def _again(self, number: int) -> None:
        now = time.monotonic()
        self.ended = [*(at for at in self.ended if now - at < WITHIN), now]
        if len(self.ended) > RESTARTS:
            raise CannotServe("Les processus s'arrêtent sans cesse : le message ci-dessus dit pourquoi.")
        print(
            f"Le processus {names(len(self.ports))[number]} s'est arrêté : relancé.",
            file=sys.stderr,
            flush=True,
        )
        self.workers[number] = self.start_worker(number)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True


def _reason(address: str) -> str | None:
    """What `/readyz` says: empty when ready, the reason when not, None while nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=30):
            return ""
    except urllib.error.HTTPError as error:
        with contextlib.suppress(ValueError):
            return str(json.loads(error.read()).get("reason") or "starting")
        return "starting"
    except OSError:
        return None


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve; further arguments are settings of each process, as on Streamlit's command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.processes", description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("processes")
    known, options = parser.parse_known_args(arguments)
    text = known.processes.strip()
    if not text.isdecimal() or not 2 <= int(text) <= MOST:
        print(f"PROCESSES vaut « {text} » : écrivez un nombre de 2 à {MOST}.", file=sys.stderr)
        return 2
    try:
        return Served(known.port, int(text), options, os.environ).run()
    except CannotServe as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
