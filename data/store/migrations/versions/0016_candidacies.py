"""Candidacies: the public form kept as one goes, the links that follow it, what was asked of it, and how a dossier goes in the end."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, and the day on which somebody asked for their erasure."""
    op.add_column("application", sa.Column("erasure_asked", sa.Date(), nullable=True))
    op.create_table(
        "candidacy",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.Column("code_at", sa.String(length=32), nullable=True),
        sa.Column("code_tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("email_confirmed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("hurried", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("application", sa.String(length=64), nullable=True),
        sa.Column("set_aside_at", sa.String(length=32), nullable=True),
        sa.Column("set_aside_by", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("changed_at", sa.String(length=32), nullable=False),
        sa.CheckConstraint("origin IN ('real', 'demo')", name=op.f("ck_candidacy_origin")),
        sa.ForeignKeyConstraint(
            ["application"], ["application.id"], name=op.f("fk_candidacy_application"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidacy")),
    )
    op.create_index(op.f("ix_candidacy_application"), "candidacy", ["application"], unique=False)
    op.create_index(op.f("ix_candidacy_number"), "candidacy", ["number"], unique=True)
    op.create_table(
        "follow_link",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("candidacy", sa.String(length=64), nullable=True),
        sa.Column("application", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.String(length=32), nullable=False),
        sa.Column("revoked_at", sa.String(length=32), nullable=True),
        sa.Column("revoked_by", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(candidacy IS NULL) <> (application IS NULL)", name=op.f("ck_follow_link_one_of_two")
        ),
        sa.ForeignKeyConstraint(
            ["application"], ["application.id"], name=op.f("fk_follow_link_application"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["candidacy"], ["candidacy.id"], name=op.f("fk_follow_link_candidacy"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_link")),
    )
    op.create_index(op.f("ix_follow_link_application"), "follow_link", ["application"], unique=False)
    op.create_index(op.f("ix_follow_link_candidacy"), "follow_link", ["candidacy"], unique=False)
    op.create_table(
        "farewell",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=False),
        sa.Column("mailed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("put_away_on", sa.Date(), nullable=True),
        sa.Column("erase_on", sa.Date(), nullable=True),
        sa.Column("applications", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person"], ["person.id"], name=op.f("fk_farewell_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_farewell")),
    )
    op.create_table(
        "candidacy_attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("who", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidacy_attempt")),
    )
    op.create_index(op.f("ix_candidacy_attempt_at"), "candidacy_attempt", ["at"], unique=False)
    op.create_index(
        op.f("ix_candidacy_attempt_kind_who_at"), "candidacy_attempt", ["kind", "who", "at"], unique=False
    )
