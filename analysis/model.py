"""The value types that every room shares. This module imports nothing of the project.

Periods are text in ISO order, so that they sort as they are: ``"2022"`` (a year) or ``"2026-06-30"`` (a day).
Communes are the 5-character INSEE codes, always text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class Status(StrEnum):
    """What a cell of a figure is. Missing, suppressed, not yet imported and zero are four different things."""

    OBSERVED = "observed"
    SUPPRESSED = "suppressed"  # a figure exists and is not shown (« secret statistique »)
    MISSING = "missing"  # nobody published it
    NOT_IMPORTED = (
        "not_imported"  # no file of it was imported: whether it was published is not known here; never stored
    )


STORED_STATUSES = (Status.OBSERVED, Status.SUPPRESSED, Status.MISSING)
"""What a stored cell may be: that nothing is stored is nowhere written down."""


class Audience(StrEnum):
    """For whom an answer is made; decides which counts of people may be shown."""

    PUBLIC = "public"
    ELU = "elu"
    ANIMATEUR = "animateur"

    @property
    def label(self) -> str:
        """The French words for this audience."""
        return {"public": "le public", "elu": "les élus", "animateur": "les animateurs"}[self.value]


@dataclass(frozen=True)
class Thresholds:
    """Smallest count of people that each audience may see (inclusive); coordinators see every count."""

    public: int = 11
    council: int = 3

    def of(self, audience: Audience) -> int:
        """The threshold of `audience`; 0 means that nothing is hidden."""
        return {Audience.PUBLIC: self.public, Audience.ELU: self.council, Audience.ANIMATEUR: 0}[audience]


@dataclass(frozen=True)
class Keeping:
    """How long personal data are kept: whole years after the last contact made by a candidate and after a member's departure, days of an
    imported file with personal data, months of the log of accesses. A candidate is told `notice_days` before, and can be brought back for
    `restore_days` after the dossier was put away.
    """

    candidate_years: int = 2
    former_member_years: int = 5
    originals_days: int = 30
    access_log_months: int = 12
    notice_days: int = 30
    restore_days: int = 14


@dataclass(frozen=True)
class Actor:
    """Who writes. `id` is an opaque key kept in the history; `label` is shown to coordinators only."""

    id: str
    label: str
    audience: Audience = Audience.ANIMATEUR


LOCAL_ACTOR = Actor("local", "Profil local")
SYSTEM_ACTOR = Actor("system", "Zevillage")
COMMAND_ACTOR = Actor("command", "Ligne de commande")


class Right(StrEnum):
    """What somebody may do beyond reading what their audience may see."""

    READ_PEOPLE = "read_people"
    IMPORT = "import"
    EDIT_REGISTER = "edit_register"
    ADMINISTER = "administer"


class Role(StrEnum):
    """What a profile is given: an audience for figures, and rights. Each role may do all that the one before it may."""

    PUBLIC = "public"
    ELU = "elu"
    ANALYSTE = "analyste"
    ANIMATEUR = "animateur"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        """The French word for this role."""
        return _ROLES[self][0]

    @property
    def audience(self) -> Audience:
        """The circle whose figures this role may read."""
        return _ROLES[self][1]

    @property
    def rights(self) -> frozenset[Right]:
        """What this role may do."""
        return _ROLES[self][2]


_ROLES: Mapping[Role, tuple[str, Audience, frozenset[Right]]] = {
    Role.PUBLIC: ("public", Audience.PUBLIC, frozenset()),
    Role.ELU: ("élu", Audience.ELU, frozenset()),
    Role.ANALYSTE: ("analyste", Audience.ELU, frozenset({Right.IMPORT})),
    Role.ANIMATEUR: (
        "animateur",
        Audience.ANIMATEUR,
        frozenset({Right.IMPORT, Right.READ_PEOPLE, Right.EDIT_REGISTER}),
    ),
    Role.ADMIN: ("administrateur", Audience.ANIMATEUR, frozenset(Right)),
}


@dataclass(frozen=True)
class Account:
    """Who is at the screen: a profile with its role. `commune`: of which commune they are (INSEE code), empty when of none."""

    id: str
    label: str
    role: Role
    commune: str = ""

    @property
    def audience(self) -> Audience:
        """The widest circle whose figures this person may read."""
        return self.role.audience

    @property
    def actor(self) -> Actor:
        """The author of what this person writes."""
        return Actor(self.id, self.label, self.audience)

    def may(self, right: Right | None) -> bool:
        """Whether the role gives `right`; None asks for nothing."""
        return right is None or right in self.role.rights


VISITOR = Account("visitor", "Visiteur", Role.PUBLIC)
LOCAL_ACCOUNT = Account(LOCAL_ACTOR.id, LOCAL_ACTOR.label, Role.ADMIN)


@dataclass(frozen=True)
class Source:
    """One edition of one published work.

    `year` is what a reader calls the edition (« RP 2022 »); `reference` the period or day the figures describe.
    """

    id: str
    producer: str
    title: str
    edition: str
    licence: str
    reference: str = ""
    url: str = ""
    caveat: str = ""
    retrieved: str = ""

    @property
    def citation(self) -> str:
        """« INSEE, Recensement de la population (RP 2022) »: what stands under every figure."""
        return f"{self.producer}, {self.title} ({self.edition})"


Kind = Literal["count", "ratio", "change", "published", "network"]
Palette = Literal["sequential", "lack", "diverging"]


@dataclass(frozen=True)
class Vintage:
    """One period for which an indicator exists.

    For a ratio, `denominator_period` names the period of the denominator where it differs from the numerator's (LOVAC divides
    the vacancies of a year by the stock of the year before). `published` marks a rate taken as published, without counts.
    """

    period: str
    label: str
    source: str
    denominator_period: str = ""
    base_period: str = ""
    published: bool = False
    break_note: str = ""


SENTENCE_WORDS = frozenset(
    {"name", "year", "value", "num", "den", "covered", "of", "top", "bottom", "top_names"}
)
"""What the sentence of an indicator may name between braces: see `analysis.answers`."""


@dataclass(frozen=True)
class Indicator:
    """One entry of the catalogue: map, chart, table, sentence and export are driven by it.

    `kind`: ``count`` (stored, adds up), ``ratio`` (scale × sum of numerators / sum of denominators), ``change`` (relative change of a
    count since `Vintage.base_period`), ``published`` (stored as published: a median, a rate without counts), ``network`` (counted from
    the network's own rows, by audience). A territory figure exists for count, ratio and change only; else `no_total` says why.
    """

    id: str
    name: str
    unit: str
    theme: str
    kind: Kind
    vintages: tuple[Vintage, ...]
    short: str = ""
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    scale: float = 1.0
    decimals: int = 0
    direction: Literal["higher", "lower", "neutral"] = "neutral"
    palette: Palette = "sequential"
    secrecy: Literal["published", "people", "none"] = "published"
    sentence: str = ""
    no_total: str = ""
    missing_note: str = ""
    caveat: str = ""
    noun: str = ""
    on_map: bool = True
    words: str = ""  # what people call it, beside its name: the search finds it by them

    @property
    def periods(self) -> tuple[str, ...]:
        """The periods, oldest first."""
        return tuple(v.period for v in self.vintages)

    def vintage(self, period: str | None = None) -> Vintage:
        """The vintage of `period`, the latest when None. Raises KeyError for an unknown period."""
        if period is None:
            return self.vintages[-1]
        for vintage in self.vintages:
            if vintage.period == period:
                return vintage
        raise KeyError(period)


OBSERVATION_KEY = ["indicator", "commune", "period"]
"""What tells one cell of figures from another: the id of an indicator, an INSEE code of 5 characters, a period in ISO order (all text)."""
OBSERVATION_COLUMNS = [*OBSERVATION_KEY, "value", "status"]
"""The columns of a frame of figures: the key, `value` (float in the unit of the indicator's counts or as published, NaN unless observed)
and `status` (a value of `Status`)."""
OBSERVATION_ORDER = ["indicator", "period", "commune"]
"""The key in the order in which people read figures: one indicator, year after year, commune by commune."""
CELL_COLUMNS = ["commune", "value", "status"]
"""The cells of one indicator at one period: INSEE code (text), `value` (float in the indicator's unit), `status` (a `Status`)."""


LEVEL_KEY = ["indicator", "period", "level", "area"]
"""What tells one figure of a level from another: `level` is one of `vocabulary.LEVELS`, `area` its code (SIREN of an EPCI, code of a
département or region, class of communes alike, `FRANCE`)."""
LEVEL_COLUMNS = [*LEVEL_KEY, "value", "status", "covered", "hidden", "communes"]
"""The key, the sum of what is published of the area's communes (NaN when of none), its status, and how many of its `communes` are in
the sum or hidden."""
FRANCE = "france"
"""The level that holds all others, and the code of its only area."""


@dataclass(frozen=True)
class Level:
    """One thing that a commune is compared with. `kind`: one of `vocabulary.LEVELS`; `whole`: the territory itself is exactly that."""

    kind: str
    code: str
    name: str
    whole: bool = False


@dataclass(frozen=True)
class Observation:
    """One stored cell. `value` is None unless `status` is observed."""

    indicator: str
    commune: str
    period: str
    value: float | None
    status: Status
    import_id: int | None = None


@dataclass(frozen=True)
class View:
    """What a screen shows, complete: a council dossier can store it and a link can carry it.

    Parsed from and printed to whitelisted query parameters by `analysis.view`.
    """

    page: str
    indicator: str = ""
    vintage: str = ""
    method: str = ""
    audience: Audience = Audience.PUBLIC
    filters: Mapping[str, str] = field(default_factory=dict)
