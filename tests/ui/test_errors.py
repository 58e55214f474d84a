"""A failing page shows a reference and no detail; the log holds the trace under it and nothing personal."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from streamlit.testing.v1 import AppTest

from ui import errors, logs

ROOT = Path(__file__).resolve().parents[2]
SECRET = "Zéphyrine Canari, z.canari@exemple.fr, 06 98 76 54 32"


@pytest.fixture
def rule() -> Iterator[None]:
    """The rule as a server installs it, taken away afterwards."""
    before, hook = logging.getLogRecordFactory(), threading.excepthook
    logs.install()
    yield
    logging.setLogRecordFactory(before)
    threading.excepthook = hook


def failing() -> None:
    """A page that fails as Streamlit sees it: the handler is called as the script runner calls it."""
    from streamlit.error_util import handle_user_script_exception

    from ui import errors

    try:
        raise ValueError("Zéphyrine Canari, z.canari@exemple.fr, 06 98 76 54 32")
    except ValueError as error:
        handle_user_script_exception(error, errors.show_error)


def test_the_screen_says_what_to_do_and_a_reference_and_the_log_has_its_trace(
    rule: None, caplog: pytest.LogCaptureFixture
) -> None:
    screen = AppTest.from_function(failing).run()
    assert not screen.exception
    shown = screen.get("html")[0].proto.body
    reference = re.search(r"[0-9A-F]{4}-[0-9A-F]{4}", shown)
    assert reference and "Rechargez la page" in shown and 'role="alert"' in shown
    for hidden in ("Canari", "ValueError", "Traceback", ".py"):
        assert hidden not in shown
    log = "\n".join(record.getMessage() for record in caplog.records)
    assert f"Erreur {reference[0]}" in log and "ValueError" in log and "failing" in log
    assert "Canari" not in caplog.text and "06 98" not in caplog.text


def test_two_errors_have_two_references() -> None:
    assert len({errors.new_reference() for _ in range(50)}) == 50


def test_the_application_handles_its_errors_with_it() -> None:
    import app

    assert app.app._on_script_error is errors.show_error


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("envoi à marie.dupont@exemple.fr fait", "envoi à [adresse] fait"),
        ("appel 06 12 34 56 78 et +33 (0)6.12.34.56.78", "appel [téléphone] et [téléphone]"),
        ("GET /carte?indicateur=x&q=Dupont 200", "GET /carte?… 200"),
        ("ligne 1\nERROR fausse ligne\x1b[31m", "ligne 1\\nERROR fausse ligne\\x1b[31m"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("client 203.0.113.7:51234 parti, http://127.0.0.1:8501", "client [ip] parti, http://127.0.0.1:8501"),
        (
            "révision 12, 35 000 lignes en 0,12 s le 2026-05-12",
            "révision 12, 35 000 lignes en 0,12 s le 2026-05-12",
        ),
        ("import n° 12345678", "import n° 12345678"),
        ("id 3f2b8c9d1e4f5a6b7c8d9e0f1a2b3c4d", "id 3f2b8c9d1e4f5a6b7c8d9e0f1a2b3c4d"),
    ],
)
def test_what_a_line_of_the_log_keeps(said: str, kept: str) -> None:
    assert logs.scrub(said) == kept


def test_a_long_line_is_cut() -> None:
    assert len(logs.scrub("x" * 10_000)) == logs.LONGEST + 1


def test_every_logger_obeys_and_exceptions_lose_their_messages(
    rule: None, caplog: pytest.LogCaptureFixture
) -> None:
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as cause:
            raise RuntimeError(SECRET) from cause
    except RuntimeError:
        logging.getLogger("some.library").exception("échec pour %s", "z.canari@exemple.fr")
    logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=ValueError(SECRET))
    text = caplog.text
    assert "échec pour [adresse]" in text
    assert (
        "builtins.KeyError" in text and "builtins.RuntimeError" in text and "tests/ui/test_errors.py:" in text
    )
    assert "Canari" not in text and "98 76" not in text


def test_a_database_error_does_not_print_the_row_it_refused(
    rule: None, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    from analysis.model import LOCAL_ACTOR
    from data.store import open_store, tables

    store = open_store(tmp_path)
    row = {"id": "p", "origin": "real", "code": "Membre 1", "name": SECRET}
    with store.write(LOCAL_ACTOR) as session:
        session.insert(tables.person, row)
        with pytest.raises(IntegrityError, match="Canari") as refused:  # its message would tell
            session.insert(tables.person, row)
    logging.getLogger("zevillage").error("refusé", exc_info=refused.value)
    store.close()
    assert "IntegrityError" in caplog.text
    assert "Canari" not in caplog.text


def test_the_web_servers_own_access_log_keeps_no_visitor_and_no_query(
    rule: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    logging.getLogger("uvicorn.access").info(
        '%s - "%s %s HTTP/%s" %d', "203.0.113.7:5", "GET", "/reseau?q=Dupont", "1.1", 200
    )
    assert '- - "GET /reseau?… HTTP/1.1" 200' in caplog.text


def test_a_thread_that_ends_by_an_exception_obeys_too(
    rule: None, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise ValueError(SECRET)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert "ValueError" in caplog.text and "Canari" not in caplog.text
    assert "Canari" not in capfd.readouterr().err


def test_a_malformed_message_is_no_reason_to_fail(rule: None, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("x").error("%d", "pas un nombre")
    assert "%d" in caplog.text


def test_streamlit_prints_no_error_of_its_own_past_the_loggers(
    rule: None, capfd: pytest.CaptureFixture[str]
) -> None:
    """Where rich is installed, Streamlit would print message and source to the standard output."""
    from streamlit import config

    assert config.get_option("logger.enableRich") is False
    AppTest.from_function(failing).run()
    out, err = capfd.readouterr()
    assert "Canari" not in out + err


def test_installing_twice_is_installing_once(rule: None) -> None:
    now = logging.getLogRecordFactory()
    logs.install()
    assert logging.getLogRecordFactory() is now


def test_no_module_of_ours_prints_or_logs_a_variable_text() -> None:
    """What is logged on purpose is constant text and references; what is printed is for command lines and the start."""
    allowed = {"ui/errors.py", "ui/logs.py"}
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for room in ("ui", "pages", "analysis", "reports")
        for path in sorted((ROOT / room).rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if re.search(r"\blogg(?:ing|er)\.|\b_LOG\.", line)
        and path.relative_to(ROOT).as_posix() not in allowed
    ]
    assert found == []
