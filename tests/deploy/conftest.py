"""What the tests of `deploy/` share: its files as they are shipped, put on the ports and folders of a test as the guide says to."""

from __future__ import annotations

import re
import socket
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests import nginx

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
NAME = "zevillage.exemple.fr"
"""The name of the address in the shipped files."""


@pytest.fixture
def needs_nginx() -> None:
    """Leave the test out where there is no nginx, with the reason, except under CI=true."""
    if nginx.find() is None and not nginx.required():
        pytest.skip("nginx is not installed: run `python -m tests.nginx`")


def site(
    folder: Path, name: str, ports: Sequence[int], plain: int, app: int = 8501, keep_ipv6: bool = False
) -> str:
    """A shipped file of nginx, with only that changed which the guide says to change: ports, certificate, where the snippet lies.

    Each `listen 443` becomes one for each of `ports`, `listen 80` listens on `plain`.
    """
    text = (DEPLOY / "nginx" / name).read_text("utf-8")
    public, private = nginx.certificate(folder, NAME)
    if not keep_ipv6 and not _ipv6():
        text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
    both = {"443 ssl http2": ports, "80": [plain]}
    for old, new in both.items():
        for host in ("", "[::]:"):
            lines = "\n    ".join(f"listen {host}{old.replace(old.split()[0], str(port))};" for port in new)
            text = text.replace(f"listen {host}{old};", lines)
    for old, new_ in {
        "/etc/ssl/zevillage/fullchain.pem": str(public),
        "/etc/ssl/zevillage/privkey.pem": str(private),
        "snippets/": f"{DEPLOY / 'nginx'}/",
        "/var/log/nginx/": f"{folder}/",
        "127.0.0.1:8501": f"127.0.0.1:{app}",
    }.items():
        text = text.replace(old, new_)
    return text


def _ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
