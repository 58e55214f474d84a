"""The command lines speak French whatever is wrong with a command, and end with 2."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

import data.__main__
import data.access.__main__
import data.demo.__main__
import data.imports.__main__
import data.store.__main__
from data.terminal import Parser, day

ENGLISH = ("usage", "error", "argument", "required", "invalid", "expected", "choose", "unrecognized", "show this", "optional")  # fmt: skip
COMMANDS: tuple[Callable[[list[str]], int], ...] = (
    data.__main__.main,
    data.access.__main__.main,
    data.demo.__main__.main,
    data.imports.__main__.main,
    data.store.__main__.main,
)


def parser() -> Parser:
    """One of each kind of option."""
    made = Parser(prog="essai")
    made.add_argument("file", metavar="FICHIER")
    made.add_argument("--when", type=day)
    made.add_argument("--count", type=int)
    made.add_argument("--pair", nargs=2)
    made.add_argument("--role", choices=["elu", "admin"])
    made.add_argument("--json", action="store_true")
    either = made.add_mutually_exclusive_group(required=True)
    either.add_argument("--one", action="store_true")
    either.add_argument("--two", action="store_true")
    return made


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "il manque FICHIER"),
        (["f"], "il manque l'un de --one --two"),
        (["f", "--one", "--two"], "--two : ne va pas avec --one"),
        (["f", "--one", "g"], "en trop ou inconnu : g"),
        (["f", "--one", "--jso"], "en trop ou inconnu : --jso"),
        (["f", "--one", "--when"], "--when : une valeur est attendue après"),
        (["f", "--one", "--when", "hier"], "--when : « hier » : écrivez un jour, par exemple 2026-11-25"),
        (["f", "--one", "--count", "x"], "--count : 'x' ne se lit pas"),
        (["f", "--one", "--pair", "1"], "--pair : 2 valeurs sont attendues après"),
        (["f", "--one", "--role", "roi"], "--role : 'roi' n'existe pas ; choisissez parmi"),
        (["f", "--one", "--json=1"], "--json : aucune valeur n'est attendue ('1')"),
    ],
)
def test_misuse_is_told_in_french(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        parser().parse_args(arguments)
    assert left.value.code == 2
    message = capsys.readouterr().err
    assert said in message and message.startswith("Utilisation : essai")
    assert not [word for word in ENGLISH if word in message.lower()]


def test_a_day_is_read() -> None:
    assert parser().parse_args(["f", "--one", "--when", "2026-11-25"]).when == dt.date(2026, 11, 25)


@pytest.mark.parametrize("main", COMMANDS)
def test_every_command_line_explains_itself_in_french(
    main: Callable[[list[str]], int], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    told = capsys.readouterr().out.lower()
    assert "utilisation :" in told and not [word for word in ENGLISH if word in told]
    with pytest.raises(SystemExit) as refused:
        main(["nulle-part"])
    assert refused.value.code == 2
    message = capsys.readouterr().err.lower()
    assert "'nulle-part' n'existe pas" in message and not [word for word in ENGLISH if word in message]
