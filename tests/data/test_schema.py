"""The tables: an empty base gets them at once, an old one by migrations, and both ways lead to the same, on either database."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, CheckConstraint, Connection, inspect, select, text

from data.store import schema, tables
from data.store.engine import make_engine, parse_url
from data.store.files import Files, make_database


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """The address of a base without a table."""
    if request.param == "postgresql":
        return parse_url(request.getfixturevalue("postgresql_url"))
    make_database(tmp_path / "zevillage.db")
    return parse_url(f"sqlite:///{tmp_path}/zevillage.db")


def codes(check: str) -> frozenset[str]:
    """The codes that a check lists."""
    return frozenset(re.findall(r"'([^']*)'", check))


def checks_of(connection: Connection, table: str) -> dict[str, str]:
    """The checks of `table` by name, as the database tells them."""
    if connection.dialect.name == "postgresql":
        return {
            str(each["name"]): each["sqltext"] for each in inspect(connection).get_check_constraints(table)
        }
    made = str(
        connection.execute(
            text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table}
        ).scalar_one()
    )
    found = {}
    for start in re.finditer(r'CONSTRAINT "?(\w+)"? CHECK \(', made):
        open_, at = 1, start.end()
        while open_:  # to the parenthesis that closes it
            open_ += {"(": 1, ")": -1}.get(made[at], 0)
            at += 1
        found[start[1]] = made[start.end() : at - 1]
    return found


def described(connection: Connection) -> dict[tuple[str, str], Any]:
    """All that is there, but for the order of columns and of codes, which says nothing: tables, constraints, triggers, the first rows."""
    inspector, ask = inspect(connection), connection.exec_driver_sql
    told: dict[tuple[str, str], Any] = {}
    for kind in ("columns", "pk_constraint", "foreign_keys", "indexes", "unique_constraints"):
        for (_, table), found in getattr(inspector, f"get_multi_{kind}")().items():
            told[kind, table] = sorted(repr(each) for each in (found if isinstance(found, list) else [found]))
    for table in inspector.get_table_names():
        told["checks", table] = {
            name: (re.sub(r"'[^']*'", "?", check), codes(check))
            for name, check in checks_of(connection, table).items()
        }
    if connection.dialect.name == "sqlite":
        for table, made in ask("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all():
            told["kept", table] = "WITHOUT ROWID" in made, "AUTOINCREMENT" in made
        triggers = ask("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
    else:
        told["sequences", ""] = sorted(inspector.get_sequence_names())
        triggers = ask(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal UNION ALL "
            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1"
        )
    told["triggers", ""] = [tuple(row) for row in triggers]
    for table in inspector.get_table_names():
        told["rows", table] = ask(f'SELECT count(*) FROM "{table}"').scalar_one()
    row = dict(connection.execute(select(tables.meta)).mappings().one())
    told["meta", ""] = {**row, "created_at": re.sub(r"\d", "9", row["created_at"])}
    told["version", ""] = ask("SELECT version_num FROM alembic_version").scalars().all()
    return told


def test_an_empty_base_gets_the_tables_that_all_migrations_would_have_made(
    address: URL, tmp_path: Path
) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(schema.config()).get_current_head() == schema.HEAD
    engine = make_engine(address, migrating=True)
    with engine.connect() as connection, connection.begin() as transaction:
        schema._upgrade(connection)
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
        for table in tables.metadata.sorted_tables:
            checks = [str(each.sqltext) for each in table.constraints if isinstance(each, CheckConstraint)]
            accepted = {codes(check) for check in checks_of(connection, table.name).values()}
            assert {codes(check) for check in checks if " IN (" in check} - accepted == set(), table.name
        one_by_one = described(connection)
        transaction.rollback()
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    assert schema.migrate(address, Files(tmp_path), lambda: "now") is None
    with engine.connect() as connection:
        at_once = described(connection)
    engine.dispose()
    assert at_once.keys() == one_by_one.keys()
    for key, found in at_once.items():
        assert found == one_by_one[key], key
