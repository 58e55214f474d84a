"""What a device remembers: the commune that was chosen, in a cookie that `static/memory.js` writes. Nothing personal, nothing sent away."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

COOKIE = "zevillage_commune"


def recalled(codes: Collection[str], own: str = "") -> str:
    """The commune remembered on this device, else `own` (that of the profile); empty when neither is one of `codes`."""
    code = st.context.cookies.get(COOKIE, "")
    return next((found for found in (code, own) if found in codes), "")


def remember(code: str) -> None:
    """Ask the device to remember `code` (an INSEE code of the territory; empty to forget)."""
    st.html(f'<span class="zv-remember" data-commune="{code if code.isalnum() else ""}"></span>')
