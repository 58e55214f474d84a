"""Dossiers followed to the end: their whole history, the two grids, tasks, papers, doubles, who answers for what, the reception.

What stood in the history before was written without the rules of today: it is kept as taken over from elsewhere.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STATUSES = (
    "'received', 'read', 'met', 'accepted', 'window_planned', 'housed', 'settled', 'welcomed', 'one_year', "
    "'declined', 'withdrawn', 'lost'"
)
ORIGINS = "origin IN ('real', 'demo')"
PARTIES = "party IN ('coordinator', 'candidate', 'clock', 'other')"
SEATS = "'founder', 'councillor'"


def upgrade() -> None:
    """Add the columns and the tables. A file's `since` is the day of its newest line, which says where it stands."""
    with op.batch_alter_table(
        "application",
        table_args=(
            sa.CheckConstraint(ORIGINS, name=op.f("ck_application_origin")),
            sa.CheckConstraint(f"status IN ({STATUSES})", name=op.f("ck_application_status")),
        ),
    ) as batch:
        for name, kind in (("clients", sa.Text()), ("other_wishes", sa.JSON()), ("household", sa.JSON())):
            batch.add_column(sa.Column(name, kind, nullable=True))
        batch.add_column(sa.Column("channel", sa.String(length=16), nullable=True))
        batch.add_column(sa.Column("owner", sa.String(length=64), nullable=True))
        batch.add_column(sa.Column("sponsor", sa.String(length=64), nullable=True))
        batch.add_column(sa.Column("since", sa.Date(), nullable=True))
        batch.add_column(sa.Column("paused_until", sa.Date(), nullable=True))
        batch.add_column(sa.Column("opened_at", sa.String(length=32), nullable=True))
        batch.create_foreign_key(op.f("fk_application_sponsor"), "member", ["sponsor"], ["id"])
        batch.create_check_constraint(
            op.f("ck_application_channel"),
            "channel IN ('form', 'mail', 'phone', 'meeting', 'member', 'town_hall', 'file')",
        )
    with op.batch_alter_table(
        "application_event",
        table_args=(
            sa.CheckConstraint(ORIGINS, name=op.f("ck_application_event_origin")),
            sa.CheckConstraint(f"status IN ({STATUSES})", name=op.f("ck_application_event_status")),
        ),
    ) as batch:
        batch.add_column(sa.Column("kind", sa.String(length=16), nullable=False, server_default="taken_over"))
        batch.add_column(sa.Column("party", sa.String(length=16), nullable=False, server_default="other"))
        batch.add_column(sa.Column("note", sa.Text(), nullable=True))
        batch.add_column(sa.Column("seat", sa.String(length=16), nullable=True))
        batch.add_column(sa.Column("until", sa.Date(), nullable=True))
        batch.add_column(sa.Column("corrects", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("dated", sa.Date(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_application_event_kind"),
            "kind IN ('move', 'sign', 'pause', 'resume', 'note', 'correct', 'taken_over')",
        )
        batch.create_check_constraint(op.f("ck_application_event_party"), PARTIES)
    op.execute(
        'UPDATE application SET since = COALESCE((SELECT MAX(e."on") FROM application_event e '
        "WHERE e.application = application.id AND e.removed_at IS NULL), received)"
    )
    _tables()


def _network(name: str, *columns: sa.Column | sa.CheckConstraint, references: dict[str, str]) -> None:
    """A table of the network, with its references (column → table) and an index on each."""
    keys = [sa.Column(column, sa.String(length=64), nullable=column == "event") for column in references]
    op.create_table(
        name,
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        *keys,
        *columns,
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("removed_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint(ORIGINS, name=op.f(f"ck_{name}_origin")),
        *(
            sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{name}_{column}"))
            for column, target in references.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    for column in ("origin", *references):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column], unique=False)


def _tables() -> None:
    _network(
        "application_assessment",
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("seat", sa.String(length=16), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.Column("blind", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.CheckConstraint(f"seat IN ({SEATS})", name=op.f("ck_application_assessment_seat")),
        references={"application": "application"},
    )
    _network(
        "application_task",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=True),
        sa.Column("topic", sa.String(length=16), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by", sa.String(length=64), nullable=True),
        references={"application": "application"},
    )
    _network(
        "application_document",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=True),
        sa.Column("party", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.CheckConstraint(PARTIES, name=op.f("ck_application_document_party")),
        references={"application": "application"},
    )
    op.create_index(
        op.f("ix_application_document_checksum"), "application_document", ["checksum"], unique=False
    )
    _network(
        "application_double",
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        references={"application": "application", "other": "application"},
    )
    _network(
        "application_duty",
        sa.Column("duty", sa.String(length=16), nullable=False),
        sa.Column("profile", sa.String(length=64), nullable=False),
        sa.CheckConstraint(f"duty IN ({SEATS}, {STATUSES})", name=op.f("ck_application_duty_duty")),
        references={},
    )
    _network(
        "reception",
        sa.Column("on", sa.Date(), nullable=True),
        sa.Column("hour", sa.String(length=5), nullable=True),
        sa.Column("commune", sa.String(length=5), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("invited", sa.JSON(), nullable=False),
        sa.Column("presentation", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        references={"application": "application", "event": "event"},
    )
    op.create_table(
        "application_draft",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("changed_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_draft")),
    )
    op.create_index(op.f("ix_application_draft_actor"), "application_draft", ["actor"], unique=False)
