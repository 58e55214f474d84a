"""How much each session may upload, one file and all together. Streamlit keeps what visitors send in memory, without a total, and for as
long as a session may come back after its visitor has gone: the door (`ui.server.door`) asks here before it takes anything in, the importer
lets go of a file as soon as it lies in the home, and what a visitor leaves behind goes when the connection ends.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Mapping

from streamlit import config, runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from analysis.model import Right, Role

MOST = 10_000  # sessions remembered; who is forgotten may upload nothing until the page runs again

_LIMITS: OrderedDict[str, int] = OrderedDict()
_COMING: Counter[str] = Counter()
"""Bytes on their way in, by session: several files may come at the same time."""
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


def room(session_id: str) -> int:
    """The bytes that a session may still send: its limit is also that of all its files together, kept or on their way in."""
    kept = sum(len(file.data) for file in dict(_kept().get(session_id, {})).values())
    with _LOCK:
        return _LIMITS.get(session_id, 0) - kept - _COMING[session_id]


def coming(session_id: str, size: int) -> None:
    """Note that `size` more bytes are on their way in (fewer when negative)."""
    with _LOCK:
        _COMING[session_id] += size
        if _COMING[session_id] <= 0:
            del _COMING[session_id]


def let_go() -> None:
    """Forget the files that the session that runs now has sent: they were taken elsewhere."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None:
        context.uploaded_file_mgr.remove_session_files(context.session_id)


def sweep() -> None:
    """Forget the files of sessions whose visitor has gone. Who comes back to the session finds all but a file not yet taken."""
    if not runtime.exists():
        return
    here = runtime.get_instance()
    for session_id in list(_kept()):
        if not here.is_active_session(session_id):
            here.uploaded_file_mgr.remove_session_files(session_id)


def _kept() -> Mapping[str, Mapping[str, UploadedFileRec]]:
    """What Streamlit keeps, by session and file."""
    if not runtime.exists():
        return {}
    manager = runtime.get_instance().uploaded_file_mgr
    return manager.file_storage if isinstance(manager, MemoryUploadedFileManager) else {}
