"""What an import remembers of its file, the catalogue entries that it brings, in layers, the references of imported rows.

The two tables of entries that the first schema held were never written: entries now belong to the import that brought them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the two tables, give three kinds of rows the reference that files know them by, drop the two that nothing ever filled."""
    op.create_table(
        "import_file",
        sa.Column("import_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.String(length=64), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("content", sa.String(length=16), nullable=False),
        sa.Column("rows_kept", sa.Integer(), nullable=False),
        sa.Column("rows_set_aside", sa.Integer(), nullable=False),
        sa.Column("rows_repaired", sa.Integer(), nullable=False),
        sa.Column("effects", sa.JSON(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("contains_personal", sa.Boolean(), nullable=False),
        sa.Column("original_removed_at", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_import_file_import_id")),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_import_file")),
    )
    op.create_index(op.f("ix_import_file_checksum"), "import_file", ["checksum"], unique=False)
    op.create_table(
        "catalogue_entry",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('source', 'indicator', 'vintage')", name=op.f("ck_catalogue_entry_kind")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_catalogue_entry_import_id")),
        sa.PrimaryKeyConstraint("import_id", "kind", "id", "period", name=op.f("pk_catalogue_entry")),
    )
    for table in ("member", "application", "listing"):
        op.add_column(table, sa.Column("reference", sa.String(length=64), nullable=True))
        op.create_index(op.f(f"ix_{table}_reference"), table, ["reference"], unique=False)
    op.drop_table("indicator_entry")
    op.drop_table("source_entry")
