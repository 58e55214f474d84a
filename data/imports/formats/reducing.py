"""What the reducers of national files have in common: see `data.imports.streaming` for who calls them."""

from __future__ import annotations

from collections import Counter

from data.catalogue import Catalogue
from data.imports.formats.territory_rows import todays_codes
from data.imports.formats.wide import meanings
from data.imports.model import Choices, Recognition
from data.territory import Territory


class TerritoryReducer:
    """What is known before the first block: the file's column of each meaning, today's code of each code of the territory."""

    def __init__(
        self, recognition: Recognition, choices: Choices, catalogue: Catalogue, territory: Territory
    ) -> None:
        self._recognition = recognition
        self._choices = choices
        self._catalogue = catalogue
        self._territory = territory
        self._of = {meaning: column for column, meaning in meanings(recognition, choices).items()}
        self._codes = todays_codes(territory.codes)
        self._aside: Counter[str] = Counter()
