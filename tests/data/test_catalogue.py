"""The catalogue refuses what it does not understand, and names it."""

from pathlib import Path

import pytest

from data.catalogue import CatalogueError, load_catalogue

GOOD = {
    "name": "Écoles",
    "unit": "écoles",
    "theme": "Services",
    "kind": "count",
    "vintages": [{"period": "2025", "label": "2025", "source": "insee_rp_2022"}],
}


def test_an_analysts_entry_joins_the_built_in_ones() -> None:
    catalogue = load_catalogue(indicators={"schools": GOOD})
    assert catalogue["schools"].name == "Écoles" and catalogue["schools"].short == "Écoles"
    assert [i.id for i in catalogue.themes()["Services"]] == ["schools"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "sum"}, "kind = « sum »"),
        (
            {"palette": "lacks"},
            "palette = « lacks » est inconnu. Choisissez parmi sequential, lack, diverging",
        ),
        ({"direction": "up"}, "direction = « up »"),
        ({"secrecy": "yes"}, "secrecy = « yes »"),
        ({"colour": "red"}, "« colour » est inconnu"),
        ({"vintages": []}, "aucun millésime"),
        ({"vintages": [{"period": "2025", "label": "2025", "source": "nobody"}]}, "« nobody »"),
        (
            {
                "vintages": [
                    {"period": "2026", "label": "", "source": "insee_rp_2022"},
                    {"period": "2025", "label": "", "source": "insee_rp_2022"},
                ]
            },
            "désordre",
        ),
        ({"kind": "ratio"}, "un taux veut"),
        ({"kind": "ratio", "numerator": ["nothing"], "denominator": ["dwellings"]}, "« nothing »"),
        ({"kind": "ratio", "numerator": ["median_income"], "denominator": ["dwellings"]}, "qui s'additionne"),
        ({"kind": "published"}, "« no_total » manque"),
        ({"kind": "change", "numerator": ["dwellings"]}, "base_period"),
        ({"sentence": "{value} écoles, {nobody}"}, "ne peut pas être dite"),
        ({"sentence": "{value.__class__}"}, "ne peut pas être dite"),
        ({"sentence": "{value"}, "ne peut pas être dite"),
    ],
)
def test_a_bad_entry_is_refused_by_name(change: dict, words: str) -> None:
    with pytest.raises(CatalogueError, match="schools") as refusal:
        load_catalogue(indicators={"schools": {**GOOD, **change}})
    assert words in str(refusal.value)


@pytest.mark.parametrize("forgotten", ["name", "unit", "theme", "kind"])
def test_an_entry_without_a_needed_field_is_told_which(forgotten: str) -> None:
    entry = {name: value for name, value in GOOD.items() if name != forgotten}
    with pytest.raises(CatalogueError, match=f"« schools » : le champ « {forgotten} » manque"):
        load_catalogue(indicators={"schools": entry})


def test_a_vintage_without_its_source_is_told() -> None:
    with pytest.raises(CatalogueError, match="« schools, vintages » : le champ « source » manque"):
        load_catalogue(indicators={"schools": {**GOOD, "vintages": [{"period": "2025", "label": "2025"}]}})


def test_a_source_needs_its_producer() -> None:
    with pytest.raises(CatalogueError, match="producer"):
        load_catalogue(sources={"mine": {"title": "x", "edition": "2025", "licence": "x"}})


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text("[broken", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"sources\.toml"):
        load_catalogue(tmp_path)


def test_every_indicator_can_be_read_aloud() -> None:
    for indicator in load_catalogue().indicators.values():
        assert indicator.sentence and indicator.unit and indicator.theme, indicator.id
