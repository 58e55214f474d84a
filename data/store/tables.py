"""The tables. Changing one means a new migration beside it: an empty database gets these, one of an older version the migrations, and a
test holds that both come to the same, down to the names of constraints.

Instants (`at`, `…_at`) are ISO text in UTC, days are dates. Rows of the network carry an `origin`, real or
demo, and readers take exactly one. Personal data stand in `person` and nowhere else, apart from the free
text of a file (`application`) and from `history_personal`, which both reference the person and are emptied
with it. Users are no persons of the network: `profile` alone holds their words and ways in.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    false,
    true,
)
from sqlalchemy import (
    event as events,
)
from sqlalchemy.types import TypeEngine

from analysis import vocabulary
from analysis.model import Audience

ORIGINS = ("real", "demo")
OBSERVATION_STATUSES = ("observed", "suppressed", "missing")
ERASURE_REASONS = ("request", "keeping")

# Names of constraints are fixed so that a later migration can find them, on SQLite as on PostgreSQL.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite only numbers rows by itself in a column declared INTEGER.
_BigId: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")


def _one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _reference(name: str, target: str, *, nullable: bool = False, index: bool = True) -> Column[str]:
    return Column(name, String(64), ForeignKey(f"{target}.id"), nullable=nullable, index=index)


def _file_reference() -> Column[str]:
    """How the files that analysts import call a row: the same reference is the same row at the next import."""
    return Column("reference", String(64), index=True)


def _network(name: str, *columns: Column[Any] | CheckConstraint) -> Table:
    """A table of the network: opaque id, origin, version for optimistic locking, removal without loss."""
    return Table(
        name,
        metadata,
        Column("id", String(64), primary_key=True),
        Column("origin", String(8), nullable=False, index=True),
        *columns,
        Column("version", Integer, nullable=False, server_default="1"),
        Column("created_at", String(32), nullable=False),
        Column("removed_at", String(32)),
        _one_of("origin", ORIGINS),
    )


meta = Table(
    "meta",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("revision", BigInteger, nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("demo_filled_at", String(32)),
    Column("demo_emptied_at", String(32)),
    Column(
        "territory", Text
    ),  # the id of the territory that the database is about; empty until one opened it
    Column("territory_name", Text),
    CheckConstraint("id = 1", name="single_row"),
)

import_ = Table(
    "import",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("label", Text, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("at", String(32), nullable=False),
    Column("checksum", String(128), index=True),
    Column("rows", Integer, nullable=False),
    Column("undone_at", String(32)),
    Column("undone_by", String(64)),
    _one_of("kind", vocabulary.IMPORT_KINDS),
    sqlite_autoincrement=True,
)

observation = Table(
    "observation",
    metadata,
    Column("import_id", Integer, ForeignKey("import.id"), primary_key=True),
    Column("indicator", String(64), primary_key=True),
    Column("commune", String(5), primary_key=True),
    Column("period", String(16), primary_key=True),
    Column("value", Float),
    Column("status", String(16), nullable=False),
    _one_of("status", OBSERVATION_STATUSES),
    CheckConstraint("(status = 'observed') = (value IS NOT NULL)", name="value_when_observed"),
    Index(None, "indicator", "commune", "period"),
    sqlite_with_rowid=False,
)


# Sums over what surrounds the territory, made from the same file as the cells of its communes: they go and come back with the import.
level_figure = Table(
    "level_figure",
    metadata,
    Column(
        "import_id",
        Integer,
        ForeignKey("import.id", name="fk_level_figure_import_id_import"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("indicator", String(64), primary_key=True),
    Column("period", String(16), primary_key=True),
    Column("level", String(16), primary_key=True),
    Column("area", String(32), primary_key=True),
    Column("value", Float),
    Column("status", String(16), nullable=False),
    Column("covered", Integer, nullable=False),
    Column("hidden", Integer, nullable=False),
    Column("communes", Integer, nullable=False),
    _one_of("level", vocabulary.LEVELS),
    _one_of("status", OBSERVATION_STATUSES),
    CheckConstraint("(status = 'observed') = (value IS NOT NULL)", name="value_when_observed"),
)


CATALOGUE_KINDS = ("source", "indicator", "vintage")

# What an import was made from, beside what every import has; absent for shipped figures and single values.
import_file = Table(
    "import_file",
    metadata,
    Column("import_id", Integer, ForeignKey("import.id"), primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),  # as the person calls it: text to show, never a path
    Column("checksum", String(64), nullable=False, index=True),  # SHA-256; the original is kept under it
    Column("bytes", BigInteger, nullable=False),
    Column("format", String(64), nullable=False),
    Column("edition", Text, nullable=False),
    Column("content", String(16), nullable=False),  # figures, members, …
    Column("rows_kept", Integer, nullable=False),
    Column("rows_set_aside", Integer, nullable=False),
    Column("rows_repaired", Integer, nullable=False),
    Column("effects", JSON, nullable=False),
    Column("choices", JSON, nullable=False),
    Column("contains_personal", Boolean, nullable=False),
    Column("original_removed_at", String(32)),
)

# What became of one figure when the communes changed: laid by an import of kind « recoded ». `parts`: the values of before by code, their
# status where there is none.
recoding = Table(
    "recoding",
    metadata,
    Column("import_id", Integer, ForeignKey("import.id"), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("commune", String(5), primary_key=True),
    Column("indicator", String(64), primary_key=True),
    Column("period", String(16), primary_key=True),
    Column("rule", String(8), nullable=False),
    Column("parts", JSON, nullable=False),
    Column("value", Float),
    Column("status", String(16), nullable=False),
    _one_of("rule", vocabulary.RECODING_RULES),
    _one_of("status", OBSERVATION_STATUSES),
)

# Entries of the catalogue lie in layers like observations: those of the newest import not undone are read. An
# import carries every entry that its figures need, so undoing another one never takes it away from under them.
catalogue_entry = Table(
    "catalogue_entry",
    metadata,
    Column("import_id", Integer, ForeignKey("import.id"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("period", String(16), primary_key=True),  # of a vintage; empty for a source and an indicator
    Column("body", JSON, nullable=False),
    _one_of("kind", CATALOGUE_KINDS),
)

# What somebody says of a figure of a commune (« ce n'est pas ce que nous voyons »): beside it, never in its place.
remark = Table(
    "remark",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("indicator", String(64), nullable=False),
    Column("commune", String(5), nullable=False),
    Column("period", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("on", Date, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", String(32), nullable=False),
    Column("removed_at", String(32)),
    Index(None, "indicator", "commune"),
)

# A séance: views prepared for a meeting of the council, in order. The figures of a frozen view stand in it whole (`analysis.council`).
briefing = Table(
    "briefing",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("title", Text, nullable=False),
    Column("on", Date, nullable=False),
    Column("audience", String(16), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", String(32), nullable=False),
    Column("removed_at", String(32)),
    _one_of("audience", [audience.value for audience in Audience]),
)

briefing_view = Table(
    "briefing_view",
    metadata,
    Column("id", String(64), primary_key=True),
    _reference("briefing", "briefing"),
    Column("position", Integer, nullable=False),
    Column("page", String(32), nullable=False),
    Column("query", JSON, nullable=False),
    Column("title", Text),
    Column("sentence", Text),
    Column("speaker_note", Text),
    Column("frozen", JSON(none_as_null=True)),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", String(32), nullable=False),
    Column("removed_at", String(32)),
)

person = _network(
    "person",
    Column("code", String(64), nullable=False),
    Column("name", Text),
    Column("email", Text),
    Column("phone", Text),
    Column("website", Text),
    Column("consent_public", Boolean, nullable=False, server_default=false()),
    Column("consent_text", Text),
    Column("consent_on", Date),
    Column("last_contact", Date),
    Column("erased_at", String(32)),
)

member = _network(
    "member",
    _reference("person", "person"),
    Column("trade", String(64)),
    Column("skills", JSON(none_as_null=True)),
    Column("trains", Boolean, nullable=False, server_default=false()),
    _file_reference(),
)

stay = _network(
    "stay",
    _reference("member", "member"),
    Column("commune", String(5), nullable=False),
    Column("arrived", Date, nullable=False),
    Column("left", Date),
    Column("reason", Text),
    CheckConstraint('"left" IS NULL OR "left" >= arrived', name="left_after_arrived"),
)

# A candidate's file. `status`, `since`, `paused_until` and `reason` are what its history leads to, kept here so that a list of thousands
# needs no replay: `data.register.dossier.settle` alone writes them, after the history.
application = _network(
    "application",
    _reference("person", "person"),
    _reference("member", "member", nullable=True),
    Column("received", Date, nullable=False),
    Column("trade", String(64)),
    Column("project", Text),
    Column("wished_commune", String(5)),
    Column("status", String(16), nullable=False),
    Column("planned_arrival", Date),
    Column("household_size", Integer),
    Column("needs", JSON(none_as_null=True)),
    Column("reason", Text),
    _file_reference(),
    Column("clients", Text),
    Column("other_wishes", JSON(none_as_null=True)),  # communes after `wished_commune`, in order
    Column("household", JSON(none_as_null=True)),  # what `analysis.applications.household` needs of it
    Column("channel", String(16)),  # how the file came
    Column("owner", String(64)),  # the profile that answers for it, where that is not the step's
    _reference("sponsor", "member", nullable=True, index=False),
    Column("sponsor_agreed_on", Date),  # the day on which that member agreed to be asked
    Column("since", Date),
    Column("paused_until", Date),
    Column("erasure_asked", Date),  # the day on which the candidate asked for it
    Column("opened_at", String(32)),  # when the grids opened for the first time: never taken back
    _one_of("status", vocabulary.APPLICATION_STATUSES),
    _one_of("channel", vocabulary.APPLICATION_CHANNELS),
)

# The history of a file (`analysis.applications.steps.Entry`), only ever added to. `status`: the step that a move leads to, else the one
# where the file stood. `corrects`: the line that a correction is about. What undoing took out keeps its row (`removed_at`).
application_event = Table(
    "application_event",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("origin", String(8), nullable=False, index=True),
    _reference("application", "application"),
    Column("on", Date, nullable=False),
    Column("status", String(16), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("reason", Text),
    Column("created_at", String(32), nullable=False),
    Column("removed_at", String(32)),
    Column("kind", String(16), nullable=False, server_default="taken_over"),
    Column("party", String(16), nullable=False, server_default="other"),
    Column("note", Text),
    Column("seat", String(16)),
    Column("until", Date),
    Column("corrects", BigInteger),
    Column("dated", Date),
    _one_of("origin", ORIGINS),
    _one_of("status", vocabulary.APPLICATION_STATUSES),
    _one_of("kind", vocabulary.APPLICATION_ENTRIES),
    _one_of("party", vocabulary.APPLICATION_PARTIES),
)

# One assessor's grid. Whether it is signed stands in the history alone; `blind`: nobody could know the other's when it was signed.
application_assessment = _network(
    "application_assessment",
    _reference("application", "application"),
    Column("author", String(64), nullable=False),
    Column("seat", String(16), nullable=False),
    Column("marks", JSON, nullable=False),
    Column("remarks", JSON, nullable=False),
    Column("blind", Boolean, nullable=False, server_default=true()),
    _one_of("seat", vocabulary.ASSESSOR_SEATS),
)

application_task = _network(
    "application_task",
    _reference("application", "application"),
    Column("title", Text, nullable=False),
    Column("template", String(64)),  # of the territory's file; empty for words of somebody's own
    Column("topic", String(16)),
    Column("due", Date),
    Column("owner", String(64)),  # the profile that does it
    Column("author", String(64), nullable=False),
    Column("done_on", Date),
    Column("done_by", String(64)),
)

# Papers of a file: what they are called and what they are; the bytes lie in the home under their SHA-256 (`data.store.files`).
application_document = _network(
    "application_document",
    _reference("application", "application"),
    Column("name", Text, nullable=False),  # as the person calls it: text to show, never a path
    Column("kind", String(64), nullable=False),  # the media type, by the content
    Column("size", BigInteger, nullable=False),  # bytes
    Column("checksum", String(64), index=True),  # SHA-256; empty once the bytes are gone
    Column("party", String(16), nullable=False),
    Column("actor", String(64), nullable=False),
    _one_of("party", vocabulary.APPLICATION_PARTIES),
)

# Two files of which somebody said whether they are one: nothing is ever merged by the program.
application_double = _network(
    "application_double",
    _reference("application", "application"),
    _reference("other", "application"),
    Column("same", Boolean, nullable=False),
    Column("actor", String(64), nullable=False),
)

# Who answers for a step, or holds a seat of assessor, where a file names nobody else.
application_duty = _network(
    "application_duty",
    Column("duty", String(16), nullable=False),
    Column("profile", String(64), nullable=False),
    _one_of("duty", (*vocabulary.ASSESSOR_SEATS, *vocabulary.APPLICATION_STATUSES)),
)

# A form that somebody is filling in, so that it is found again: `id` is opaque, or the hash of what a link carries.
application_draft = Table(
    "application_draft",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("actor", String(64), nullable=False, index=True),
    Column("content", JSON, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", String(32), nullable=False),
    Column("changed_at", String(32), nullable=False),
)

contact = _network(
    "contact",
    _reference("person", "person", nullable=True),
    Column("kind", String(16), nullable=False),
    Column("label", Text, nullable=False),
    Column("commune", String(5), nullable=False),
    _one_of("kind", vocabulary.CONTACT_KINDS),
)

listing = _network(
    "listing",
    _reference("contact", "contact", nullable=True),
    Column("commune", String(5), nullable=False),
    Column("lon", Float),
    Column("lat", Float),
    Column("kind", String(16), nullable=False),
    Column("tenure", String(8), nullable=False),
    Column("rooms", Integer),
    Column("surface", Float),
    Column("rent", Float),
    Column("price", Float),
    Column("first_seen", Date, nullable=False),
    Column("note", Text),
    _file_reference(),
    # What nobody told is NULL: « not furnished » is told, and is another thing.
    Column("charges", Float),
    Column("furnished", Boolean),
    Column("work_room", Boolean),
    Column("garden", Boolean),
    Column("pets", Boolean),
    Column("least_months", Integer),
    Column("energy", String(1)),
    Column("connection", String(16)),
    Column("place", Text),
    Column("free_from", Date),
    Column("photos", JSON(none_as_null=True)),
    _one_of("kind", vocabulary.DWELLING_KINDS),
    _one_of("tenure", vocabulary.TENURES),
    _one_of("energy", vocabulary.ENERGY_CLASSES),
    _one_of("connection", vocabulary.CONNECTIONS),
)

# One house signalled twice, or two houses: what a person decided. Absent: nobody did.
listing_pair = _network(
    "listing_pair",
    _reference("listing", "listing"),
    _reference("other", "listing"),
    Column("same", Boolean, nullable=False),
)

sighting = Table(
    "sighting",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("origin", String(8), nullable=False, index=True),
    _reference("listing", "listing"),
    _reference("contact", "contact", nullable=True),
    Column("on", Date, nullable=False),
    Column("state", String(16), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("note", Text),
    Column("created_at", String(32), nullable=False),
    Column("removed_at", String(32)),
    _one_of("origin", ORIGINS),
    _one_of("state", vocabulary.SIGHTING_STATES),
)

# What became of a call of the watch: an answer that is about no listing stands nowhere else.
call = Table(
    "call",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("origin", String(8), nullable=False, index=True),
    _reference("contact", "contact"),
    Column("on", Date, nullable=False),
    Column("answer", String(16), nullable=False),
    Column("call_back", String(16)),  # wall clock of the place, to the minute (``2026-05-12T14:30``)
    Column("actor", String(64), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("removed_at", String(32)),
    _one_of("origin", ORIGINS),
    _one_of("answer", vocabulary.CALL_ANSWERS),
    CheckConstraint("(answer = 'call_back') = (call_back IS NOT NULL)", name="call_back_when_asked"),
)

# A dwelling offered to a household, and what became of it. `needs` are those of the day it was proposed: changed later, they do not
# change why it was chosen.
proposal = _network(
    "proposal",
    _reference("application", "application"),
    _reference("listing", "listing"),
    Column("on", Date, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(16)),
    Column("criterion", String(16)),
    Column("needs", JSON(none_as_null=True)),
    Column("score", Float),
    Column("chance", Float),
    _one_of("state", vocabulary.PROPOSAL_STATES),
    _one_of("reason", vocabulary.REFUSAL_REASONS),
    _one_of("criterion", vocabulary.NEED_CRITERIA),
    CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name="reason_when_refused"),
)

event = _network(
    "event",
    _reference("member", "member", nullable=True),
    Column("on", Date, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("commune", String(5)),
    Column("title", Text, nullable=False),
    Column("hours", Float),
    Column("jobs", Integer),
    _one_of("kind", vocabulary.EVENT_KINDS),
)

# The reception of a newcomer by the commune: prepared here, then an event of the network.
reception = _network(
    "reception",
    _reference("application", "application"),
    Column("on", Date),
    Column("hour", String(5)),  # wall clock of the place
    Column("commune", String(5)),
    Column("place", Text),
    Column("invited", JSON, nullable=False),  # texts, one a line
    Column("presentation", Text),
    Column("summary", Text),
    _reference("event", "event", nullable=True),
)

history = Table(
    "history",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("entity", String(32), nullable=False),
    Column("entity_id", String(64), nullable=False),
    Column("action", String(32), nullable=False),
    Column("import_id", Integer, ForeignKey("import.id"), index=True),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    Index(None, "entity", "entity_id"),
)

# The history is append-only for everybody, this program included.
for _dialect, _statement in (
    (
        "sqlite",
        "CREATE TRIGGER history_keeps_update BEFORE UPDATE ON history BEGIN SELECT RAISE(ABORT, 'history is append-only'); END",
    ),
    (
        "sqlite",
        "CREATE TRIGGER history_keeps_delete BEFORE DELETE ON history BEGIN SELECT RAISE(ABORT, 'history is append-only'); END",
    ),
    (
        "postgresql",
        "CREATE FUNCTION zevillage_history_keeps() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'history is append-only'; END $$",
    ),
    (
        "postgresql",
        "CREATE TRIGGER history_keeps BEFORE UPDATE OR DELETE ON history "
        "FOR EACH ROW EXECUTE FUNCTION zevillage_history_keeps()",
    ),
):
    events.listen(history, "after_create", DDL(_statement).execute_if(dialect=_dialect))

# What was said of a person stands apart, so that it can be erased while `history` itself is never touched.
history_personal = Table(
    "history_personal",
    metadata,
    Column("history_id", _BigId, ForeignKey("history.id"), primary_key=True, autoincrement=False),
    _reference("person", "person"),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
)

# -- who may sign in --------------------------------------------------------------------------------------------

ROLES = ("public", "elu", "analyste", "animateur", "admin")
SIGN_IN_WAYS = ("pin", "oidc", "link", "command")
SIGN_IN_OUTCOMES = ("ok", "wrong", "unknown", "unverified", "bound", "unlocked")

# A profile's words and ways in stand here only and never in `history`: who leaves leaves no trace but an opaque id.
profile = Table(
    "profile",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("label", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("commune", String(5)),
    Column("pin", Text),  # an argon2id hash
    Column("email", String(254)),
    Column("issuer", String(255)),
    Column("subject", String(255)),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", String(32), nullable=False),
    Column("removed_at", String(32)),
    _one_of("role", ROLES),
    Index(None, "email", unique=True),
    Index(None, "issuer", "subject", unique=True),
)

# What was tried at the door: a delay after wrong PINs is counted from here, and survives a restart.
sign_in = Table(
    "sign_in",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("at", String(32), nullable=False, index=True),
    Column("way", String(8), nullable=False),
    Column("who", String(64)),  # a profile or a contact's link; empty for an identity that nobody knows
    Column("outcome", String(16), nullable=False),
    _one_of("way", SIGN_IN_WAYS),
    _one_of("outcome", SIGN_IN_OUTCOMES),
    Index(None, "who", "id"),
)

# Who is in: `id` is the hash of what the cookie carries, `who` a profile, empty for an identity of a provider.
seat = Table(
    "seat",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("who", String(64), nullable=False, index=True),
    Column("mark", String(64), nullable=False),
    Column("began", String(32), nullable=False, index=True),
    Column("last", String(32), nullable=False),
)

# `id` is the hash of what the link carries: who reads the database cannot make the link again.
contact_link = Table(
    "contact_link",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("contact", String(64), ForeignKey("contact.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", String(32), nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("expires_at", String(32), nullable=False),
    Column("revoked_at", String(32)),
    Column("revoked_by", String(64)),
)

# An address by which an agenda follows the search windows; `id` is the hash of what it carries.
calendar_feed = Table(
    "calendar_feed",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("created_at", String(32), nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("revoked_at", String(32)),
    Column("revoked_by", String(64)),
)

# What a contact's phone sent, by the key that it made once: what comes again is not written again, and gets the same answer. `id` is the
# hash of contact and key.
sending = Table(
    "sending",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("contact", String(64), ForeignKey("contact.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", String(32), nullable=False),
    Column("said", String(200), nullable=False),
)

# What a candidate types at /candidater, as typed, until it is taken in as a dossier: then the answers stand there and no longer here.
# `number` is the hash of what leads back to it from another device; `step` the last one that was left without a mistake.
candidacy = Table(
    "candidacy",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("origin", String(8), nullable=False),
    Column("number", String(64), nullable=False),
    Column("answers", JSON(none_as_null=True)),
    Column("step", Integer, nullable=False),
    Column("code", String(64)),  # the keyed hash of the code that was sent to the address typed
    Column("code_at", String(32)),
    Column("code_tries", Integer, nullable=False, server_default="0"),
    Column("email_confirmed", Boolean, nullable=False, server_default=false()),
    Column("sent_on", Date),
    Column("hurried", Boolean, nullable=False, server_default=false()),  # faster than anybody types
    Column("application", String(64), ForeignKey("application.id", ondelete="CASCADE"), index=True),
    Column("set_aside_at", String(32)),
    Column("set_aside_by", String(64)),
    Column("created_at", String(32), nullable=False),
    Column("changed_at", String(32), nullable=False),
    _one_of("origin", ORIGINS),
    Index(None, "number", unique=True),
)

# Opens the follow-up page of one dossier, or of a candidacy that nobody has taken in yet. `id` is the hash of what the link carries.
follow_link = Table(
    "follow_link",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("candidacy", String(64), ForeignKey("candidacy.id", ondelete="CASCADE"), index=True),
    Column("application", String(64), ForeignKey("application.id", ondelete="CASCADE"), index=True),
    Column("created_at", String(32), nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("expires_at", String(32), nullable=False),
    Column("revoked_at", String(32)),
    Column("revoked_by", String(64)),
    CheckConstraint("(candidacy IS NULL) <> (application IS NULL)", name="one_of_two"),
)

# What was asked of the public form, and by which address, as a keyed hash that changes every day: limits are counted from here.
candidacy_attempt = Table(
    "candidacy_attempt",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("at", String(32), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("who", String(32), nullable=False),
    Index(None, "kind", "who", "at"),
)

# A candidate whose delay is nearly over: told on a day, then put away, then erased. The row goes when the person is heard of again.
farewell = Table(
    "farewell",
    metadata,
    Column("person", String(64), ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("noticed_on", Date, nullable=False),
    Column("mailed", Boolean, nullable=False, server_default=false()),
    Column("put_away_on", Date),
    Column("erase_on", Date),
    Column("applications", JSON(none_as_null=True)),  # the ids of what was put away
)

# Which coordinator was written to on which day: one message a day at most, from however many machines.
digest = Table(
    "digest",
    metadata,
    Column("profile", String(64), primary_key=True),
    Column("on", Date, primary_key=True),
    Column("at", String(32), nullable=False),
)

# Who was erased: an opaque id, and nothing that would say who that was. It stands in a file beside the database too
# (`data.store.ledger`), so that a backup brought back meets it.
erasure = Table(
    "erasure",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("at", String(32), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("reason", String(16), nullable=False),
    _one_of("reason", ERASURE_REASONS),
)

# Who looked at or changed which person's file, and never what stood in it. No reference: it outlives the person.
access_log = Table(
    "access_log",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("at", String(32), nullable=False, index=True),
    Column("actor", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("person", String(64), index=True),
    _one_of("kind", vocabulary.ACCESS_KINDS),
)

# What the council's meetings are made of: nobody's personal data, neither real nor demo.
COUNCIL = (briefing, briefing_view)

# The tables whose rows are real or demo, a parent always before its children.
NETWORK = (
    person,
    member,
    stay,
    application,
    application_event,
    application_assessment,
    application_task,
    application_document,
    application_double,
    application_duty,
    contact,
    listing,
    listing_pair,
    sighting,
    call,
    proposal,
    event,
    reception,
)
