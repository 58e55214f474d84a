"""What a listing tells beside its size and cost: charges, furniture, energy class, connection, wishes of the owner, photos."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CHECKED = {
    "energy": ("VARCHAR(1)", "'A', 'B', 'C', 'D', 'E', 'F', 'G'"),
    "connection": ("VARCHAR(16)", "'fibre', 'copper', 'mobile', 'satellite', 'none'"),
}


def upgrade() -> None:
    """Add the columns, empty: nobody told any of it."""
    op.add_column("listing", sa.Column("charges", sa.Float(), nullable=True))
    for name in ("furnished", "work_room", "garden", "pets"):
        op.add_column("listing", sa.Column(name, sa.Boolean(), nullable=True))
    op.add_column("listing", sa.Column("least_months", sa.Integer(), nullable=True))
    for name, (kind, codes) in CHECKED.items():
        # SQLite takes a check with a new column only as part of the column itself, which alembic does not write.
        op.execute(
            f"ALTER TABLE listing ADD COLUMN {name} {kind} CONSTRAINT ck_listing_{name} CHECK ({name} IN ({codes}))"
        )
    op.add_column("listing", sa.Column("place", sa.Text(), nullable=True))
    op.add_column("listing", sa.Column("free_from", sa.Date(), nullable=True))
    op.add_column("listing", sa.Column("photos", sa.JSON(none_as_null=True), nullable=True))
