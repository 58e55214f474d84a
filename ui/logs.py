"""The server's log holds no personal data, whoever writes to it: this program, Streamlit, the web server, a library.

`install()` puts one rule before every handler of the process. A message loses its e-mail addresses, telephone numbers and query strings
and cannot forge a second line. Of an exception only the types and the places in the code are kept: its message may quote a value (a
database error prints the row that it refused).
"""

from __future__ import annotations

import logging
import re
import threading
import traceback
import unicodedata
from pathlib import Path
from types import TracebackType
from typing import Any

from streamlit import config

from ui.settings import ROOT

LONGEST = 2_000

_EMAIL = re.compile(r"[^\s@<>\"',;:()\[\]]+@[^\s@<>\"',;:()\[\]]+\.\w{2,}")
_PHONE = re.compile(r"(?<![\w-])(?:\+|00)?\d(?:[\s.()/\u00a0\u202f-]{0,2}\d){8,13}(?![\w-])")
_QUERY = re.compile(r"(?<=[\w/])\?[^\s\"'<>]*=[^\s\"'<>]*")
_ADDRESS = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?(?![\w.])")
_FEED = re.compile(r"(?<=/agenda/)[\w.%-]+")  # an agenda's address is its key
_LOOPBACK = ("127.0.0.1", "0.0.0.0")
_INSTALLED = "_zevillage_scrubs"


def scrub(text: str) -> str:
    """`text` as one line without e-mail addresses, telephone numbers, network addresses of visitors and query strings."""
    text = _EMAIL.sub("[adresse]", text)
    text = _QUERY.sub("?…", text)
    text = _FEED.sub("…", text)
    text = _ADDRESS.sub(lambda found: found[0] if found[0].startswith(_LOOPBACK) else "[ip]", text)
    text = _PHONE.sub("[téléphone]", text)
    line = "".join(c if c.isprintable() and unicodedata.category(c) != "Cf" else _escaped(c) for c in text)
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def trace(error: BaseException) -> str:
    """The chain of exceptions, each by its type and the places in the code it went through: no message, no value, no source line."""
    lines = []
    for each in _chain(error):
        frames = [
            f"    {_place(frame.filename)}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(each.__traceback__)
        ]
        lines.append("\n".join([f"  {type(each).__module__}.{type(each).__qualname__}", *frames]))
    return "\n".join(lines)


def _chain(error: BaseException) -> list[BaseException]:
    """The causes first, each once."""
    found: list[BaseException] = []
    now: BaseException | None = error
    while now is not None and now not in found:
        found.append(now)
        now = now.__cause__ or (None if now.__suppress_context__ else now.__context__)
    return found[::-1]


def _place(file: str) -> str:
    path = Path(file)
    if path.is_relative_to(ROOT) and ".venv" not in path.parts:
        return path.relative_to(ROOT).as_posix()
    return "/".join(path.parts[-2:])


def clean(record: logging.LogRecord) -> logging.LogRecord:
    """The record as it may be written."""
    if record.name == "uvicorn.access" and isinstance(record.args, tuple) and len(record.args) == 5:
        _, method, path, version, status = record.args  # its formatter wants them one by one
        record.args = ("-", method, scrub(str(path)), version, status)
        return record
    try:
        text = record.getMessage()
    except (TypeError, ValueError):
        text = str(record.msg)
    error = _error_of(record.exc_info)
    record.msg, record.args = scrub(text), ()
    if error is not None:
        record.msg = f"{record.msg}\n{trace(error)}"
    record.exc_info = record.exc_text = None
    return record


def _error_of(info: Any) -> BaseException | None:
    if isinstance(info, BaseException):
        return info
    return info[1] if isinstance(info, tuple) and len(info) == 3 else None


def install() -> None:
    """Hold the rule for every record made in this process from now on, and for exceptions that end a thread. Once is enough."""
    make = logging.getLogRecordFactory()
    if getattr(make, _INSTALLED, False):
        return

    def cleaned(*args: Any, **named: Any) -> logging.LogRecord:
        return clean(make(*args, **named))

    setattr(cleaned, _INSTALLED, True)
    logging.setLogRecordFactory(cleaned)
    threading.excepthook = _thread_ended
    # Past every logger, Streamlit would print an error of a page with its message and the source around it.
    config.set_option("logger.enableRich", False)
    # It also writes each error of a page once itself; `ui.errors` writes it with its reference.
    logging.getLogger("streamlit.error_util").addFilter(_is_not_a_page_error)


def _thread_ended(args: threading.ExceptHookArgs) -> None:
    info: tuple[type[BaseException], BaseException, TracebackType | None] | None = None
    if args.exc_value is not None:
        info = (args.exc_type, args.exc_value, args.exc_traceback)
    logging.getLogger("zevillage").error("Un fil d'exécution s'est arrêté", exc_info=info)


def _is_not_a_page_error(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith("Uncaught app execution")
