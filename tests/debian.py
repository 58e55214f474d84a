"""Debian's packages for what the tests drive (a browser, LibreOffice, PostgreSQL, nginx), where this account may install them."""

from __future__ import annotations

import os
import shutil
import subprocess


def _as_root() -> list[str] | None:
    """How this account runs a command as root: nothing before it, or sudo; None where it may not, or this is no Debian."""
    if not shutil.which("apt-get"):
        return None
    if os.name == "posix" and os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if shutil.which("sudo") and subprocess.run([*sudo, "true"], check=False).returncode == 0:
        return sudo
    return None


def install(*packages: str) -> bool:
    """Install `packages` without what they only recommend; whether it was tried. Who called looks whether it worked."""
    before = _as_root()
    if before is None:
        return False
    command = [*before, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    subprocess.run([*command, "update"], check=False)
    subprocess.run([*command, "install", "-y", "--no-install-recommends", *packages], check=False)
    return True
