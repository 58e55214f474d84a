"""Levels: figures of the EPCI, the département, the region and France, beside those of the communes."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "level_figure",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("area", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("covered", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.Integer(), nullable=False),
        sa.Column("communes", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "level IN ('epci', 'departement', 'region', 'france', 'peers')",
            name=op.f("ck_level_figure_level"),
        ),
        sa.CheckConstraint(
            "status IN ('observed', 'suppressed', 'missing')", name=op.f("ck_level_figure_status")
        ),
        sa.CheckConstraint(
            "(status = 'observed') = (value IS NOT NULL)", name=op.f("ck_level_figure_value_when_observed")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_level_figure_import_id_import")),
        sa.PrimaryKeyConstraint(
            "import_id", "indicator", "period", "level", "area", name=op.f("pk_level_figure")
        ),
    )
