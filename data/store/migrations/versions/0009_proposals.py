"""Dwellings proposed to households, with the needs of that day and what became of each."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "proposal",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("application", sa.String(length=64), nullable=False),
        sa.Column("listing", sa.String(length=64), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("criterion", sa.String(length=16), nullable=True),
        sa.Column("needs", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("chance", sa.Float(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("removed_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "(state = 'refused') = (reason IS NOT NULL)", name=op.f("ck_proposal_reason_when_refused")
        ),
        sa.CheckConstraint(
            "criterion IN ('tenure', 'kind', 'rooms', 'rent', 'work_room', 'school', 'speed', 'commune', 'date')",
            name=op.f("ck_proposal_criterion"),
        ),
        sa.CheckConstraint("origin IN ('real', 'demo')", name=op.f("ck_proposal_origin")),
        sa.CheckConstraint(
            "reason IN ('family', 'owner', 'unsuitable', 'gone')", name=op.f("ck_proposal_reason")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'taken', 'refused', 'freed')", name=op.f("ck_proposal_state")
        ),
        sa.ForeignKeyConstraint(["application"], ["application.id"], name=op.f("fk_proposal_application")),
        sa.ForeignKeyConstraint(["listing"], ["listing.id"], name=op.f("fk_proposal_listing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index(op.f("ix_proposal_application"), "proposal", ["application"], unique=False)
    op.create_index(op.f("ix_proposal_listing"), "proposal", ["listing"], unique=False)
    op.create_index(op.f("ix_proposal_origin"), "proposal", ["origin"], unique=False)
