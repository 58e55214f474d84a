"""The search forgives spellings, ranks what was meant first, and finds nobody who did not consent for anybody but coordinators."""

import pandas as pd
import pytest

from analysis.model import Audience
from analysis.search import (
    Entry,
    Index,
    Kind,
    commune_entries,
    contact_entries,
    count,
    listing_entries,
    make_index,
    member_entries,
    one_letter_apart,
    search,
    words,
)
from data.reference import name_key
from data.territory import load_territory

TERRITORY = load_territory()
GROUPS = {group.name: group.codes for group in TERRITORY.groups}
COMMUNES = make_index(commune_entries(TERRITORY.name_of, GROUPS, "commune"))


def labels(index: Index, typed: str) -> list[str]:
    return [entry.label for entry in search(index, typed)]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ST AUBIN D APPENAI", "Saint-Aubin-d'Appenai"),
        ("Ste Scolasse/Sarthe", "Sainte-Scolasse-sur-Sarthe"),
        ("Mêle-sur-Sarthe (Le)", "Le Mêle-sur-Sarthe"),
        ("le mele", "Le Mêle-sur-Sarthe"),
        ("LE MELE SUR SARTHE", "Le Mêle-sur-Sarthe"),
        ("menil brout", "Le Ménil-Broût"),
        ("Ménil-Guyon (Le)", "Le Ménil-Guyon"),
        ("ventes de bourse", "Les Ventes-de-Bourse"),
        ("laleu", "Laleu"),
        ("St Léger s/Sarthe", "Saint-Léger-sur-Sarthe"),
        ("61215", "Laleu"),
        ("coulonge", "Coulonges-sur-Sarthe"),
        ("apenai", "Saint-Aubin-d'Appenai"),  # a letter left out
        ("montchervel", "Montchevrel"),  # two letters swapped
        ("boitronn", "Boitron"),  # a letter added
        ("vidaj", "Vidai"),  # a letter changed
    ],
)
def test_a_commune_is_found_first_under_every_spelling(typed: str, name: str) -> None:
    assert labels(COMMUNES, typed)[0] == name


def test_every_commune_is_first_under_its_own_name_and_its_key() -> None:
    for name in TERRITORY.names:
        assert labels(COMMUNES, name)[0] == name
        assert labels(COMMUNES, name_key(name))[0] == name
        assert labels(COMMUNES, name.upper())[0] == name


def test_bures_is_not_bursard_and_a_typo_is_forgiven_only_when_nothing_else_matches() -> None:
    assert labels(COMMUNES, "bures") == ["Bures"]
    assert labels(COMMUNES, "bur") == ["Bures", "Bursard"]
    assert labels(COMMUNES, "zzzzz") == []


def test_names_that_begin_so_come_before_names_that_hold_the_word() -> None:
    index = make_index([Entry(Kind.COMMUNE, name) for name in ("Saint-Essay", "Essayons", "Essay", "Bois")])
    assert labels(index, "essay") == ["Essay", "Essayons", "Saint-Essay"]


def test_equal_matches_come_in_the_order_of_their_kinds() -> None:
    index = make_index([Entry(kind, "Essay") for kind in reversed(Kind)])
    assert [entry.kind for entry in search(index, "essay")] == list(Kind)


def test_a_single_letter_or_nothing_finds_nothing() -> None:
    assert search(COMMUNES, "") == search(COMMUNES, "v") == search(COMMUNES, " ’ ") == ()


def test_results_are_limited_and_counted() -> None:
    assert len(search(COMMUNES, "sarthe", limit=2)) == 2
    assert count(COMMUNES, "sarthe") == 5


def test_one_kind_does_not_hide_the_others() -> None:
    crowd = [Entry(Kind.MEMBER, f"Membre {n}", "Essay") for n in range(1, 41)]
    index = make_index([*crowd, Entry(Kind.LISTING, "Maison", "Essay"), Entry(Kind.COMMUNE, "Essay")])
    found = labels(index, "essay")
    assert found == ["Essay", *[f"Membre {n}" for n in range(1, 7)], "Maison"]


def test_hostile_text_is_only_text() -> None:
    for typed in (
        "{{1/0}}",
        "<img src=x onerror=alert(1)>",
        "' OR 1=1 --",
        "\x00" * 50,
        "(" * 500,
        "a" * 5000,
    ):
        assert search(COMMUNES, typed) == ()


def test_words_follow_the_register_of_names() -> None:
    assert words("Ste Scolasse/Sarthe") == ("sainte", "scolasse", "sarthe")
    assert words("L’Aigle") == words("L'AIGLE") == ("aigle",)
    assert words("La") == ("la",)  # little words alone still can be searched


@pytest.mark.parametrize(
    ("a", "b", "near"),
    [("abc", "abc", True), ("abc", "abd", True), ("abc", "ab", True), ("abc", "acb", True), ("abc", "cab", False),
     ("abc", "xyz", False), ("abcd", "ab", False), ("", "a", True), ("ab", "ba", True), ("abcd", "abdx", False)],
)  # fmt: skip
def test_one_letter_apart(a: str, b: str, near: bool) -> None:
    assert one_letter_apart(a, b) is near and one_letter_apart(b, a) is near


# ------------------------------------------------------------------------------------------------- people

HERE = pd.DataFrame(
    [
        ("m1", "Membre 1", "Camille Public", "", True, "61013", "graphisme", ["identité visuelle"], False),
        ("m2", "Membre 2", "", "", False, "61026", "photographie", ["retouche"], False),
    ],
    columns=["member", "code", "shown", "website", "public", "commune", "trade", "skills", "trains"],
)
REGISTER = {"m1": "Camille Public", "m2": "Dominique Secret", "m3": "Ancien Secret"}
CONTACTS = pd.DataFrame(
    [
        ("c1", "p1", "mairie", "Accueil Dupont", "61013"),
        ("c2", "p2", "notary", "Étude Durand", "61026"),
        ("c3", "p3", "agency", "Agence Martin", "61026"),
    ],
    columns=["contact", "person", "kind", "label", "commune"],
)
KINDS = {"mairie": "mairie", "notary": "notaire", "agency": "agence immobilière"}


def people(audience: Audience) -> Index:
    members = member_entries(HERE, TERRITORY.name_of, audience, "reseau", "registre", REGISTER)
    contacts = contact_entries(
        CONTACTS, {"p3": "Agence du Bourg"}, TERRITORY.name_of, KINDS, audience, "reseau"
    )
    return make_index([*members, *contacts])


@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.ELU])
def test_below_coordinators_nobody_without_consent_is_found_nor_kept(audience: Audience) -> None:
    index = people(audience)
    assert [e.label for e in search(index, "graphisme")] == ["Camille Public"]
    for typed in (
        "membre 2",
        "dominique",
        "secret",
        "photographie",
        "retouche",
        "dupont",
        "durand",
        "martin",
    ):
        assert search(index, typed) == (), typed
    # Not only unfound: it is not in the index at all.
    assert not any(word in repr(index.entries) for word in ("Secret", "Membre 2", "Dupont", "Durand"))


def test_the_public_finds_town_halls_as_institutions_and_actors_who_agreed() -> None:
    index = people(Audience.PUBLIC)
    assert labels(index, "mairie aunay") == ["Mairie d'Aunay-les-Bois"]
    assert labels(index, "agence") == ["Agence du Bourg"]


def test_coordinators_find_everybody_also_those_who_left() -> None:
    index = people(Audience.ANIMATEUR)
    assert labels(index, "secret") == ["Dominique Secret", "Ancien Secret"]  # those who are here first
    assert search(index, "dominique")[0].page == "registre"
    assert search(index, "ancien")[0].detail == "ancien membre"
    assert labels(index, "dupont") == ["Accueil Dupont"]
    found = search(index, "camille")[0]
    assert (found.page, found.query) == ("reseau", (("metier", "graphisme"), ("section", "annuaire")))


def test_listings_lead_to_the_map_that_shows_them() -> None:
    listings = [("61215", "Maison, 4 pièces", "à louer"), ("99999", "Ailleurs", "")]
    index = make_index(listing_entries(listings, TERRITORY.name_of, "carte"))
    found = search(index, "laleu maison")
    assert [e.label for e in found] == ["Maison, 4 pièces"] and found[0].detail == "Laleu"
    assert dict(found[0].query) == {"annonces": "1", "commune": "61215"}
    assert search(index, "location")[0].kind is Kind.LISTING
    assert search(index, "maison à louer") and not search(index, "maison à vendre")


def test_a_commune_among_the_words_opens_the_indicator_there() -> None:
    index = make_index([
        *commune_entries(TERRITORY.name_of, GROUPS, "commune"),
        Entry(Kind.INDICATOR, "Part de la fibre", "Haut débit", "carte", (("indicateur", "ftth_share"),), "internet"),
        Entry(Kind.PAGE, "Haut débit", "", "haut-debit", (), "internet"),
    ])  # fmt: skip
    for typed in ("internet sainte scolasse", "ste scolasse internet"):
        found = search(index, typed)
        assert [e.label for e in found] == ["Sainte-Scolasse-sur-Sarthe", "Haut débit", "Part de la fibre"]
        assert found[2].query == (("indicateur", "ftth_share"), ("commune", "61454"))
        assert count(index, typed) == 3
    assert search(index, "internet paris") == () and search(index, "sainte zzz") == ()


def test_a_plural_finds_the_singular() -> None:
    index = make_index([Entry(Kind.INDICATOR, "Prix médian du logement")])
    assert search(index, "logements") and not search(index, "vides")
