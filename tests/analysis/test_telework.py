"""The telework verdict follows the territory's rule, edge by edge, and says by which figures."""

import pandas as pd
import pytest

from analysis.answers import FigureSet, answer
from analysis.model import Status
from analysis.telework import (
    TECHNOLOGIES,
    Level,
    Verdict,
    best_technologies,
    closure_sentence,
    evolution_sentence,
    rule_text,
    verdict_sentence,
    verdicts,
)
from data.catalogue import load_catalogue
from data.territory import TeleworkRule, load_territory
from tests.shipped import shipped_figures

RULE = TeleworkRule(95, 80, 15)
PERIOD = "2026-06-30"
CATALOGUE = load_catalogue()
TERRITORY = load_territory()
SHIPPED = FigureSet(shipped_figures(), TERRITORY.name_of)


def figures(*communes: tuple[str, float | None, float, float, float, float]) -> FigureSet:
    """(name, premises, fibre, copper, 4G, other) of each commune; premises None are not stored."""
    rows = []
    for i, (_, *values) in enumerate(communes):
        for id_, value in zip(["premises", *TECHNOLOGIES], values, strict=True):
            if value is not None:
                rows.append((id_, f"0100{i}", PERIOD, value, "observed"))
    frame = pd.DataFrame(rows, columns=["indicator", "commune", "period", "value", "status"])
    return FigureSet(frame, {f"0100{i}": row[0] for i, row in enumerate(communes)})


def one(premises: float | None, *counts: float) -> Verdict:
    return verdicts(best_technologies(figures(("Essai", premises, *counts)), PERIOD), RULE)[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("counts", "level", "lowered"),
    [
        ((95, 5, 0, 0), Level.GOOD, False),
        ((94, 6, 0, 0), Level.FAIR, False),
        ((80, 20, 0, 0), Level.FAIR, False),
        ((79, 21, 0, 0), Level.FRAGILE, False),
        ((85, 0, 15, 0), Level.FAIR, False),  # exactly the limit does not lower
        ((84, 0, 16, 0), Level.FRAGILE, True),
        ((84, 0, 8, 8), Level.FRAGILE, True),  # radio and satellite count with 4G
        ((84, 16, 0, 0), Level.FAIR, False),  # copper does not
        ((70, 0, 30, 0), Level.FRAGILE, False),  # already the lowest
    ],
)
def test_the_rule_edge_by_edge(counts: tuple[float, ...], level: Level, lowered: bool) -> None:
    verdict = one(100, *counts)
    assert (verdict.level, verdict.lowered) == (level, lowered)


def test_a_good_share_of_fibre_can_be_lowered_one_step_only() -> None:
    strict = TeleworkRule(95, 80, 1)
    found = verdicts(best_technologies(figures(("Essai", 100, 96, 0, 4, 0)), PERIOD), strict)[0]
    assert found.level is Level.FAIR and "un cran plus bas" in found.reason


def test_a_share_just_under_a_limit_does_not_read_like_it() -> None:
    verdict = one(10000, 9496, 504, 0, 0)
    assert verdict.level is Level.FAIR
    assert "(94,96\u202f%)" in verdict.reason
    assert "95,0\u202f%" not in verdict.reason


def test_laleu_as_published() -> None:
    found = {v.name: v for v in verdicts(best_technologies(SHIPPED, PERIOD), TERRITORY.telework)}
    laleu = found["Laleu"]
    assert laleu.level is Level.FRAGILE and not laleu.lowered
    assert laleu.worst_case == "64 locaux sur 354 n'ont que la 4G fixe\u202f; 10 restent au cuivre".replace(
        "64 locaux", "64\u00a0locaux"
    )
    assert laleu.worst_share == pytest.approx(18.079, abs=0.001)
    guyon = found["Le Ménil-Guyon"]  # 81.7 % of fibre, but 18.3 % with 4G only
    assert guyon.level is Level.FRAGILE and guyon.lowered
    levels = [v.level for v in found.values()]
    assert [levels.count(level) for level in reversed(Level)] == [4, 13, 3]


def test_the_published_technologies_add_up_and_come_by_share_of_fibre() -> None:
    frame = best_technologies(SHIPPED, PERIOD)
    assert frame["adds_up"].all() and len(frame) == 20
    assert frame[["premises", *TECHNOLOGIES]].sum().tolist() == [4791, 4317, 69, 405, 0]
    assert list(frame["name"].iloc[[0, -1]]) == ["Vidai", "Bursard"]


def test_parts_that_do_not_make_the_whole_are_told() -> None:
    frame = best_technologies(figures(("A", 100, 90, 0, 5, 0), ("B", 100, 90, 5, 5, 0)), PERIOD)
    assert dict(zip(frame["name"], frame["adds_up"], strict=True)) == {"A": False, "B": True}


def test_a_missing_or_secret_figure_gives_no_verdict() -> None:
    missing = one(None, 90, 0, 10, 0)
    assert missing.level is None and missing.status is Status.NOT_IMPORTED
    assert "pas encore importé" in missing.reason
    nobody = pd.DataFrame(
        [(id_, "01000", PERIOD, None, "missing") for id_ in ["premises", *TECHNOLOGIES]],
        columns=["indicator", "commune", "period", "value", "status"],
    )
    unpublished = verdicts(best_technologies(FigureSet(nobody, {"01000": "A"}), PERIOD), RULE)[0]
    assert unpublished.status is Status.MISSING and "non publié" in unpublished.reason
    known = figures(("A", 100, 90, 0, 10, 0))
    secret = pd.DataFrame(
        [(id_, "01000", PERIOD, None, "suppressed") for id_ in ["premises", *TECHNOLOGIES]],
        columns=["indicator", "commune", "period", "value", "status"],
    )
    hidden = verdicts(best_technologies(FigureSet(secret, known.names), PERIOD), RULE)[0]
    assert hidden.level is None and hidden.status is Status.SUPPRESSED and "secret" in hidden.reason
    assert one(0, 0, 0, 0, 0).level is None


def test_sentence_counts_every_commune_and_names_the_worst_case() -> None:
    text = verdict_sentence(verdicts(best_technologies(SHIPPED, PERIOD), TERRITORY.telework))
    assert text == (
        "Le débit pour télétravailler est bon dans 4\u00a0communes sur 20, correct dans 13 et fragile dans 3 (Bursard, Laleu et "
        "Le Ménil-Guyon)\u202f; le pire cas est à Bursard, où 36\u00a0locaux sur 132 n'ont que la 4G fixe."
    )
    none = verdicts(best_technologies(FigureSet(pd.DataFrame(columns=list(SHIPPED_COLUMNS)), {"01001": "A"}), PERIOD), RULE)  # fmt: skip
    assert verdict_sentence(none).startswith("Aucun verdict")


SHIPPED_COLUMNS = ("indicator", "commune", "period", "value", "status")


def test_worst_case_speaks_french() -> None:
    assert one(55, 54, 0, 1, 0).worst_case == "1\u00a0local sur 55 n'a que la 4G fixe"
    assert (
        one(55, 55, 0, 0, 0).worst_case == "aucun local n'est réduit à la 4G fixe, à la radio ou au satellite"
    )
    assert "et 2 une autre technologie" in one(55, 50, 0, 3, 2).worst_case
    assert one(55, 54, 1, 0, 0).worst_case.endswith("1 reste au cuivre")


def test_the_rule_is_told_as_a_choice() -> None:
    text = rule_text(TeleworkRule(97.5, 80, 15))
    assert "97,5\u202f%" in text and "80\u202f%" in text and "pas une norme officielle" in text


def test_two_editions_are_told_apart_without_a_difference() -> None:
    before, after = (
        answer(CATALOGUE["share_30m"], SHIPPED, CATALOGUE.indicators, p) for p in ("2019-09-30", PERIOD)
    )
    assert before.total.value is None
    text = evolution_sentence(before, after)
    assert "va de 0,0\u202f% (dans 6 communes) à 81,5\u202f% (à Essay)" in text
    assert "100,0\u202f% partout (4\u202f791 locaux sur 4\u202f791)" in text
    empty = answer(CATALOGUE["share_30m"], figures(("A", None, 1, 1, 1, 1)), CATALOGUE.indicators, PERIOD)
    assert "l'autre édition n'est pas dans la base" in evolution_sentence(before, empty)


def test_copper_closure_tells_no_date_dates_and_nothing_published() -> None:
    names = {"01001": "A", "01002": "B", "01003": "C"}
    assert closure_sentence({"01001": None, "01002": None, "01003": None}, names) == (
        "Aucune des 3\u00a0communes n'a encore de date de fermeture du cuivre."
    )
    text = closure_sentence({"01001": "2028-01-31", "01002": None}, names)
    assert "datée dans 1\u00a0commune sur 3" in text and "31/01/2028 (A)" in text
    assert text.endswith("non publié dans 1\u00a0commune.")
    assert closure_sentence({"99999": None}, names).endswith("non publié.")
    assert closure_sentence({}, names).endswith("pas encore importé.")
