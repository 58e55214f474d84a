"""What is particular to a pack, looked for on the screens of another; and a file of all France to fill one from."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from data import packs, reference
from data.community import complements, telecentres
from data.figures import load_milestones
from data.territory import load_territory


def words_of(folder: Path) -> set[str]:
    """What is particular to a pack: codes and names of communes, groups, telecentres, what its milestones tell and who published them."""
    pack = packs.named(str(folder))
    here = load_territory(pack.territory)
    milestones, open_ = load_milestones(pack.milestones), telecentres(pack.telecentres)
    return {
        *here.codes,
        *here.names,
        *(group.name for group in here.groups),
        *(area.name for area in (*here.departements, *here.epcis)),
        *milestones["fact"],
        *milestones["producer"],
        *milestones["url"],
        *open_["name"],
        *(pair.reason for pair in complements(pack.trades)),
        here.network.about,
        here.network.join,
        here.network.ask,
    } - {""}


def says(text: str, word: str) -> bool:
    """Whether `word` stands in `text` by itself, not as a part of a longer name."""
    # A pattern that begins by what comes before is tried at every letter of a page, a plain word is found at once.
    return word in text and re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None


# -- a census of all France


def dwellings(code: str) -> tuple[int, int, int]:
    """Main, second and vacant dwellings of a commune, drawn from its code."""
    number = int(code, 16) % 997
    return 60 + number, 10 + number % 31, 5 + number % 17


@lru_cache(maxsize=1)
def every_dwelling() -> dict[str, tuple[int, int, int]]:
    """The same of every commune of France."""
    return {code: dwellings(code) for code in reference.commune_names()}


def national_census(path: Path) -> Path:
    """A file shaped as INSEE publishes its base « Logement » of 2021, in whole dwellings."""
    rows = [f"{code};{sum(parts)};{';'.join(map(str, parts))}" for code, parts in every_dwelling().items()]
    head = "CODGEO;P21_LOG;P21_RP;P21_RSECOCC;P21_LOGVAC"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path
