"""How a command ends: with its number, and quietly when whoever reads its output has read enough (`… list --json | head`)."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

CUT_SHORT = 141  # 128 + SIGPIPE: what a shell says of a command whose reader left


def leave(main: Callable[[], int]) -> None:
    """Run `main` and end the process with what it returns."""
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody reads any more; the interpreter would try to write the rest once more on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = CUT_SHORT
    sys.exit(code)
