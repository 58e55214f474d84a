"""Making a pack: which communes, checked against the reference tables, then written as a folder.

A pack is made of an EPCI of today or of a former year, of a département or of a list of communes. Its groups are EPCIs, of today or of a
former year. What is wrong is refused at once, with what was probably meant;
what its maker should know beforehand (communes without contour, homonyms, codes that are somebody's postcode, communes that changed)
is told by `audit`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from analysis.french import join, quantity, quoted, spaced
from data import reference
from data.packs import TERRITORY, shipped_ids
from data.reference import lookup
from data.store import files
from data.territory import Territory, TerritoryError, load_territory

SHOWN = 5
"""How many names a remark lists before it counts the rest."""


class PackError(ValueError):
    """A pack cannot be made or read; the message says why and what to do, in French."""


@dataclass(frozen=True)
class Proposal:
    """A territory that may become a pack. `communes`: code and official name; `groups`: id, name and codes."""

    id: str
    name: str
    communes: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, str, tuple[str, ...]], ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The INSEE codes of the communes."""
        return tuple(code for code, _ in self.communes)

    def renamed(self, name: str) -> Proposal:
        """The same under another name."""
        return replace(self, id=slug(name), name=name)


def of_epci(siren: str, year: int | None = None) -> Proposal:
    """The communes of an EPCI by its SIREN (nine digits): those it has, those it last had if it is gone, or those it had in `year`.

    Raises PackError for an unknown one, or an unknown year.
    """
    frame = reference.communes(contours=False)
    siren = siren.strip()
    if year is not None:
        return _of_epci_in(siren, year)
    chosen = frame[frame["epci"] == siren]
    if chosen.empty and (gone := [each for each in reference.former_epcis() if each.siren == siren]):
        return of_codes(gone[-1].codes, gone[-1].name)
    if chosen.empty:
        known = frame.dropna(subset=["epci"]).drop_duplicates("epci")
        key = reference.name_key(siren)
        named = known[[key in reference.name_key(name) for name in known["epci_name"]]] if key else known[:0]
        told = [f"{row.epci} ({row.epci_name})" for row in named.itertuples()]
        told += [
            f"{each.siren} ({dated(each)})"
            for each in reference.former_epcis()
            if key and key in reference.name_key(each.name) and each.siren not in set(named["epci"])
        ]
        if told and not siren.isdecimal():
            meant = join(told[:SHOWN])
            raise PackError(
                spaced(f"« {siren} » n'est pas un SIREN : neuf chiffres. Vouliez-vous dire {meant} ?")
            )
        raise PackError(
            spaced(
                f"Aucun EPCI à fiscalité propre n'a le SIREN « {siren} » dans le découpage de {reference.year()}, ni dans ceux "
                f"d'avant ({_years()}). Un SIREN a neuf chiffres ; vous pouvez aussi en taper le nom, pour qu'il soit proposé."
            )
        )
    return _proposal(str(chosen["epci_name"].iloc[0]), chosen)


def _of_epci_in(siren: str, year: int) -> Proposal:
    """The communes of an EPCI as it was in a year that is known."""
    known = reference.former_epci_years()
    if year not in (*known, reference.year()):
        raise PackError(
            spaced(
                f"Les EPCI de {year} ne sont pas connus. Années connues : {_years()} et {reference.year()} ; pour une autre, donnez "
                "la liste des communes (--communes)."
            )
        )
    then = [each for each in reference.former_epcis() if each.siren == siren and each.stood(year)]
    if then:
        return of_codes(then[0].codes, then[0].name)
    now = reference.table(["code", "epci", "epci_name"]).to_pandas()
    now = now[now["epci"] == siren]
    if now.empty or siren in _changed_since(year):
        raise PackError(spaced(f"Aucun EPCI à fiscalité propre n'avait le SIREN « {siren} » en {year}."))
    return of_codes(list(now["code"]), str(now["epci_name"].iloc[0]))


def _years() -> str:
    return join([str(year) for year in reference.former_epci_years()])


def of_departement(code: str) -> Proposal:
    """The communes of a département by its code (61, 2A, 974), grouped by EPCI. Raises PackError for an unknown one."""
    frame = reference.communes(contours=False)
    chosen = frame[frame["departement"] == code.strip().upper()]
    if chosen.empty:
        raise PackError(
            spaced(f"Aucun département n'a le code « {code} » : écrivez 61, 01, 2A, 974 ou 987, par exemple.")
        )
    return _proposal(str(chosen["departement_name"].iloc[0]), chosen)


def of_communes(lines: Iterable[str], name: str) -> Proposal:
    """The communes of a list (see `listed`). `name` is that of the territory.

    Raises PackError with every line that is wrong: an unknown code, a postcode, a former commune, a name that several communes bear, a
    commune given twice.
    """
    found = listed(lines)
    wrong = dict(found.wrong)
    for each in found.questions:
        names = join([_with_departement(code) for code in each.codes[:SHOWN]])
        why = f"plusieurs communes portent ce nom : {names} ; écrivez le code."
        wrong[each.line] = f"ligne {each.line}, « {each.text} » : {why}"
    if wrong:
        told = "\n".join(f"- {wrong[line]}" for line in sorted(wrong))
        raise PackError(spaced(f"Ces communes sont refusées :\n{told}"))
    return of_codes(found.codes, name)


def of_codes(codes: Sequence[str], name: str) -> Proposal:
    """The territory `name` of these communes of today, in this order."""
    return _proposal(name, _frame(codes))


def _frame(codes: Sequence[str]) -> pd.DataFrame:
    return reference.communes(codes, contours=False).set_index("code").loc[list(codes)].reset_index()


@dataclass(frozen=True)
class Question:
    """A name that several communes bear: which one is meant? `codes` are theirs, in the list's own départements if there are some."""

    line: int
    text: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Listed:
    """What a list of communes says: the codes that are sure, what is wrong by line in French, and what must be asked."""

    codes: tuple[str, ...]
    wrong: Mapping[int, str]
    questions: tuple[Question, ...]


def listed(lines: Iterable[str], chosen: Mapping[int, str] = MappingProxyType({})) -> Listed:
    """Read a list of communes, one a line: a code, a code and a name, or a name alone; or codes alone, several on a line.

    An empty line, one that begins with ``#`` and a first line without any commune (a heading) are passed over. `chosen`: the code that
    somebody answered, by line.
    """
    found: dict[str, int] = {}
    wrong: dict[int, str] = {}
    questions: list[Question] = []
    read = [(number, line.strip().lstrip("\ufeff")) for number, line in enumerate(lines, start=1)]
    cells = [
        (number, row) for number, line in read if line and not line.startswith("#") for row in _rows(line)
    ]
    departements = Counter(
        lookup.departement_of(cell) for _, row in cells for cell in row if cell in reference.commune_names()
    )
    near = {each for each, _ in departements.most_common(3)}
    for place, (number, row) in enumerate(cells):
        text = " ".join(filter(None, row))
        code, why, several = _commune(row, near)
        if code is None and several and chosen.get(number) in several:
            code = chosen[number]
        if code is None:
            if place == 0 and len(cells) > 1 and not several and not any(_like_a_code(cell) for cell in row):
                continue  # a heading
            if several:
                questions.append(Question(number, text, several))
            else:
                wrong[number] = spaced(f"ligne {number}, « {text} » : {why}")
        elif code in found:
            told = f"{reference.commune_names()[code]} ({code}) est déjà ligne {found[code]}."
            wrong[number] = spaced(f"ligne {number}, « {text} » : {told}")
        else:
            found[code] = number
    if not found and not wrong and not questions:
        wrong[0] = "aucune commune : écrivez une commune par ligne, son code INSEE ou son nom."
    return Listed(tuple(found), wrong, tuple(questions))


_CODES = re.compile(r"(?:[0-9][0-9ABab][0-9]{3}(?:[ ]*,[ ]*|[ ]+)?){2,}")


def _rows(line: str) -> list[list[str]]:
    """The cells of a line; codes alone, one after the other, are a line each."""
    if _CODES.fullmatch(line):
        return [[code] for code in re.split(r"[ ,]+", line) if code]
    cells = [cell.strip().strip('"') for cell in re.split(r"[;,\t]", line)]
    if len(cells) == 1 and (beside := _BESIDE.fullmatch(cells[0])):
        return [[beside["first"] or beside["last"], beside["name"] or beside["named"]]]
    return [cells]


_BESIDE = re.compile(
    r"(?P<first>[0-9][0-9ABab]?[0-9]{2,3})\s+(?P<name>\D.*)|(?P<named>.*\D)\s+\(?(?P<last>[0-9][0-9ABab][0-9]{3})\)?"
)
"""A code and a name, or a name and a code, with nothing but a blank between them: « 61258 Le Mêle-sur-Sarthe », « Essay (61156) »."""


def _with_departement(code: str) -> str:
    """« 93066 (Saint-Denis, 93) »: a commune among its homonyms."""
    return f"{code} ({reference.commune_names()[code]}, {lookup.departement_of(code)})"


def _like_a_code(text: str) -> bool:
    return re.fullmatch(r"\d[\dAB]?\d{2,3}", text.upper()) is not None


def _commune(row: Sequence[str], departements: set[str]) -> tuple[str | None, str, tuple[str, ...]]:
    """The code of the commune that one line names; None and why not, with the codes of those that bear the name where several do."""
    code, why = _one_commune(row, departements)
    if code is None and not why:
        name = next(cell for cell in row if cell)
        return None, "", lookup.nearest(lookup.codes_named(name), departements)
    return code, why, ()


def _one_commune(row: Sequence[str], departements: set[str]) -> tuple[str | None, str]:
    """The code, or why there is none; neither where several communes bear the name."""
    names = reference.commune_names()
    code = next((cell.upper() for cell in row if _like_a_code(cell)), "")
    name = next((cell for cell in row if cell and not _like_a_code(cell)), "")
    bearing = lookup.codes_named(name) if name else ()
    if not code:
        near = lookup.nearest(bearing, departements)
        if len(near) == 1:
            return near[0], ""
        if near:
            return None, ""
        former = [
            lookup_code
            for each in lookup.former_codes_named(name)
            if (lookup_code := reference.resolve(each))
        ]
        if former:
            return (
                None,
                f"ancienne commune, aujourd'hui dans {names[former[0]]} ({former[0]}) ; écrivez celle-ci.",
            )
        return None, "aucune commune de ce nom ; écrivez son code INSEE (cinq caractères)."
    served = [each for each in reference.communes_by_postcode().get(code, ()) if each != code]
    if code in names:
        if not name:
            if served and departements and lookup.departement_of(code) not in departements:
                return None, _postcode(code, served)
            return code, ""
        if code in bearing:
            return code, ""
        meant = [each for each in bearing if each in served]
        if meant:
            return None, f"{code} est le code postal de {names[meant[0]]}, dont le code INSEE est {meant[0]}."
        return None, f"{code} est le code de {names[code]}, pas de {quoted(name)} ; corrigez l'un ou l'autre."
    if (today := reference.resolve(code)) is not None:
        also = f" {_postcode(code, served)}" if served else ""
        return (
            None,
            f"ce code n'est plus celui d'une commune : elle est aujourd'hui dans {names[today]} ({today}).{also}",
        )
    if served:
        return None, _postcode(code, served)
    if len(code) == 4 and f"0{code}" in names:
        return None, f"le zéro initial manque : 0{code} ({names[f'0{code}']})."
    return None, "aucune commune n'a ce code INSEE."


def _postcode(code: str, served: Sequence[str]) -> str:
    names = reference.commune_names()
    shown = join([f"{names[each]} ({each})" for each in served[:SHOWN]])
    more = f", et {len(served) - SHOWN} autres" if len(served) > SHOWN else ""
    return f"{code} est un code postal ; code INSEE attendu : {shown}{more}."


def _proposal(name: str, frame: pd.DataFrame) -> Proposal:
    areas = frame.dropna(subset=["epci"]).groupby(["epci_name", "epci"], sort=False)["code"].apply(tuple)
    groups: list[tuple[str, str, tuple[str, ...]]] = []
    if len(areas) > 1 or (len(areas) == 1 and len(areas.iloc[0]) < len(frame)):
        for (epci_name, epci), codes in areas.items():
            groups.append((f"epci-{epci}", str(epci_name), codes))
    communes = tuple(zip(frame["code"], frame["name"], strict=True))
    return Proposal(slug(name), name, communes, tuple(groups))


# ------------------------------------------------------------------------------------------------------------------ groupings


@dataclass(frozen=True)
class Grouping:
    """One way to part a territory into groups: the EPCIs of `year`, or those of today (None)."""

    year: int | None
    groups: tuple[tuple[str, str, tuple[str, ...]], ...]

    @property
    def former(self) -> tuple[str, ...]:
        """The names of those of its groups that are of a former year, with it."""
        return tuple(name for id_, name, _ in self.groups if id_.endswith(f"-{self.year}"))


def dated(epci: reference.FormerEpci, year: int | None = None) -> str:
    """« CC Petite Montagne (2019) »: a former EPCI with `year`, or the last year in which it was so."""
    return f"{epci.name} ({year or epci.year})"


_ALONE = 2
"""Communes from which a former EPCI is a group, where it does not lie in the territory as a whole."""


def groupings(proposal: Proposal) -> tuple[Grouping, ...]:
    """How the territory may be parted: into today's EPCIs where there are several, and into those of each former year that differ.

    A group of a former year is an EPCI that lay in the territory, wholly or with at least two communes; the newest year of each way comes
    first. Groups never share a commune, so EPCIs of several years are several ways, not one.
    """
    today = _proposal(proposal.name, _frame(proposal.codes)).groups
    found = [Grouping(None, today)] if today else []
    whole = {frozenset(codes) for _, _, codes in today} or {frozenset(proposal.codes)}
    known = [whole]
    here = set(proposal.codes)
    touching = [each for each in reference.former_epcis() if here & set(each.codes)]
    for year in sorted({each.year for each in touching}, reverse=True):
        groups = _in_year(proposal, year, [each for each in touching if each.stood(year)])
        parted = {frozenset(codes) for _, _, codes in groups}
        if parted not in known and any(id_.endswith(f"-{year}") for id_, _, _ in groups):
            known.append(parted)
            found.append(Grouping(year, groups))
    return tuple(found)


def _in_year(
    proposal: Proposal, year: int, stood: Sequence[reference.FormerEpci]
) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """The EPCIs of `year` in the territory: those of before, and those of today that had the communes they have."""
    order = {code: place for place, code in enumerate(proposal.codes)}
    groups = []
    for each in stood:
        codes = sorted(order.keys() & set(each.codes), key=order.__getitem__)
        if len(codes) >= _ALONE or len(codes) == len(each.codes):
            groups.append((f"epci-{each.siren}-{year}", dated(each, year), tuple(codes)))
    for siren, own in _frame(proposal.codes).dropna(subset=["epci"]).groupby("epci", sort=False):
        if siren not in _changed_since(year):
            groups.append((f"epci-{siren}", str(own["epci_name"].iloc[0]), tuple(own["code"])))
    return tuple(sorted(groups, key=lambda group: order[group[2][0]]))


@lru_cache(maxsize=16)
def _changed_since(year: int) -> frozenset[str]:
    """The SIRENs of today's EPCIs that did not have in `year` the communes they have: one of these was in a former EPCI."""
    codes = {code for each in reference.former_epcis() if each.stood(year) for code in each.codes}
    return frozenset(filter(None, reference.table(["code", "epci"], codes)["epci"].to_pylist()))


def grouped(proposal: Proposal, asked: str) -> Proposal:
    """The same with the groups that `asked` names: « epci » (today's), « aucun », or a former year. Raises PackError for anything else."""
    if asked == "aucun":
        return replace(proposal, groups=())
    ways = groupings(proposal)
    for each in ways:
        if asked == ("epci" if each.year is None else str(each.year)):
            return replace(proposal, groups=each.groups)
    possible = ["aucun", *("epci" if each.year is None else str(each.year) for each in ways)]
    raise PackError(spaced(f"Pas de groupes « {asked} » sur ces communes ; possible : {join(possible)}."))


def former_told(codes: Sequence[str]) -> str:
    """The EPCIs of former years that may be groups of these communes, in French; empty where all is as it was."""
    names = [name for each in groupings(of_codes(codes, "")) for name in each.former]
    if not names:
        return ""
    return spaced(f"EPCI d'autrefois sur ces communes, qui peuvent en être les groupes : {_listed(names)}.")


@dataclass(frozen=True)
class Candidate:
    """Something that a typed name or code may mean: `id` is what `proposed` takes, `label` the words of a list."""

    id: str
    label: str


def candidates(typed: str, most: int = 20) -> tuple[Candidate, ...]:
    """What `typed` may mean: EPCIs of today and of former years, départements and communes by name or code, the shortest names first; none
    for an empty text.

    A former commune, by its name or code, means the commune of today that it is part of.
    """
    key, code = reference.name_key(typed), typed.strip().upper()
    if not key:
        return ()
    frame = reference.communes(contours=False)
    found: list[tuple[str, Candidate]] = []

    def begins_a_word(name_key: str) -> bool:
        return len(key) > 1 and f" {key}" in f" {name_key}"

    def meant(name: str, own: str) -> bool:
        return own == code or begins_a_word(reference.name_key(name))

    def named(index: Mapping[str, tuple[str, ...]]) -> set[str]:
        return {own for name_key, codes in index.items() if begins_a_word(name_key) for own in codes}

    for kind, column, words in (("epci", "epci", "EPCI"), ("departement", "departement", "département")):
        rows = frame.dropna(subset=[column]).groupby([column, f"{column}_name"]).size()
        for (own, name), count in rows.items():
            if meant(str(name), str(own)):
                label = f"{name} ({words} {own}, {quantity(count, 'communes')})"
                found.append((str(name), Candidate(f"{kind}:{own}", spaced(label))))
    for each in reference.former_epcis():
        if meant(each.name, each.siren):
            label = f"{each.name} (EPCI de {each.year}, {quantity(len(each.codes), 'communes')})"
            found.append((each.name, Candidate(f"former:{each.siren}:{each.year}", spaced(label))))
    names = reference.commune_names()
    for own in named(lookup.current_by_key()) | ({code} & names.keys()):
        found.append((names[own], Candidate(f"commune:{own}", f"{names[own]} (commune {own})")))
    for row in frame[frame["code"] == code].itertuples():
        if isinstance(row.epci, str):
            around = int((frame["epci"] == row.epci).sum())
            label = f"{row.epci_name} (EPCI {row.epci}, {quantity(around, 'communes')})"
            found.append((row.epci_name, Candidate(f"epci:{row.epci}", spaced(label))))
    former = lookup.former_names()
    meant_once = {own: former[own] for own in named(lookup.former_by_key()) | ({code} & former.keys())}
    for passage in reference.passages():
        if passage.kind == "merged" and passage.code not in former and meant(passage.name, passage.code):
            meant_once[passage.code] = passage.name
    for own, name in meant_once.items():
        today = reference.resolve(own)
        if today is not None and reference.name_key(name) != reference.name_key(names[today]):
            label = f"{names[today]} (commune {today}), où est {name}, ancienne commune {own}"
            found.append((name, Candidate(f"commune:{today}", spaced(label))))
    ordered = sorted(found, key=lambda each: (len(each[0]), each[0], each[1].id))
    return tuple(dict.fromkeys(candidate for _, candidate in ordered))[:most]


def proposed(id_: str) -> Proposal:
    """The territory of a candidate. Raises PackError for an id that is none."""
    kind, _, code = id_.partition(":")
    if kind == "epci":
        return of_epci(code)
    if kind == "former":
        siren, _, year = code.partition(":")
        return of_epci(siren, int(year))
    if kind == "departement":
        return of_departement(code)
    return of_communes([code], reference.commune_names().get(code, code))


def slug(name: str) -> str:
    """« Vallée de la Haute Sarthe » → « vallee-de-la-haute-sarthe »: what may name a folder and stand in an address."""
    return reference.name_key(name).replace(" ", "-") or "territoire"


# ------------------------------------------------------------------------------------------------------------------- audit


def audit(codes: Sequence[str]) -> tuple[str, ...]:
    """What the maker of a pack should know of its communes, in French: one remark a matter, none where all is well."""
    frame = reference.communes(codes).set_index("code")
    names = frame["name"].to_dict()
    remarks = []
    bare = [names[code] for code in codes if frame.at[code, "contour"] is None]
    if bare:
        remarks.append(f"sans contour, montrées en tableau : {_listed(bare)}.")
    everywhere = lookup.current_by_key()
    departements = set(frame["departement"])
    homonyms = [
        f"{names[code]} ({', '.join(others)})"
        for code in codes
        if (
            others := [
                each
                for each in everywhere[reference.name_key(names[code])]
                if each != code and lookup.departement_of(each) in departements
            ]
        )
    ]
    if homonyms:
        remarks.append(
            f"même nom qu'une autre commune proche, à importer par leur code : {_listed(homonyms)}."
        )
    postal = [
        f"{code} ({names[code]})"
        for code in codes
        if any(each != code for each in reference.communes_by_postcode().get(code, ()))
    ]
    if postal:
        remarks.append(f"code INSEE qui est aussi le code postal d'autres communes : {_listed(postal)}.")
    former = reference.former_communes()
    former = former[former["current_code"].isin(list(codes)) & (former["code"] != former["current_code"])]
    changed = [
        f"{names[code]} ({quantity(len(rows), 'anciens codes')})"
        for code, rows in former.groupby("current_code")
    ]
    if changed:
        remarks.append(
            f"communes nouvelles ou qui ont changé de code, suivies par les imports : {_listed(changed)}."
        )
    moved = [
        f"{names[code]} ({each.year})"
        for each in reference.passages()
        if each.kind in ("split", "recoded")
        for code in dict.fromkeys((each.code, each.code_after))
        if code in names
    ]
    if moved:
        remarks.append(
            f"scindées ou recodées depuis peu, un fichier d'avant ne dit pas la même commune : {_listed(list(dict.fromkeys(moved)))}."
        )
    without = [names[code] for code in codes if not frame.at[code, "postcodes"]]
    if without:
        remarks.append(f"sans code postal : {_listed(without)}.")
    missing = sorted(set(codes) - set(reference.town_halls(codes)["code"]))
    if missing:
        remarks.append(f"mairie sans coordonnées publiées : {_listed([names[code] for code in missing])}.")
    return tuple(spaced(each[0].upper() + each[1:]) for each in remarks)


def _listed(names: Sequence[str]) -> str:
    shown = list(names[:SHOWN])
    if len(names) > SHOWN:
        shown.append(f"{len(names) - SHOWN} autres")
    return join(shown)


# ----------------------------------------------------------------------------------------------------------------- writing


def territory_text(proposal: Proposal, first_year: int) -> str:
    """The `territory.toml` of a new pack. `first_year`: where the network's calendar begins."""
    communes = "\n".join(
        f"  {{ code = {_toml(code)}, name = {_toml(name)} }}," for code, name in proposal.communes
    )
    groups = "".join(
        f"\n[[groups]]\nid = {_toml(id_)}\nname = {_toml(name)}\ncommunes = [\n"
        + "".join(
            f"  {', '.join(_toml(code) for code in codes[at : at + 8])},\n" for at in range(0, len(codes), 8)
        )
        + "]\n"
        for id_, name, codes in proposal.groups
    )
    return f"""# The territory of this pack: the folder that holds everything particular to it. ZEVILLAGE_TERRITORY names the folder.
# What every key means: docs/guide-territoire.md. A mistake is refused at start, with its line and what was probably meant.

id = {_toml(proposal.id)} # lower case letters, digits and hyphens: it names files and addresses
name = {_toml(proposal.name)}
code_year = {reference.year()} # of the official geographic code that the list follows: `python -m data.packs migrate` brings it on

communes = [
{communes}
]
{groups}
[network]
name = {_toml(proposal.name)}
first_year = {first_year} # the calendar of members and dossiers begins here
# What a stranger reads first on the page Réseau: what it is, how to join, whom to ask.
# about = ""
# join = ""
# ask = ""
"""


_OLD_POPULATION = "976"
"""Mayotte: the reference tables have its population of 2017, which is another edition."""


def populations_text(codes: Sequence[str]) -> str:
    """The population municipale of each commune as the reference tables have it, as a file of `figures/`; empty where none is known."""
    frame = reference.communes(codes, contours=False).set_index("code").loc[list(codes)]
    known = frame[frame["population"].notna() & (frame["departement"] != _OLD_POPULATION)]
    rows = [
        f"{row.Index};{row.name_};{row.population}"
        for row in known.rename(columns={"name": "name_"}).itertuples()
    ]
    return "\n".join(["code_insee;nom;population_municipale", *rows]) + "\n" if rows else ""


def _toml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write(proposal: Proposal, folder: Path, first_year: int) -> Territory:
    """Write a new pack in `folder`, which may exist if it holds no pack; the territory as the application will read it.

    Raises PackError when `folder` holds one already or cannot be written, and when the id is that of a pack of the project.
    """
    target = folder.joinpath(TERRITORY)
    if target.exists():
        raise PackError(
            spaced(
                f"{folder} contient déjà un pack : indiquez un autre dossier avec --to, ou supprimez celui-ci."
            )
        )
    if proposal.id in shipped_ids():
        raise PackError(
            spaced(f"« {proposal.id} » est déjà un pack livré : donnez un autre nom avec --name.")
        )
    try:
        files.make_folder(folder, ours=False)
        figures = files.make_folder(folder.joinpath("figures"), ours=False)
        if text := populations_text(proposal.codes):
            files.put(figures.joinpath(f"populations_{reference.year()}.csv"), text.encode("utf-8"))
        files.put(target, territory_text(proposal, first_year).encode("utf-8"))
    except OSError as error:
        raise PackError(
            spaced(
                f"Le dossier {folder} ne peut pas être écrit ({error.strerror}) : indiquez-en un autre avec --to."
            )
        ) from error
    try:
        return load_territory(target)
    except TerritoryError as error:
        files.remove(target)
        raise PackError(str(error)) from error
