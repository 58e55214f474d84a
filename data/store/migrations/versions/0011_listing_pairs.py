"""What a person decided about two listings: one house signalled twice, or two."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "listing_pair",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("listing", sa.String(length=64), nullable=False),
        sa.Column("other", sa.String(length=64), nullable=False),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("removed_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint("origin IN ('real', 'demo')", name=op.f("ck_listing_pair_origin")),
        sa.ForeignKeyConstraint(["listing"], ["listing.id"], name=op.f("fk_listing_pair_listing")),
        sa.ForeignKeyConstraint(["other"], ["listing.id"], name=op.f("fk_listing_pair_other")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_pair")),
    )
    op.create_index(op.f("ix_listing_pair_listing"), "listing_pair", ["listing"], unique=False)
    op.create_index(op.f("ix_listing_pair_origin"), "listing_pair", ["origin"], unique=False)
    op.create_index(op.f("ix_listing_pair_other"), "listing_pair", ["other"], unique=False)
