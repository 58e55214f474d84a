"""What became of a call of the housing watch: answers that are about no listing."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "call",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("contact", sa.String(length=64), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("call_back", sa.String(length=16), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("removed_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "answer IN ('nothing_new', 'told', 'no_answer', 'call_back')", name=op.f("ck_call_answer")
        ),
        sa.CheckConstraint(
            "(answer = 'call_back') = (call_back IS NOT NULL)", name=op.f("ck_call_call_back_when_asked")
        ),
        sa.CheckConstraint("origin IN ('real', 'demo')", name=op.f("ck_call_origin")),
        sa.ForeignKeyConstraint(["contact"], ["contact.id"], name=op.f("fk_call_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
    )
    op.create_index(op.f("ix_call_contact"), "call", ["contact"], unique=False)
    op.create_index(op.f("ix_call_origin"), "call", ["origin"], unique=False)
