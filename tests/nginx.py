"""nginx for the tests: find it, install it where this account may, run one of our own: `python -m tests.nginx`.

It runs from a folder of its own on ports of the loopback address and is gone with the block that started it. The machine's own server,
if it runs one, is never touched.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests import debian

PACKAGE = "nginx"
"""Debian's, without what it only recommends."""
_MAIN = """
{user}daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


class NoNginx(RuntimeError):
    """No nginx on this machine and none could be installed, or it does not start."""


def find() -> str | None:
    """The path of nginx, or None."""
    return shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


def required(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a machine without nginx fails the tests instead of leaving them out."""
    return environ.get("CI", "").lower() in ("1", "true")


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate for `name` and its key, in `folder`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "fullchain.pem", folder / "privkey.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return public, private


def lay(folder: Path, site: str) -> list[str]:
    """Put a whole configuration around `site` (what stands in `sites-available`); the command that runs it."""
    found = find()
    if found is None:
        raise NoNginx("nginx is not installed here")
    user = "user root;\n" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
    (folder / "site.conf").write_text(site, "utf-8")
    (folder / "nginx.conf").write_text(_MAIN.format(folder=folder, user=user), "utf-8")
    return [found, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]


def check(folder: Path, site: str) -> str:
    """What `nginx -t` says of `site`; raises NoNginx with it when it refuses."""
    done = subprocess.run([*lay(folder, site), "-t"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoNginx(done.stderr)
    return done.stderr


@contextmanager
def running(folder: Path, site: str, port: int) -> Iterator[None]:
    """nginx with `site`, until the block ends; `port` is one of those on which it answers. Raises NoNginx."""
    process = subprocess.Popen(lay(folder, site), stderr=subprocess.PIPE, text=True)
    try:
        end = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < end:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        else:
            raise NoNginx(
                process.stderr.read() if process.poll() is not None and process.stderr else "no answer"
            )
        yield
    finally:
        process.terminate()
        process.wait(20)
        if process.stderr:
            process.stderr.close()


def main() -> None:
    """Install nginx when it is missing and this account may; say what to do where it must be here and is not."""
    if find():
        return
    print("nginx is missing: installing it for the tests of the deployment…", flush=True)
    debian.install(PACKAGE)
    if find():
        return
    advice = f"Install {PACKAGE} (Debian), or put it on the PATH."
    if required():
        raise NoNginx(f"No nginx could be installed. {advice}")
    print(f"The tests behind nginx will be left out. {advice}", flush=True)


if __name__ == "__main__":
    main()
