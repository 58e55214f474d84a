# ruff: noqa: E501 - a frozen record
"""The first schema: figures in layers, the network, its history.

A migration is frozen once released: it spells the tables out and never imports today's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The history is append-only for everybody, this program included.
_SQLITE_TRIGGERS = (
    "CREATE TRIGGER history_keeps_update BEFORE UPDATE ON history BEGIN SELECT RAISE(ABORT, 'history is append-only'); END",
    "CREATE TRIGGER history_keeps_delete BEFORE DELETE ON history BEGIN SELECT RAISE(ABORT, 'history is append-only'); END",
)
_POSTGRESQL_TRIGGERS = (
    "CREATE FUNCTION zevillage_history_keeps() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'history is append-only'; END $$",
    "CREATE TRIGGER history_keeps BEFORE UPDATE OR DELETE ON history "
    "FOR EACH ROW EXECUTE FUNCTION zevillage_history_keeps()",
)


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("checksum", sa.String(length=128), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.String(length=32), nullable=True),
        sa.Column("undone_by", sa.String(length=64), nullable=True),
        sa.CheckConstraint("kind IN ('shipped', 'file', 'manual', 'demo')", name=op.f("ck_import_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_import_checksum"), "import", ["checksum"], unique=False)
    op.create_table(
        "indicator_entry",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("removed_at", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_entry")),
    )
    op.create_table(
        "meta",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("demo_filled_at", sa.String(length=32), nullable=True),
        sa.Column("demo_emptied_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_meta_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meta")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("consent_public", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("consent_text", sa.Text(), nullable=True),
        sa.Column("consent_on", sa.Date(), nullable=True),
        sa.Column("last_contact", sa.Date(), nullable=True),
        sa.Column("erased_at", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("removed_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint("origin IN ('real', 'demo')", name=op.f("ck_person_origin")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_origin"), "person", ["origin"], unique=False)
    op.create_table(
        "source_entry",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("removed_at", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_entry")),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("removed_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "kind IN ('mairie', 'notary', 'agency', 'association', 'elected', 'other')",
            name=op.f("ck_contact_kind"),
        ),
        sa.CheckConstraint("origin IN ('real', 'demo')", name=op.f("ck_contact_origin")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_contact_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_origin"), "contact", ["origin"], unique=False)
    op.create_index(op.f("ix_contact_person"), "contact", ["person"], unique=False)
    op.create_table(
        "history",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("entity", sa.String(length=32), nullable=False),
        sa.Column("entity_id", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_history_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    op.create_index(op.f("ix_history_entity_entity_id"), "history", ["entity", "entity_id"], unique=False)
    op.create_index(op.f("ix_history_import_id"), "history", ["import_id"], unique=False)
    op.create_table(
        "member",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("trade", sa.String(length=64), nullable=True),
        sa.Column("skills", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("trains", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("removed_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint("origin IN ('real', 'demo')", name=op.f("ck_member_origin")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_member_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
    )
    op.create_index(op.f("ix_member_origin"), "member", ["origin"], unique=False)
    op.create_index(op.f("ix_member_person"), "member", ["person"], unique=False)
    op.create_table(
        "observation",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=64), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "(status = 'observed') = (value IS NOT NULL)", name=op.f("ck_observation_value_when_observed")
        ),
        sa.CheckConstraint(
            "status IN ('observed', 'suppressed', 'missing')", name=op.f("ck_observation_status")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_observation_import_id")),
        sa.PrimaryKeyConstraint("import_id", "indicator", "commune", "period", name=op.f("pk_observation")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_observation_indicator_commune_period"),
        "observation",
        ["indicator", "commune", "period"],
        unique=False,
    )
    op.create_table(
        "application",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("member", sa.String(length=64), nullable=True),
        sa.Column("received", sa.Date(), nullable=False),
        sa.Column("trade", sa.String(length=64), nullable=True),
        sa.Column("project", sa.Text(), nullable=True),
        sa.Column("wished_commune", sa.String(length=5), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("planned_arrival", sa.Date(), nullable=True),
        sa.Column("household_size", sa.Integer(), nullable=True),
        sa.Column("needs", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("removed_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint("origin IN ('real', 'demo')", name=op.f("ck_application_origin")),
        sa.CheckConstraint(
            "status IN ('received', 'read', 'met', 'accepted', 'window_planned', 'housed', 'settled', 'welcomed', 'one_year', 'declined', 'withdrawn', 'lost')",
            name=op.f("ck_application_status"),
        ),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_application_member")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_application_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
    )
    op.create_index(op.f("ix_application_member"), "application", ["member"], unique=False)
    op.create_index(op.f("ix_application_origin"), "application", ["origin"], unique=False)
    op.create_index(op.f("ix_application_person"), "application", ["person"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("member", sa.String(length=64), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("hours", sa.Float(), nullable=True),
        sa.Column("jobs", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("removed_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "kind IN ('meeting', 'reception', 'telecentre', 'training', 'spin_off', 'jobs', 'other')",
            name=op.f("ck_event_kind"),
        ),
        sa.CheckConstraint("origin IN ('real', 'demo')", name=op.f("ck_event_origin")),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_event_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_member"), "event", ["member"], unique=False)
    op.create_index(op.f("ix_event_origin"), "event", ["origin"], unique=False)
    op.create_table(
        "history_personal",
        sa.Column(
            "history_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["history_id"], ["history.id"], name=op.f("fk_history_personal_history_id")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_history_personal_person")),
        sa.PrimaryKeyConstraint("history_id", name=op.f("pk_history_personal")),
    )
    op.create_index(op.f("ix_history_personal_person"), "history_personal", ["person"], unique=False)
    op.create_table(
        "listing",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("contact", sa.String(length=64), nullable=True),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("tenure", sa.String(length=8), nullable=False),
        sa.Column("rooms", sa.Integer(), nullable=True),
        sa.Column("surface", sa.Float(), nullable=True),
        sa.Column("rent", sa.Float(), nullable=True),
        sa.Column("price", sa.Float(), nullable=True),
        sa.Column("first_seen", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("removed_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "kind IN ('house', 'apartment', 'workplace', 'other')", name=op.f("ck_listing_kind")
        ),
        sa.CheckConstraint("origin IN ('real', 'demo')", name=op.f("ck_listing_origin")),
        sa.CheckConstraint("tenure IN ('rent', 'sale')", name=op.f("ck_listing_tenure")),
        sa.ForeignKeyConstraint(["contact"], ["contact.id"], name=op.f("fk_listing_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
    )
    op.create_index(op.f("ix_listing_contact"), "listing", ["contact"], unique=False)
    op.create_index(op.f("ix_listing_origin"), "listing", ["origin"], unique=False)
    op.create_table(
        "stay",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("member", sa.String(length=64), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("arrived", sa.Date(), nullable=False),
        sa.Column("left", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("removed_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint("origin IN ('real', 'demo')", name=op.f("ck_stay_origin")),
        sa.CheckConstraint('"left" IS NULL OR "left" >= arrived', name=op.f("ck_stay_left_after_arrived")),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_stay_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stay")),
    )
    op.create_index(op.f("ix_stay_member"), "stay", ["member"], unique=False)
    op.create_index(op.f("ix_stay_origin"), "stay", ["origin"], unique=False)
    op.create_table(
        "application_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("application", sa.String(length=64), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("removed_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint("origin IN ('real', 'demo')", name=op.f("ck_application_event_origin")),
        sa.CheckConstraint(
            "status IN ('received', 'read', 'met', 'accepted', 'window_planned', 'housed', 'settled', 'welcomed', 'one_year', 'declined', 'withdrawn', 'lost')",
            name=op.f("ck_application_event_status"),
        ),
        sa.ForeignKeyConstraint(
            ["application"], ["application.id"], name=op.f("fk_application_event_application")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_event")),
    )
    op.create_index(
        op.f("ix_application_event_application"), "application_event", ["application"], unique=False
    )
    op.create_index(op.f("ix_application_event_origin"), "application_event", ["origin"], unique=False)
    op.create_table(
        "sighting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("listing", sa.String(length=64), nullable=False),
        sa.Column("contact", sa.String(length=64), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("removed_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint("origin IN ('real', 'demo')", name=op.f("ck_sighting_origin")),
        sa.CheckConstraint("state IN ('available', 'gone', 'unknown')", name=op.f("ck_sighting_state")),
        sa.ForeignKeyConstraint(["contact"], ["contact.id"], name=op.f("fk_sighting_contact")),
        sa.ForeignKeyConstraint(["listing"], ["listing.id"], name=op.f("fk_sighting_listing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sighting")),
    )
    op.create_index(op.f("ix_sighting_contact"), "sighting", ["contact"], unique=False)
    op.create_index(op.f("ix_sighting_listing"), "sighting", ["listing"], unique=False)
    op.create_index(op.f("ix_sighting_origin"), "sighting", ["origin"], unique=False)
    postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in _POSTGRESQL_TRIGGERS if postgresql else _SQLITE_TRIGGERS:
        op.execute(statement)
    op.execute(
        "INSERT INTO meta (id, revision, created_at) VALUES (1, 0, "
        + (
            "to_char(now() at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
            if postgresql
            else "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"
        )
        + ")"
    )
