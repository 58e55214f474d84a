"""What the command lines share: options explained and refused in French, and how a command ends.

It ends with its number, and quietly when whoever reads its output has read enough (`… list --json | head`).
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from data.version import version_line

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


# argparse says these in English, without a way to tell it otherwise than the language of the machine.
_FRENCH = tuple(
    (re.compile(english), french)
    for english, french in (
        (r"^argument (.+?): (?=expected|invalid|ignored|not allowed|«)", r"\1 : "),
        (r"the following arguments are required: ", "il manque "),
        (r"one of the arguments (.+) is required", r"il manque l'un de \1"),
        (r"unrecognized arguments: ", "en trop ou inconnu : "),
        (r"ambiguous option: (\S+) could match ", r"\1 peut être "),
        (r"invalid choice: (.+) \(choose from (.+)\)", r"\1 n'existe pas ; choisissez parmi \2"),
        (r"invalid \S+ value: (.+)", r"\1 ne se lit pas"),
        (
            r"expected one argument|expected at least one argument|expected 1 argument",
            "une valeur est attendue après",
        ),
        (r"expected (\d+) arguments", r"\1 valeurs sont attendues après"),
        (r"ignored explicit argument (.+)", r"aucune valeur n'est attendue (\1)"),
        (r"not allowed with argument ", "ne va pas avec "),
    )
)


class _French(argparse.HelpFormatter):
    def add_usage(
        self, usage: str | None, actions: Iterable[Any], groups: Iterable[Any], prefix: str | None = None
    ) -> None:
        super().add_usage(usage, actions, groups, "Utilisation : " if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """An `ArgumentParser` that speaks French, and so do its sub-commands. What is misspelt is refused with 2, never guessed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{**options, "add_help": False, "allow_abbrev": False, "formatter_class": _French},
        )
        self._positionals.title, self._optionals.title = "À donner\u00a0", "Options\u00a0"  # « : » follows
        self.add_argument("-h", "--help", action="help", help="afficher cette aide")
        self.add_argument("--version", action="version", version=version_line(), help="afficher la version")

    def error(self, message: str) -> NoReturn:
        """Say in French what is wrong with the command, and end with 2."""
        for english, french in _FRENCH:
            message = english.sub(french, message)
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog} : {message}.\n")


def day(text: str) -> dt.date:
    """A day given as an option, AAAA-MM-JJ."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"« {text} » : écrivez un jour, par exemple 2026-11-25") from error
