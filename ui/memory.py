"""What a device remembers: the commune that was chosen, in a cookie that `static/memory.js` writes. Nothing personal, nothing sent away."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

COOKIE = "zevillage_commune"


def recalled(codes: Collection[str]) -> str:
    """The commune remembered on this device, empty when there is none or when it is not one of `codes`."""
    code = st.context.cookies.get(COOKIE, "")
    return code if code in codes else ""


def remember(code: str) -> None:
    """Ask the device to remember `code` (an INSEE code of the territory; empty to forget)."""
    st.html(f'<span class="zv-remember" data-commune="{code if code.isalnum() else ""}"></span>')
