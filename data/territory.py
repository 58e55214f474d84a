"""The territory on show: which communes, groups and thresholds. Read from a TOML file, checked, then frozen.

The file is the ``territory.toml`` of the pack on show (`data.packs`).
Its mistakes are refused when the application starts, all at once, each with its line, its value and what
was probably meant.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from analysis.french import spaced
from analysis.model import FRANCE, Keeping, Level, Thresholds
from data import following, packs, reference
from data.reference import lookup
from data.reference.peers import peer_classes, peers_name

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    import pyproj


LAMBERT_93 = "EPSG:2154"  # metres, for metropolitan France


@dataclass(frozen=True)
class Group:
    """A named part of the territory."""

    id: str
    name: str
    codes: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Area:
    """A département or an EPCI that the territory touches, and those of its communes that are in it."""

    code: str
    name: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class TeleworkRule:
    """Limits of the telework verdict, in percent of a commune's premises: the territory's choice, no norm.

    `good_ftth`, `fair_ftth`: smallest shares whose best technology is FttH for the two upper verdicts.
    `worst_case`: largest share with nothing better than fixed 4G, radio or satellite that does not lower
    the verdict.
    """

    good_ftth: float = 95.0
    fair_ftth: float = 80.0
    worst_case: float = 15.0


@dataclass(frozen=True)
class Network:
    """The network of teleworkers, the first year of its history, and its yearly budget in euros (None: not said).

    `about`, `join` and `ask` are what a stranger reads: what it is, how to join it, whom to ask. Empty where the file says nothing.
    """

    name: str
    first_year: int
    budget: int | None = None
    about: str = ""
    join: str = ""
    ask: str = ""


@dataclass(frozen=True)
class Territory:
    """A checked territory.

    `codes` are in the order of the file and `names` (official, with article) go with them. `bounds` are
    (west, south, east, north) in degrees, WGS84; None when no commune has a contour. A contact is called at most once in `call_days` days,
    and is silent after `silent_days` without an answer. `following`: how dossiers are followed.
    """

    id: str
    name: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    groups: tuple[Group, ...]
    departements: tuple[Area, ...]
    epcis: tuple[Area, ...]
    network: Network
    search_days: int = 8
    thresholds: Thresholds = field(default_factory=Thresholds)
    telework: TeleworkRule = field(default_factory=TeleworkRule)
    keeping: Keeping = field(default_factory=Keeping)
    bounds: tuple[float, float, float, float] | None = None
    call_days: int = 3
    silent_days: int = 8
    following: following.Following = following.DEFAULT

    @property
    def center(self) -> tuple[float, float] | None:
        """(latitude, longitude) of the middle of the bounds, in degrees."""
        if self.bounds is None:
            return None
        west, south, east, north = self.bounds
        return (south + north) / 2, (west + east) / 2

    @cached_property
    def name_of(self) -> Mapping[str, str]:
        """Name of each commune by code."""
        return dict(zip(self.codes, self.names, strict=True))

    def group_of(self, code: str) -> Group | None:
        """The group of a commune, or None."""
        return next((group for group in self.groups if code in group.codes), None)


@dataclass(frozen=True)
class TerritoryProblem:
    """One mistake of a territory file. `line` counts from 1; None when the mistake is an absence."""

    line: int | None
    value: str
    message: str

    def __str__(self) -> str:
        place = f"ligne {self.line}" if self.line else "fichier"
        shown = f", « {self.value} »" if self.value else ""
        return spaced(f"{place}{shown} : {self.message}")


class TerritoryError(ValueError):
    """A territory file is refused. `problems` holds every mistake found, in the order of the lines."""

    def __init__(self, path: Path, problems: Iterable[TerritoryProblem]) -> None:
        self.path = path
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line or 0))
        lines = "\n".join(f"- {problem}" for problem in self.problems)
        super().__init__(f"{spaced('Territoire refusé :')} {path}\n{lines}")


# --- where a value stands: tomllib gives values without lines ---

_TOKEN = re.compile(
    r"""(?P<skip>\#[^\n]*|[^\S\n]+)
      | (?P<text>\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
      | (?P<mark>[\[\]{},=\n])
      | (?P<bare>[^\s\[\]{},=\#"']+)""",
    re.VERBOSE | re.DOTALL,
)


def _lines_by_path(text: str) -> dict[tuple[str, ...], list[int]]:
    """Line of each scalar of a valid TOML text, in the order of the text, by the keys that lead to it.

    ``communes = [{ code = "61013" }]`` and ``[[communes]]`` with ``code = "61013"`` both give
    ``("communes", "code")``.
    """
    tokens: list[tuple[str, str, int]] = []
    line = 1
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "skip":
            tokens.append((str(match.lastgroup), match[0], line))
        line += match[0].count("\n")
    found: dict[tuple[str, ...], list[int]] = {}
    table: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    opened: list[tuple[str, tuple[str, ...]]] = []  # the brackets around, and the keys that lead to each
    at_line_start, in_header = True, False
    for index, (kind, token, line) in enumerate(tokens):
        following = tokens[index + 1][1] if index + 1 < len(tokens) else "\n"
        if token == "\n" and kind == "mark":
            at_line_start, in_header = not opened, False
            continue
        if at_line_start and token == "[":
            in_header, table = True, ()
        elif in_header:
            if kind != "mark":
                table += tuple(part.strip("\"'") for part in token.split("."))
        elif kind != "mark" and following == "=":
            path = (opened[-1][1] if opened else table) + (token.strip("\"'"),)
        elif kind != "mark":
            found.setdefault(path, []).append(line)
        elif token in "[{":
            opened.append((token, path))
        elif token in "]}" and opened:
            path = opened.pop()[1]
        elif token == "," and opened and opened[-1][0] == "[":
            path = opened[-1][1]
        at_line_start = False
    return found


# --- reading and checking ---


@dataclass(frozen=True)
class _Entry:
    """One commune as the file lists it."""

    code: str
    name: str | None
    line: int | None
    name_line: int | None


class _Reader:
    """Reads one file, collecting every mistake instead of stopping at the first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[TerritoryProblem] = []
        try:
            # utf-8-sig: the Notepad of Windows writes a byte order mark, which TOML refuses
            self.text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        except FileNotFoundError:
            raise self._single(
                None,
                "",
                f"ce fichier est introuvable ; indiquez dans {packs.VARIABLE} un pack livré "
                f"({', '.join(packs.shipped_ids())}) ou le dossier d'un pack.",
            ) from None
        except OSError as error:
            raise self._single(None, "", "ce fichier ne peut pas être lu (dossier, ou droits ?).") from error
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            raise self._single(
                line, "", "ce fichier n'est pas en UTF-8 ; enregistrez-le en UTF-8."
            ) from error
        try:
            self.data = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            raise self._syntax(error) from error
        self.lines = _lines_by_path(self.text)

    def _single(self, line: int | None, value: str, message: str) -> TerritoryError:
        return TerritoryError(self.path, [TerritoryProblem(line, value, message)])

    def _syntax(self, error: tomllib.TOMLDecodeError) -> TerritoryError:
        place = re.search(r"at line (\d+)", str(error))
        lines = self.text.split("\n")
        line = int(place[1]) if place else len(lines)
        content = lines[line - 1].strip()
        if re.search(r"(?:^|[=\[,\s])0\d+", content):
            message = (
                'un code s\'écrit entre guillemets (code = "01001") ; sans eux, son zéro initial se perdrait.'
            )
        else:
            message = (
                "ce n'est pas du TOML ; guillemet, virgule ou crochet manquant, ou clé répétée, "
                "ici ou juste avant ?"
            )
        return self._single(line, content, message)

    def line(self, *path: str, nth: int = 0) -> int | None:
        """Line of the nth scalar under these keys, None when there is none."""
        lines = self.lines.get(path, [])
        return lines[nth] if nth < len(lines) else None

    def line_of(self, table: str, value: object) -> int | None:
        """Line of the first scalar of a table whose line holds `value`, else of the table's first scalar."""
        lines = sorted(line for path, found in self.lines.items() if path[0] == table for line in found)
        texts = self.text.split("\n")
        return next(
            (line for line in lines if str(value) and str(value) in texts[line - 1]), next(iter(lines), None)
        )

    def refuse(self, line: int | None, value: object, message: str) -> None:
        """Notes one mistake."""
        self.problems.append(TerritoryProblem(line, str(value), message))

    # -- scalars

    def text_of(self, *path: str, required: bool = True) -> str:
        """A non-empty text at the root or in a table."""
        value = self._value(path)
        if value is None and not required:
            return ""
        if not isinstance(value, str) or not value.strip():
            self.refuse(
                self.line(*path),
                "" if value is None else value,
                f"« {'.'.join(path)} » doit être un texte non vide.",
            )
            return ""
        return value.strip()

    def number_of(
        self,
        *path: str,
        default: float | None,
        low: float,
        high: float,
        whole: bool = True,
        required: bool = True,
    ) -> Any:
        """A number between two limits, both included; `default` where there is none, None too unless `required`."""
        value = self._value(path)
        if value is None and (default is not None or not required):
            return default
        kinds = (int,) if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
            kind = "un nombre entier" if whole else "un nombre"
            self.refuse(
                self.line(*path),
                "" if value is None else value,
                f"« {'.'.join(path)} » doit être {kind} de {low:g} à {high:g}, sans guillemets.",
            )
            return default if default is not None else low
        return value

    def _value(self, path: Sequence[str]) -> Any:
        value: Any = self.data
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def unknown_keys(self, known: Mapping[str, Sequence[str]]) -> None:
        """Refuses keys that nothing reads: a threshold with a typing error must not be ignored."""

        def names(table: Mapping[str, Any]) -> list[str]:
            return list(table)

        for key, value in self.data.items():
            if key not in known:
                line = next((n[0] for path, n in self.lines.items() if path[0] == key), None)
                self.refuse(line, key, f"clé inconnue ; clés possibles : {', '.join(known)}.")
                continue
            if not known[key]:
                continue
            tables = value if isinstance(value, list) else [value]
            for inner in sorted({k for table in tables if isinstance(table, dict) for k in names(table)}):
                if inner not in known[key]:
                    self.refuse(
                        self.line(key, inner),
                        inner,
                        f"clé inconnue dans « {key} » ; clés possibles : {', '.join(known[key])}.",
                    )

    # -- codes

    def code(self, value: object, line: int | None) -> str | None:
        """A commune code as text, or None and a mistake noted."""
        if isinstance(value, int) and not isinstance(value, bool):
            written = f"{value:05d}"
            self.refuse(
                line,
                value,
                "un code est un texte, pas un nombre ; écrivez-le entre guillemets : "
                f'"{written}"{_named(written)}.',
            )
            return None
        if isinstance(value, str) and value.strip().upper() in reference.commune_names():
            if value != value.strip().upper():
                self.refuse(line, value, f'écrivez le code ainsi : "{value.strip().upper()}".')
                return None
            return value
        if not isinstance(value, str):
            self.refuse(line, value, "un code commune est un texte de cinq caractères, entre guillemets.")
            return None
        return value

    def entries(self) -> Iterator[_Entry]:
        """The listed communes whose code is text."""
        listed = self.data.get("communes")
        if not isinstance(listed, list) or not listed:
            line = next(
                (i for i, t in enumerate(self.text.split("\n"), 1) if re.match(r"\s*communes\s*=", t)), None
            )
            self.refuse(
                line, "", "un territoire a au moins une commune ; listez-les dans « communes = [ … ] »."
            )
            return
        # a bare code and the code of a table both count, in the order of the text
        code_lines = sorted(self.lines.get(("communes",), []) + self.lines.get(("communes", "code"), []))
        name_lines = list(self.lines.get(("communes", "name"), []))
        for entry in listed:
            table = entry if isinstance(entry, dict) else {"code": entry}
            has_scalar = not isinstance(table.get("code"), list | dict)
            line = code_lines.pop(0) if "code" in table and has_scalar and code_lines else None
            name_line = name_lines.pop(0) if "name" in table and name_lines else None
            name = table.get("name")
            if "code" not in table:
                self.refuse(name_line, name or "", f"commune sans « code »{self._meant_by_name(name)}.")
                continue
            if name is not None and not isinstance(name, str):
                self.refuse(name_line, name, "« name » doit être un texte.")
                name = None
            code = self.code(table["code"], line)
            if code is not None:
                yield _Entry(code, name, line, name_line)

    def check(self, entries: Sequence[_Entry]) -> list[str]:
        """The valid codes of `entries`, once each; every other is refused with what was probably meant."""
        names = reference.commune_names()
        near = _nearness([entry.code for entry in entries if entry.code in names])
        first_line: dict[str, int | None] = {}
        valid: list[str] = []
        for entry in entries:
            if entry.code in first_line:
                self.refuse(
                    entry.line,
                    entry.code,
                    f"ce code{_named(entry.code)} est listé deux fois : déjà ligne {first_line[entry.code]}.",
                )
                continue
            first_line[entry.code] = entry.line
            if entry.code not in names:
                self.refuse(entry.line, entry.code, _why_unknown(entry.code, entry.name, near))
                continue
            if entry.name is not None and reference.name_key(entry.name) == reference.name_key(
                names[entry.code]
            ):
                valid.append(entry.code)
                continue
            # Read for all of France only where something is in doubt.
            served = [c for c in reference.communes_by_postcode().get(entry.code, ()) if c != entry.code]
            if entry.name is not None:
                self.refuse(entry.line, entry.code, _why_misnamed(entry.code, entry.name, served, near))
            elif served:
                self.refuse(
                    entry.line,
                    entry.code,
                    f"est-ce un code postal ? {entry.code} est le code postal de {_some(served, near)} "
                    f"et le code INSEE de {names[entry.code]} ; ajoutez le nom pour lever le doute : "
                    f'{{ code = "{entry.code}", name = "{names[entry.code]}" }}.',
                )
            else:
                valid.append(entry.code)
        return valid

    def _meant_by_name(self, name: object) -> str:
        found = list(lookup.codes_named(name)) if isinstance(name, str) else []
        return f" ; le code de {name} est-il {_choices(found, Counter())} ?" if found else ""

    # -- groups and areas

    def groups(self, listed: Sequence[str], sound: bool) -> Iterator[Group]:
        """The groups of the file; `listed` are its codes, `sound` if all are right."""
        tables = self.data.get("groups", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            self.refuse(None, "groups", "les groupes s'écrivent en tables [[groups]].")
            return
        lines = {key: list(self.lines.get(("groups", key), [])) for key in ("id", "name", "note", "communes")}
        seen: dict[str, str] = {}
        ids: set[str] = set()
        for table in tables:
            at = {
                key: lines[key].pop(0) if lines[key] else None
                for key in ("id", "name", "note")
                if key in table
            }
            texts = {}
            for key in ("id", "name", "note"):
                value = table.get(key, "")
                if not isinstance(value, str) or (key != "note" and not value.strip()):
                    self.refuse(at.get(key), value, f"groupe : « {key} » doit être un texte non vide.")
                    value = ""
                texts[key] = value.strip()
            if texts["id"] and not _is_slug(texts["id"]):
                self.refuse(at.get("id"), texts["id"], _SLUG_MESSAGE)
            if texts["id"] in ids:
                self.refuse(at.get("id"), texts["id"], "deux groupes ont le même « id ».")
            ids.add(texts["id"])
            members = table.get("communes", [])
            if not isinstance(members, list) or not members:
                self.refuse(at.get("id"), texts["id"], "ce groupe n'a pas de commune : « communes = [ … ] ».")
                continue
            codes = []
            for member in members:
                line = lines["communes"].pop(0) if lines["communes"] else None
                code = self.code(member, line)
                if code is None:
                    continue
                if code in seen:
                    self.refuse(
                        line,
                        code,
                        f"cette commune est déjà dans le groupe « {seen[code]} »{_named(code)} ; "
                        "une commune est dans un seul groupe.",
                    )
                elif code not in listed:
                    if sound:  # else it may be the one that a mistake in the list hides
                        self.refuse(line, code, _why_not_listed(code, listed))
                else:
                    codes.append(code)
                seen.setdefault(code, texts["name"])
            yield Group(texts["id"], texts["name"], tuple(codes), texts["note"])

    def declared_areas(self, key: str, found: Sequence[Area], noun: str) -> None:
        """Checks the optional list of départements or EPCIs against those that follow from the codes."""
        declared = self.data.get(key)
        if declared is None:
            return
        if not isinstance(declared, list) or not all(
            isinstance(row, dict) and isinstance(row.get("code"), str) for row in declared
        ):
            line = self.line(key) or self.line(key, "code") or self.line(key, "name")
            self.refuse(line, "", f'« {key} » s\'écrit : {key} = [{{ code = "…", name = "…" }}].')
            return
        actual = {area.code: area.name for area in found}
        known = ", ".join(f"{name} ({code})" for code, name in actual.items())
        for index, row in enumerate(declared):
            line = self.line(key, "code", nth=index)
            if row["code"] not in actual:
                self.refuse(
                    line,
                    row["code"],
                    f"aucune commune du territoire n'est dans {noun} ; trouvé : {known}.",
                )
            elif reference.name_key(str(row.get("name", ""))) != reference.name_key(actual[row["code"]]):
                self.refuse(line, row.get("name", ""), f"{row['code']} est {actual[row['code']]}.")
        for code in actual.keys() - {row["code"] for row in declared}:
            self.refuse(
                self.line(key, "code"),
                "",
                f"« {key} » oublie {actual[code]} ({code}), où le territoire a des communes.",
            )


_SLUG_MESSAGE = "« id » s'écrit en minuscules sans accent, chiffres et traits d'union (pays-d-essay)."


def _is_slug(text: str) -> bool:
    return re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", text) is not None


def _named(code: str) -> str:
    """« (Essay) » after a code that exists."""
    name = reference.commune_names().get(code)
    return f" ({name})" if name else ""


def _nearness(codes: Sequence[str]) -> Counter[str]:
    """How often `codes` name each commune, EPCI and département: tells what a wrong code probably meant."""
    if not codes:
        return Counter()
    frame = reference.communes(codes, contours=False)
    return Counter([*codes, *frame["epci"].dropna(), *frame["departement"]])


def _sorted_by_nearness(codes: Iterable[str], near: Counter[str]) -> list[str]:
    """`codes`, the likeliest first: not yet listed, then in an EPCI, then in a département of the list."""
    unique = list(dict.fromkeys(codes))
    if not unique:
        return []
    frame = reference.communes(unique, contours=False).set_index("code")

    def rank(code: str) -> tuple[int, int, int, str]:
        epci, departement = str(frame.at[code, "epci"]), str(frame.at[code, "departement"])
        return near[code], -near[epci], -near[departement], code

    return sorted(unique, key=rank)


def _choices(codes: Iterable[str], near: Counter[str], limit: int = 3) -> str:
    """« 61026 (Barville) ou 61067 (Bures) », the likeliest first."""
    return " ou ".join(f"{code}{_named(code)}" for code in _sorted_by_nearness(codes, near)[:limit])


def _some(codes: Sequence[str], near: Counter[str], limit: int = 3) -> str:
    """« 16 communes, dont Barville (61026) »: communes of a postcode, the likeliest first."""
    names = reference.commune_names()
    shown = ", ".join(f"{names[code]} ({code})" for code in _sorted_by_nearness(codes, near)[:limit])
    return shown if len(codes) <= limit else f"{len(codes)} communes, dont {shown}"


def _one_slip_away(code: str) -> list[str]:
    """Existing codes that differ by one character, or by two neighbours exchanged."""
    swapped = {code[:i] + code[i + 1] + code[i] + code[i + 2 :] for i in range(len(code) - 1)}
    return [
        other
        for other in reference.commune_names()
        if other in swapped
        or (len(other) == len(code) and sum(a != b for a, b in zip(other, code, strict=True)) == 1)
    ]


def _why_unknown(code: str, name: str | None, near: Counter[str]) -> str:
    """What to say of a code that is that of no current commune."""
    names = reference.commune_names()
    today = reference.resolve(code)
    named = list(lookup.codes_named(name)) if name else []
    served = reference.communes_by_postcode().get(code, ())
    as_postcode = [other for other in named if other in served]
    if today is not None and not as_postcode:
        former = reference.former_communes().set_index("code").at[code, "name"]
        was = former if isinstance(former, str) else "ancienne commune"
        return (
            f"ce code n'est plus celui d'une commune ({was}) ; "
            f'il dépend aujourd\'hui de {names[today]} : "{today}"'
            + (f" ; c'est aussi le code postal de {_some(served, near)}." if served else ".")
        )
    if served:
        likely = as_postcode or served
        return f"c'est un code postal, pas un code commune ; code INSEE attendu : {_choices(likely, near)}."
    if len(code) == 4 and f"0{code}" in names:
        return f'le zéro initial manque : "0{code}" ({names[f"0{code}"]}).'
    if meant := named or _one_slip_away(code.upper()):
        return f"code commune inconnu ; vouliez-vous dire {_choices(meant, near)} ?"
    return "code commune inconnu ; un code a cinq caractères (01004, 2A004, 97411)."


def _why_misnamed(code: str, name: str, served: Sequence[str], near: Counter[str]) -> str:
    """What to say of a code whose commune bears another name than the file says."""
    message = f"{code} est le code de {reference.commune_names()[code]}, pas de « {name} »"
    named = list(lookup.codes_named(name))
    as_postcode = [other for other in named if other in served]
    if as_postcode:
        return f"{message} ; c'est son code postal, son code INSEE est {_choices(as_postcode, near)}."
    if named:
        return f"{message} ; vouliez-vous dire {_choices(named, near)} ?"
    if served:
        return f"{message} ; c'est aussi le code postal de {_some(served, near)}."
    return f"{message} ; corrigez le code ou le nom."


def _why_not_listed(code: str, listed: Sequence[str]) -> str:
    """What to say of a group's code that is not among the communes of the territory."""
    message = f"ce groupe cite une commune absente de « communes »{_named(code)}"
    today = reference.resolve(code)
    if today is not None and today != code and today in listed:
        return f"{message} ; vouliez-vous dire {today}{_named(today)} ?"
    if code not in reference.commune_names():
        likely = [c for c in _one_slip_away(code) if c in listed]
        likely += [c for c in reference.communes_by_postcode().get(code, ()) if c in listed]
        if likely:
            return f"{message} ; vouliez-vous dire {_choices(likely, Counter())} ?"
        return f"{message} ; ce code est inconnu."
    return f"{message} ; ajoutez-la à « communes » ou retirez-la du groupe."


_KNOWN_KEYS: Mapping[str, Sequence[str]] = {
    "id": (),
    "name": (),
    "code_year": (),
    "communes": ("code", "name"),
    "departements": ("code", "name"),
    "epcis": ("code", "name"),
    "groups": ("id", "name", "note", "communes"),
    "network": ("name", "first_year", "budget", "about", "join", "ask"),
    "search": ("days", "call_every_days", "silent_after_days"),
    "secrecy": ("public", "council"),
    "keeping": tuple(each.name for each in fields(Keeping)),
    "telework": ("good_ftth_percent", "fair_ftth_percent", "worst_case_percent"),
    **following.KNOWN_KEYS,
}


def load_territory(path: Path | None = None) -> Territory:
    """The territory of `path`; else that of the pack on show (`data.packs.current`). Read once a process for the same files.

    Raises TerritoryError when the file is absent, is not TOML or holds a mistake.
    """
    if path is None:
        path = packs.current().territory
    return _read(path, _digest((path, *packs.Pack(path).following.values())))


def _digest(paths: Iterable[Path]) -> str:
    """What files hold, as one text; a file that cannot be read is told when it is read."""
    found = hashlib.sha256()
    for path in paths:
        with suppress(OSError):
            found.update(hashlib.sha256(path.read_bytes()).digest())
        found.update(b"\0")
    return found.hexdigest()


@lru_cache(maxsize=8)
def _read(path: Path, digest: str) -> Territory:
    reader = _Reader(path)
    reader.unknown_keys(_KNOWN_KEYS)
    beside = _beside(reader, path)
    identifier, name = reader.text_of("id"), reader.text_of("name")
    code_year = reader.number_of("code_year", default=None, low=2000, high=2100, required=False)
    if identifier and not _is_slug(identifier):
        reader.refuse(reader.line("id"), identifier, _SLUG_MESSAGE)
    network = Network(
        reader.text_of("network", "name", required=False) or name,
        reader.number_of("network", "first_year", default=None, low=1900, high=2100),
        reader.number_of("network", "budget", default=None, low=0, high=999_999, required=False),
        *(reader.text_of("network", key, required=False) for key in ("about", "join", "ask")),
    )
    days = reader.number_of("search", "days", default=8, low=1, high=365)
    call_days = reader.number_of("search", "call_every_days", default=3, low=1, high=60)
    silent_days = reader.number_of("search", "silent_after_days", default=8, low=1, high=365)
    thresholds = Thresholds(
        public=reader.number_of("secrecy", "public", default=11, low=1, high=1000),
        council=reader.number_of("secrecy", "council", default=3, low=1, high=1000),
    )
    if thresholds.council > thresholds.public:
        reader.refuse(
            reader.line("secrecy", "council"),
            thresholds.council,
            "le seuil des élus ne peut pas dépasser celui du public.",
        )
    keeping = Keeping(
        **{
            each.name: reader.number_of(
                "keeping", each.name, default=int(str(each.default)), low=1, high=1000
            )
            for each in fields(Keeping)
        }
    )
    percent = {
        key: reader.number_of("telework", f"{key}_percent", default=default, low=0, high=100, whole=False)
        for key, default in (("good_ftth", 95.0), ("fair_ftth", 80.0), ("worst_case", 15.0))
    }
    rule = TeleworkRule(**{key: float(value) for key, value in percent.items()})
    if rule.fair_ftth > rule.good_ftth:
        reader.refuse(
            reader.line("telework", "fair_ftth_percent"),
            f"{rule.fair_ftth:g}",
            "ce seuil ne peut pas dépasser « good_ftth_percent ».",
        )

    def refuse(table: str, value: object, message: str) -> None:
        of = beside.get(table, reader)
        of.refuse(of.line_of(table, value), value, message)

    told = {**reader.data, **{table: of.data[table] for table, of in beside.items() if table in of.data}}
    followed = following.following_of(told, refuse)
    entries = list(reader.entries())
    codes = tuple(reader.check(entries))
    listed = reader.data.get("communes")
    sound = isinstance(listed, list) and len(codes) == len(listed)
    groups = tuple(reader.groups([entry.code for entry in entries], sound))
    for code in (code for grouping in followed.groupings for code in grouping.communes if code not in codes):
        reader.refuse(
            reader.line_of("school", code),
            code,
            "ce code de « groupings » n'est pas d'une commune du territoire.",
        )
    departements: tuple[Area, ...] = ()
    epcis: tuple[Area, ...] = ()
    bounds = None
    if codes:
        table = reference.communes(codes, contours=False).set_index("code").loc[list(codes)]
        departements = _areas(table, "departement")
        epcis = _areas(table, "epci")
    if codes and not reader.problems:  # with a wrong code, the rest would be wrong too
        reader.declared_areas("departements", departements, "ce département")
        reader.declared_areas("epcis", epcis, "cet EPCI")
    if reader.problems:
        if hint := _moved_on(code_year, [entry.code for entry in entries], path):
            reader.refuse(reader.line("code_year"), code_year or "", hint)
        raise TerritoryError(path, reader.problems)
    for each in beside.values():
        if each.problems:
            raise TerritoryError(each.path, each.problems)
    names = tuple(table["name"])
    bounds = reference.contour_bounds(codes)
    return Territory(
        identifier, name, codes, names, groups, departements, epcis, network, days, thresholds, rule,
        keeping, bounds, call_days, silent_days, followed,
    )  # fmt: skip


def _moved_on(code_year: int | None, codes: Collection[str], path: Path) -> str:
    """What to do where the communes listed may be those of another year than that of the reference tables; empty where they are not."""
    year = reference.year()
    gone = any(each.code in codes for each in reference.passages() if each.kind in ("merged", "recoded"))
    if (code_year < year) if code_year else gone:
        since = f"de {code_year}" if code_year else "d'une année passée"
        return (
            f"la liste est {since} et le découpage connu de {year} : « python -m data.packs migrate {path.parent} » dit ce qui a changé, "
            "et met à jour le fichier et les chiffres."
        )
    if code_year and code_year > year:
        return f"la liste est de {code_year} et le découpage connu de {year} : mettez Zevillage à jour."
    return ""


def _beside(reader: _Reader, path: Path) -> dict[str, _Reader]:
    """The files of the pack that hold a table of their own, by table; one that the territory's file holds too is refused there."""
    found = {}
    for table, file in packs.Pack(path).following.items():
        if not file.exists():
            continue
        found[table] = _Reader(file)
        found[table].unknown_keys({table: following.KNOWN_KEYS[table]})
        if table in reader.data:
            reader.refuse(
                reader.line_of(table, ""),
                table,
                f"« {table} » est aussi dans {file.name} : gardez-le là, retirez-le d'ici.",
            )
    return found


def _areas(table: pd.DataFrame, column: str) -> tuple[Area, ...]:
    """The départements or EPCIs of `table` (indexed by code), the one with most communes first."""
    found = table[table[column].notna()].groupby([column, f"{column}_name"])
    areas = [Area(str(code), str(name), tuple(part.index)) for (code, name), part in found]
    return tuple(sorted(areas, key=lambda area: (-len(area.codes), area.code)))


@lru_cache(maxsize=4)
def levels(territory: Territory) -> Mapping[str, tuple[Level, ...]]:
    """What each commune of `territory` is compared with, from the nearest to the widest: its EPCI, département, region, France, then the
    communes of France like it (`data.reference.peers`), where it has one. A region of one département is not said twice.
    """
    table = reference.communes(territory.codes, contours=False).set_index("code")
    classes = peer_classes(tuple(sorted(territory.codes)))
    here = {column: Counter(table[column].dropna()) for column in _LEVELS}
    found: dict[str, tuple[Level, ...]] = {}
    for row in table.loc[list(territory.codes)].itertuples():
        areas = []
        for column in _LEVELS:
            area = getattr(row, column)
            if isinstance(area, str) and area:
                size = reference.area_sizes(column)[area]
                if column == "region" and size == reference.area_sizes("departement").get(row.departement):
                    continue  # overseas the region is the département
                whole = size == here[column][area] == len(territory.codes)
                areas.append(Level(column, area, str(getattr(row, f"{column}_name")), whole))
        areas.append(Level(FRANCE, FRANCE, "France"))
        if row.Index in classes:
            areas.append(Level("peers", classes[row.Index], peers_name(classes[row.Index])))
        found[str(row.Index)] = tuple(areas)
    return MappingProxyType(found)


_LEVELS: tuple[Literal["epci", "departement", "region"], ...] = ("epci", "departement", "region")


# --- geometry ---


def local_crs(territory: Territory) -> pyproj.CRS:
    """A coordinate system in metres for areas and distances: Lambert 93, or the UTM zone overseas.

    Raises ValueError for an overseas territory without any contour.
    """
    import pyproj

    if not any(area.code.startswith(("97", "98")) for area in territory.departements):
        return pyproj.CRS.from_user_input(LAMBERT_93)
    contours = reference.communes(territory.codes).geometry.dropna()
    if contours.empty:
        raise ValueError(f"no contour to choose a coordinate system for {territory.id}")
    return contours.estimate_utm_crs()


@lru_cache(maxsize=4)
def geometry(territory: Territory) -> gpd.GeoDataFrame:
    """The communes of `territory` in its order: code, name, group (id or None), contour (active), point. Made once: not to be changed.

    `point` is where a label or a circle goes: the centroid, or a point inside where the centroid falls
    outside. Contour and point are None for a commune without contour. Both are WGS84, degrees.
    """
    import geopandas as gpd

    frame = reference.communes(territory.codes).set_index("code").loc[list(territory.codes)].reset_index()
    groups = [group.id if (group := territory.group_of(code)) else None for code in frame["code"]]
    contours = frame.geometry
    if contours.notna().any():
        flat = contours.to_crs(local_crs(territory))
        centroids = flat.centroid
        points = centroids.where(flat.contains(centroids) | flat.isna(), flat.representative_point()).to_crs(
            4326
        )
    else:
        points = gpd.GeoSeries([None] * len(frame), crs=4326)
    return gpd.GeoDataFrame(
        {"code": frame["code"], "name": frame["name"], "group": groups, "contour": contours, "point": points},
        geometry="contour",
        crs=4326,
    )


def borders(territory: Territory) -> dict[str, tuple[str, ...]]:
    """The communes of `territory` that share a border with each of them, the longest border first: code → codes.

    A border is a line: communes that meet in a point are no neighbours. Lengths are those of the generalised contours, whose common
    borders are the same line on both sides. A commune without contour has none.
    """
    import numpy as np
    import shapely
    from shapely import STRtree

    frame = geometry(territory)
    known = frame[frame["contour"].notna()]
    found: dict[str, dict[str, float]] = {code: {} for code in frame["code"]}
    if not known.empty:
        lines = known.set_geometry("contour").to_crs(local_crs(territory))
        codes, edges = list(lines["code"]), lines.geometry.boundary.to_numpy()
        # Only those whose boxes meet are looked at: of 771 communes, some thousands of the 300,000 pairs.
        pairs = STRtree(edges).query(edges)
        pairs = pairs[:, pairs[0] < pairs[1]]
        pairs = pairs[:, np.lexsort((pairs[1], pairs[0]))]
        lengths = shapely.length(shapely.intersection(edges[pairs[0]], edges[pairs[1]]))
        for one, other, length in zip(*pairs.tolist(), lengths.tolist(), strict=True):
            if length > 0:
                found[codes[one]][codes[other]] = found[codes[other]][codes[one]] = length
    return {code: tuple(sorted(near, key=lambda c: -near[c])) for code, near in found.items()}


TOWN = 2_000
"""From how many inhabitants (population municipale) a commune around is a town that people steer by: INSEE's threshold of urban units."""


def surroundings(territory: Territory, margin: float = 0.35) -> gpd.GeoDataFrame:
    """The communes around `territory` that a map of it shows: code, name, town (see `TOWN`), contour (WGS84), largest population first.

    `margin` is a share of the territory's width and height, on each side. No row for a territory without contour.
    """
    if territory.bounds is None:
        return geometry(territory).iloc[:0].assign(town=False)
    west, south, east, north = territory.bounds
    wide, high = margin * (east - west), margin * (north - south)
    near = reference.communes_within((west - wide, south - high, east + wide, north + high))
    near = near[~near["code"].isin(territory.codes)].sort_values("population", ascending=False, kind="stable")
    near = near.assign(town=near["population"].fillna(0) >= TOWN)
    return near[["code", "name", "town", "contour"]].reset_index(drop=True)


def departement_outline(territory: Territory) -> gpd.GeoDataFrame:
    """The départements of `territory`, one row each: code, name, contour (their communes united, WGS84). Made for a small picture."""
    import geopandas as gpd
    from shapely import MultiPolygon, Polygon

    rows = []
    for area in territory.departements:
        codes = reference.communes(contours=False).query("departement == @area.code")["code"]
        shapes = reference.communes(list(codes)).geometry.dropna()
        if not shapes.empty:
            # A commune without contour would be a hole: the outline is what is wanted.
            parts = getattr(shapes.union_all(), "geoms", [shapes.union_all()])
            rows.append((area.code, area.name, MultiPolygon([Polygon(part.exterior) for part in parts])))
    columns = {"code": [row[0] for row in rows], "name": [row[1] for row in rows]}
    return gpd.GeoDataFrame({**columns, "contour": [row[2] for row in rows]}, geometry="contour", crs=4326)


def group_outlines(territory: Territory) -> gpd.GeoDataFrame:
    """One row a group: id, name, contour (its communes united, WGS84). No row for one without any contour."""
    import geopandas as gpd

    contours = reference.communes(territory.codes).set_index("code").geometry
    rows = []
    for group in territory.groups:
        present = contours.loc[list(group.codes)].dropna()
        if not present.empty:
            rows.append((group.id, group.name, present.union_all()))
    columns = {"id": [row[0] for row in rows], "name": [row[1] for row in rows]}
    return gpd.GeoDataFrame({**columns, "contour": [row[2] for row in rows]}, geometry="contour", crs=4326)
