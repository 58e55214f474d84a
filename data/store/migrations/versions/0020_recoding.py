"""Figures recoded when communes change: a kind of import of their own, and the journal of what became of each."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KINDS = "kind IN ('shipped', 'file', 'manual', 'demo', 'recoded')"


def upgrade() -> None:
    """Allow the kind, create the table."""
    name = op.f("ck_import_kind")
    if (
        op.get_bind().dialect.name == "sqlite"
    ):  # its tables are made anew: told whole here, so that nothing is read from the old one
        with op.batch_alter_table("import", copy_from=_import(name), recreate="always"):
            pass
    else:
        op.drop_constraint(name, "import", type_="check")
        op.create_check_constraint(name, "import", KINDS)
    op.create_table(
        "recoding",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("indicator", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("rule", sa.String(length=8), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.CheckConstraint("rule IN ('moved', 'summed', 'dropped')", name=op.f("ck_recoding_rule")),
        sa.CheckConstraint(
            "status IN ('observed', 'suppressed', 'missing')", name=op.f("ck_recoding_status")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_recoding_import_id")),
        sa.PrimaryKeyConstraint(
            "import_id", "year", "commune", "indicator", "period", name=op.f("pk_recoding")
        ),
    )


def _import(name: str) -> sa.Table:
    return sa.Table(
        "import",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("checksum", sa.String(length=128), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.String(length=32), nullable=True),
        sa.Column("undone_by", sa.String(length=64), nullable=True),
        sa.CheckConstraint(KINDS, name=name),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import")),
        sa.Index(op.f("ix_import_checksum"), "checksum"),
        sqlite_autoincrement=True,
    )
