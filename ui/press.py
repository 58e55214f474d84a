"""Papers ordered from a process of its own (`reports.press`), so that whoever reads pages meanwhile neither waits nor shares its memory.

The process starts with the first order, takes one at a time, below the priority of the pages, and ends when nothing was asked for a while.
"""

from __future__ import annotations

import contextlib
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

from reports.pipe import received, send

IDLE = 30.0
"""Seconds without an order after which the process ends, and gives its memory back."""
PATIENCE = 300.0
"""Seconds after which an order is given up: sixty views on an old machine take a tenth of it."""
_ROOT = Path(__file__).resolve().parents[1]


class PressError(RuntimeError):
    """The press stopped before the file was whole. The message says so and what to do, in French."""


class PressTrace(Exception):
    """Where an error was raised in the process of the press, for the log: the cause of the error that is raised here."""


class Press:
    """One press with its process. Orders of several threads wait for each other."""

    def __init__(self, idle: float = IDLE, patience: float = PATIENCE) -> None:
        self._idle, self._patience = idle, patience
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._rest: threading.Timer | None = None

    def make(self, name: str, *given: Any) -> bytes:
        """The file that the maker `name` makes of what it is `given`. Raises what the maker raises, and PressError when the process
        stops in the middle; nothing of that file is left then.
        """
        with self._turn:
            self._stay()
            try:
                answer = self._asked(pickle.dumps((name, given), pickle.HIGHEST_PROTOCOL))
            finally:
                self._leave_later()
        if isinstance(answer, bytes):
            return answer
        error, trace = answer
        raise error from PressTrace(trace)

    def close(self) -> None:
        """Let the process end, after the order it is at."""
        with self._turn:
            self._stay()
            self._end()

    @property
    def pid(self) -> int | None:
        """The process of the press, None while there is none."""
        return self._process.pid if self._process is not None else None

    def _asked(self, order: bytes) -> Any:
        process = self._started()
        late = threading.Timer(self._patience, process.kill)
        late.daemon = True
        late.start()
        try:
            send(_pipe(process.stdin), order)
            return pickle.loads(received(_pipe(process.stdout)))
        except (OSError, EOFError) as stopped:
            self._end()
            raise PressError(
                "Le fichier n’a pas pu être fait : ce qui le préparait s’est arrêté. Réessayez ; s’il est très long, faites-en deux."
            ) from stopped
        finally:
            late.cancel()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "reports.press"], cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
            )  # fmt: skip
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                _pipe(pipe).close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _stay(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    def _leave_later(self) -> None:
        self._rest = threading.Timer(self._idle, self.close)
        self._rest.daemon = True
        self._rest.start()


def _pipe(pipe: BinaryIO | Any) -> BinaryIO:
    if pipe is None:
        raise EOFError
    return pipe  # type: ignore[no-any-return]


_PRESS = Press()


def make(name: str, *given: Any) -> bytes:
    """The file that the maker `name` of `reports.press.MAKERS` makes. Raises what it raises, and PressError when the press stops."""
    return _PRESS.make(name, *given)
