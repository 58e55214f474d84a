"""Who is in, as this server asks it: the rules and the table are those of `data.access.sessions`."""

from __future__ import annotations

from data.access.sessions import LONGEST, Sessions
from ui import loading

__all__ = ["IDENTITIES", "LOCAL", "LONGEST"]

LOCAL = Sessions(lambda: loading.store())
"""Those who came in with a PIN."""

IDENTITIES = Sessions(lambda: loading.store())
"""Those whom an identity provider named."""
