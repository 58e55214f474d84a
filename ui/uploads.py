"""How much each session may upload. Streamlit lets every visitor's session store files in memory: the door (`ui.server.door`) asks here."""

from __future__ import annotations

import threading
from collections import OrderedDict

from streamlit import config
from streamlit.runtime.scriptrunner import get_script_run_ctx

from analysis.model import Right, Role

MOST = 10_000  # sessions remembered; who is forgotten may upload nothing until the page runs again

_LIMITS: OrderedDict[str, int] = OrderedDict()
_LOCK = threading.Lock()


def limit_of(role: Role) -> int:
    """The bytes of one file that a role may send: the server's own limit for those who import, nothing for the others."""
    return int(config.get_option("server.maxUploadSize")) * 1024 * 1024 if Right.IMPORT in role.rights else 0


def allow(role: Role) -> None:
    """Remember what the session that runs now may send."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return
    with _LOCK:
        _LIMITS[context.session_id] = limit_of(role)
        _LIMITS.move_to_end(context.session_id)
        while len(_LIMITS) > MOST:
            _LIMITS.popitem(last=False)


def limit(session_id: str) -> int:
    """The bytes of one file that a session may send; 0 for one that is not known."""
    with _LOCK:
        return _LIMITS.get(session_id, 0)
