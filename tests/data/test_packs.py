"""Packs: made of an EPCI, a département or a list, refused with what was meant, told what they hold and lack."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from pathlib import Path

import pytest

from data import packs
from data.opening import open_house, read_all
from data.packs import fill as filling
from data.packs import migrate
from data.packs.__main__ import main
from data.packs.figures import read_figures
from data.packs.fill import fill
from data.packs.make import (
    PackError,
    audit,
    candidates,
    former_told,
    grouped,
    groupings,
    listed,
    of_codes,
    of_communes,
    of_departement,
    of_epci,
    populations_text,
    proposed,
    write,
)
from data.reference import commune_names
from data.store import current_observations
from data.territory import load_territory
from tests.data.imports import published

TODAY = dt.date(2026, 11, 28)
BAZADAIS = "200043982"


def test_an_epci_becomes_a_pack_that_opens(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "bazadais"
    assert main(["new", "--epci", BAZADAIS, "--to", str(folder), "--today", "2026-05-12"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "CC du Bazadais\u202f: 31\u00a0communes." and printed[-1] == str(folder)
    assert any("code postal" in line and "33113 (Cauvignac)" in line for line in printed)
    territory = load_territory(packs.named(str(folder)).territory)
    assert (territory.id, len(territory.codes), territory.network.first_year) == ("cc-du-bazadais", 31, 2026)
    shipped = read_figures(packs.named(str(folder)), territory).frame
    assert set(shipped["indicator"]) == {"population"} and len(shipped) == 31
    assert territory.groups == () and [each.code for each in territory.epcis] == [BAZADAIS]
    # A second time would lose what was filled in since.
    assert main(["new", "--epci", BAZADAIS, "--to", str(folder)]) == 1
    assert "contient déjà un pack" in capsys.readouterr().err


def test_a_departement_is_grouped_by_epci(tmp_path: Path) -> None:
    proposal = of_departement("61")
    assert len(proposal.communes) == 381 and len(proposal.groups) == 16
    territory = write(proposal, tmp_path / "orne", 2026)
    assert sum(len(group.codes) for group in territory.groups) == 381
    assert len(of_departement("2a").communes) == 124


def test_the_population_of_a_new_pack_is_the_published_one() -> None:
    published_one = (packs.SHIPPED.figures / "populations_2026.csv").read_text(encoding="utf-8").splitlines()
    cells = [line.split(";") for line in published_one[1:]]
    assert populations_text([row[0] for row in cells]).splitlines()[1:] == [
        f"{r[0]};{r[1]};{r[-1]}" for r in cells
    ]
    assert populations_text(["97611"]) == ""  # Mayotte: the population of 2017


def test_overseas_without_contour_is_a_pack_too(tmp_path: Path) -> None:
    polynesia = of_departement("987")
    territory = write(polynesia, tmp_path / "pf", 2026)
    assert territory.bounds is None and len(territory.codes) == 48
    assert any("sans contour" in remark.lower() and "Anaa" in remark for remark in audit(territory.codes))


@pytest.mark.parametrize("siren", ["61170", "123456789", ""])
def test_an_unknown_siren_is_refused(siren: str) -> None:
    with pytest.raises(PackError, match="Un SIREN a neuf chiffres"):
        of_epci(siren)


# -- EPCIs of former years

TERRE_D_EMERAUDE = "200090579"
"""Made in 2020 of four, but for three communes of the Pays des Lacs."""
PETITE_MONTAGNE = "200012060"
PARTS = {
    "CC Petite Montagne (2019)": 23, "CC Jura Sud (2019)": 17, "CC du Pays des Lacs (2019)": 27, "CC de la Région d'Orgelet (2019)": 25,
}  # fmt: skip


def test_the_epcis_that_became_one_are_proposed_as_its_groups(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proposal = of_epci(TERRE_D_EMERAUDE)
    (way,) = groupings(proposal)
    assert way.year == 2019 and {name: len(codes) for _, name, codes in way.groups} == PARTS
    parts = [code for _, _, codes in way.groups for code in codes]
    assert sorted(parts) == sorted(proposal.codes) and way.former == tuple(name for _, name, _ in way.groups)
    # Known before it is asked for, by the command too; then written, and never moved by what EPCIs become later.
    folder = tmp_path / "emeraude"
    assert main(["new", "--epci", TERRE_D_EMERAUDE, "--to", str(tmp_path / "sans")]) == 0
    said = capsys.readouterr().out.replace("\u202f", " ")
    assert "EPCI d'autrefois sur ces communes" in said and "CC Petite Montagne (2019)" in said
    assert load_territory(tmp_path / "sans" / "territory.toml").groups == ()
    assert main(["new", "--epci", TERRE_D_EMERAUDE, "--groups", "2019", "--to", str(folder)]) == 0
    assert "en 4\u00a0groupes." in capsys.readouterr().out
    territory = load_territory(folder / "territory.toml")
    assert {group.name: len(group.codes) for group in territory.groups} == PARTS
    assert territory.groups[0].id.startswith("epci-") and territory.groups[0].id.endswith("-2019")
    assert migrate.plan(packs.named(str(folder))) is None
    assert main(["check", str(folder)]) == 0
    assert "CC Petite Montagne (2019)" in capsys.readouterr().out


def test_an_epci_that_is_gone_is_a_territory_by_its_siren_or_its_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    gone = of_epci(PETITE_MONTAGNE)
    assert (gone.id, len(gone.communes)) == ("cc-petite-montagne", 23)
    assert set(gone.codes) < set(of_epci(TERRE_D_EMERAUDE).codes)
    (found,) = [each for each in candidates("petite montagne") if each.id.startswith("former:")]
    assert found.label == "CC Petite Montagne (EPCI de 2019, 23\u00a0communes)" and proposed(found.id) == gone
    assert [each.id for each in candidates(PETITE_MONTAGNE)] == [found.id]
    with pytest.raises(PackError, match=rf"{PETITE_MONTAGNE} \(CC Petite Montagne \(2019\)\)"):
        of_epci("Petite Montagne")


def test_an_epci_is_what_it_was_in_the_year_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """Pays d'Uzès gained a commune in 2020 and another one in 2022, and a third in 2024; the Bazadais is as it was."""
    uzes = {year: len(of_epci("200034379", year).communes) for year in (2019, 2020, 2021, 2022, 2023, 2026)}
    assert uzes == {
        2019: 32,
        2020: 33,
        2021: 33,
        2022: 34,
        2023: 34,
        2026: len(of_epci("200034379").communes),
    }
    assert of_epci(BAZADAIS, 2019) == of_epci(BAZADAIS) and groupings(of_epci(BAZADAIS)) == ()
    assert former_told(of_epci(BAZADAIS).codes) == ""
    with pytest.raises(PackError, match="n'avait le SIREN"):
        of_epci(TERRE_D_EMERAUDE, 2019)
    with pytest.raises(PackError, match=r"2019, 2020, .* 2025 et 2026"):
        of_epci(BAZADAIS, 2012)
    assert main(["new", "--epci", BAZADAIS, "--year", "2012"]) == 1
    assert "Les EPCI de 2012 ne sont pas connus" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["new", "--departement", "61", "--year", "2019"])


def test_groups_of_a_year_never_share_a_commune_and_what_did_not_change_is_todays() -> None:
    orne = groupings(of_departement("61"))
    assert [way.year for way in orne] == [None] and len(
        orne[0].groups
    ) == 16  # nothing changed there since 2019
    jura = {way.year: way for way in groupings(of_departement("39"))}
    assert None in jura and 2019 in jura
    for way in jura.values():
        codes = [code for _, _, own in way.groups for code in own]
        assert len(codes) == len(set(codes))
    names = [name for _, name, _ in jura[2019].groups]
    assert set(PARTS) <= set(names) and "Terre d'Emeraude Communauté" not in names
    assert "CA du Grand Dole" in names  # of today, undated: it had the communes it has
    # One commune of an EPCI is no group, two are.
    lacs = of_epci("243900719").codes
    sud = of_epci("243900412").codes
    assert groupings(of_codes((*lacs[:1], *sud[:1]), "Deux")) == ()
    (way,) = groupings(of_codes((*lacs[:2], *sud[:1]), "Trois"))
    assert [(name, codes) for _, name, codes in way.groups] == [("CC du Pays des Lacs (2019)", lacs[:2])]


def test_groups_that_cannot_be_had_are_refused_with_those_that_can() -> None:
    proposal = of_epci(TERRE_D_EMERAUDE)
    assert grouped(proposal, "aucun").groups == () and len(grouped(proposal, "2019").groups) == 4
    with pytest.raises(PackError, match="possible\u202f: aucun et 2019"):
        grouped(proposal, "2012")
    assert len(grouped(of_departement("61"), "epci").groups) == 16


def test_a_name_in_place_of_a_siren_is_answered_with_the_siren() -> None:
    with pytest.raises(PackError, match=r"200043982 \(CC du Bazadais\)"):
        of_epci("Bazadais")
    with pytest.raises(PackError, match="Aucun département"):
        of_departement("Orne")


def test_a_list_takes_codes_and_names_under_a_heading() -> None:
    proposal = of_communes(
        ["code;commune", "61258;Le Mêle-sur-Sarthe", "", "# voisine", "61156", "Laleu", '"61026";BARVILLE'],
        "Essai",
    )
    assert proposal.codes == ("61258", "61156", "61215", "61026") and proposal.id == "essai"
    assert [len(codes) for _, _, codes in proposal.groups] == [3, 1]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["61258", "61156", "61258"], r"ligne 3, « 61258 » : Le Mêle-sur-Sarthe \(61258\) est déjà ligne 1"),
        (["61258", "Le Mêle-sur-Sarthe"], "est déjà ligne 1"),
        (["61170;Barville"], "61170 est le code postal de Barville, dont le code INSEE est 61026"),
        (["61250"], r"61250 est un code postal .* code INSEE attendu"),
        (["61156;Laleu"], "61156 est le code de Essay, pas de « Laleu »"),
        (["1001"], r"le zéro initial manque : 01001 \(L'Abergement-Clémenciat\)"),
        (["99999"], "aucune commune n'a ce code"),
        (["61258", "Nulle-Part"], "aucune commune de ce nom"),
        (["Saint-Denis"], "plusieurs communes portent ce nom"),
        ([], "une commune par ligne"),
    ],
)
def test_a_wrong_line_is_refused_with_what_was_meant(lines: list[str], said: str) -> None:
    with pytest.raises(PackError) as refused:
        of_communes(lines, "Essai")
    assert re.search(said, str(refused.value).replace("\u202f", " ").replace("\u00a0", " "))


def test_every_wrong_line_is_told_at_once() -> None:
    with pytest.raises(PackError) as refused:
        of_communes(["61258", "99999", "61258", "61999"], "Essai")
    assert [f"ligne {n}" in str(refused.value) for n in (1, 2, 3, 4)] == [True] * 4


def test_homonyms_are_asked_about_and_an_answer_is_taken() -> None:
    found = listed(["Saint-Denis", "Bazas", "99999"])
    (question,) = found.questions
    assert question.line == 1 and {"93066", "97411"} <= set(question.codes)
    assert found.codes == ("33036",) and list(found.wrong) == [3]
    assert listed(["Saint-Denis", "Bazas"], {1: "93066"}).codes == ("93066", "33036")
    # Only one that bears the name is an answer. In the company of others of one département, its own commune is meant.
    assert listed(["Saint-Denis", "Bazas"], {1: "75056"}).questions
    assert listed(["30189", "Saint-Denis"]).codes == ("30189", "30247")


def test_codes_alone_may_follow_one_another_on_a_line() -> None:
    assert listed(["61258, 61156 61215", "61026"]).codes == ("61258", "61156", "61215", "61026")
    assert list(listed(["61258 61156", "61258"]).wrong) == [2]
    assert listed(["61258 Le Mêle-sur-Sarthe", "Essay (61156)", "Laleu 61215"]).codes == (
        "61258",
        "61156",
        "61215",
    )
    assert list(listed(["61170 Barville"]).wrong) == [1]
    assert listed(["61258;61170;Le Mêle-sur-Sarthe"]).codes == (
        "61258",
    )  # with its postcode, as many files have it
    assert not listed([]).codes and 0 in listed([]).wrong


def test_a_former_commune_proposes_the_one_of_today() -> None:
    found = candidates("02311")
    assert [each.id for each in found] == ["commune:02589"]
    assert "Pargny-et-Filain (commune 02589), où est Filain, ancienne commune 02311" in found[
        0
    ].label.replace("\u202f", " ")
    assert any(each.id == "commune:02589" for each in candidates("Filain"))


def test_a_pack_says_what_it_holds_and_what_is_older_than_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "zevillage"
    shutil.copytree(packs.SHIPPED.folder, folder)
    for name in ("arcep_2026-06-30.csv", "dvf_maisons_2021_2025.csv"):
        (folder / "figures" / name).unlink()
    comparateur = folder / "figures" / "insee_comparateur_rp2022.csv"
    comparateur.unlink()
    assert main(["check", str(folder)]) == 0
    said = capsys.readouterr().out.replace("\u202f", " ").replace("\u00a0", " ")
    assert "LOVAC, logements vacants du parc privé : chargé : LOVAC 2025" in said
    assert (
        "DGFiP, Demandes de valeurs foncières (DVF), maisons : pas encore importé ; dernière édition connue : 2021-2025 — "
        "https://files.data.gouv.fr/geo-dvf/" in said
    )
    assert main(["check", str(tmp_path / "absent")]) == 1
    assert "introuvable" in capsys.readouterr().err


def test_the_packs_of_the_project_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    assert capsys.readouterr().out.split() == ["zevillage"]


# -- filled from files as their producers publish them


@pytest.fixture
def empty_zevillage(tmp_path: Path) -> packs.Pack:
    """The pack that comes with the project, without its figures."""
    folder = tmp_path / "sans-chiffres"
    folder.mkdir()
    shutil.copy(packs.SHIPPED.territory, folder)
    return packs.named(str(folder))


def test_published_files_fill_a_pack_with_the_figures_they_hold(
    empty_zevillage: packs.Pack, tmp_path: Path
) -> None:
    house = open_house(TODAY, tmp_path / "home", empty_zevillage)
    wanted = [
        published.lovac(),
        published.comparateur(),
        published.emploi(),
        published.dvf_geo(),
        published.arcep_best(),
    ]
    paths = []
    for each in wanted:
        paths.append(tmp_path / each.name)
        paths[-1].write_bytes(each.content)
    before = read_all(house, [("2025-12-31", "31/12/2025")])[0]
    assert before.indicators["house_price"].periods[-1] == "2025"
    done = list(fill(house, paths, TODAY))
    assert [each.number is not None for each in done] == [True] * len(wanted), [each.why for each in done]
    with house.store.read() as session:
        cells = current_observations(session).set_index(["indicator", "period", "commune"])["value"]
    for each in wanted:
        for key, value in each.shows.items():
            assert cells[key] == pytest.approx(value), key
    # Once more changes nothing, and says so.
    again = next(iter(fill(house, paths[:1], TODAY)))
    assert again.number is None and "déjà" in again.why
    house.store.close()


def test_a_national_file_is_cut_to_the_pack_before_it_is_read_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back: list[bool] = []
    monkeypatch.setattr(filling, "_give_back", lambda: given_back.append(True))
    territory = write(of_epci(BAZADAIS), tmp_path / "bazadais", 2026)
    pack = packs.named(str(tmp_path / "bazadais"))
    national = tmp_path / "base-cc-logement-2021.CSV"
    names = [
        "CODGEO",
        *(f"P21_{part}" for part in ("LOG", "RP", "RSECOCC", "LOGVAC")),
        *(f"X{n}" for n in range(8)),
    ]
    rows = [
        f"{code};{100 + n % 7}.5;60;20;{20 + n % 7}.5;{';'.join(['0.25'] * 8)}"
        for n, code in enumerate(commune_names())
    ]
    national.write_text("\n".join([";".join(names), *rows]) + "\n", encoding="utf-8")
    house = open_house(TODAY, tmp_path / "home", pack)
    small = tmp_path / "small.csv"
    small.write_text("x")
    done, *_ = fill(house, [national, small], TODAY)
    assert given_back == [True]  # not after the small one, where looking costs more than it gives
    assert (done.what, done.cells) == ("base Logement, RP 2021", 4 * 31) and done.number is not None
    place = {code: n for n, code in enumerate(commune_names())}
    with house.store.read() as session:
        cells = current_observations(session)
    dwellings = cells[cells["indicator"] == "dwellings"].set_index("commune")["value"]
    assert dict(dwellings) == {code: 100.5 + place[code] % 7 for code in territory.codes}
    (kept,) = (tmp_path / "home" / "originals").iterdir()
    assert kept.stat().st_size < 5_000 < 2_000_000 < national.stat().st_size
    assert kept.read_text("utf-8").splitlines()[0] == "CODGEO;P21_LOG;P21_RP;P21_RSECOCC;P21_LOGVAC"
    # Of an older edition alone, that one is shown, not an empty newest one.
    known = read_all(house, [])[0]
    assert known.indicators["dwellings"].periods == ("2021",)
    house.store.close()


def test_a_national_file_of_another_year_follows_the_communes_or_says_why_not(tmp_path: Path) -> None:
    """Of before 2025: Filain was not yet in Pargny, Conques-en-Rouergue bore another code."""
    write(of_communes(["02589", "12218"], "Deux"), tmp_path / "deux", 2026)
    lovac, comparateur = tmp_path / "lovac.csv", tmp_path / "comparateur.csv"
    lovac.write_text(
        "CODGEO_24;pp_total_23;pp_vacant_24;pp_vacant_plus_2ans_24\n02589;100;10;4\n02311;20;2;1\n12076;900;90;40\n61258;5;1;1\n",
        encoding="latin-1",
    )
    comparateur.write_text(
        "CODGEO;P21_POP;P15_POP;P21_LOG;P21_RP;P21_RSECOCC;P21_LOGVAC;MED20\n02589;200;190;100;80;10;10;22000\n02311;40;44;20;15;3;2;21000\n",
        encoding="utf-8",
    )
    house = open_house(TODAY, tmp_path / "home", packs.named(str(tmp_path / "deux")))
    refused, taken = fill(house, [comparateur, lovac], TODAY)
    assert (
        refused.number is None
        and "une médiane ne s'additionne pas" in refused.why
        and refused.problems[0].line == 3
    )
    assert taken.number is not None, taken.why
    with house.store.read() as session:
        cells = current_observations(session).set_index(["indicator", "commune"])["value"]
    assert (
        cells["lovac_vacant", "02589"] == 12
        and cells["lovac_vacant", "12218"] == 90
        and "dwellings" not in cells
    )
    house.store.close()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("page.csv", b"<!DOCTYPE html><html><body>Maintenance</body></html>", "page"),
        ("vide.csv", b"", "vide"),
        ("autre.csv", b"code_insee;arbres\n33036;12\n33017;4\n", "reconnaît"),
        (
            "coupe.csv",
            b"CODGEO_25;LIBGEO_25;pp_total_24;pp_vacant_25;pp_vacant_plus_2ans_25\n33036;Bazas;2500;2x",
            "cellules|nombre|ligne",
        ),
    ],
)
def test_a_file_that_is_none_is_refused_and_stops_no_other(
    tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    write(of_epci(BAZADAIS), tmp_path / "bazadais", 2026)
    good = "CODGEO_25;LIBGEO_25;pp_total_24;pp_vacant_25;pp_vacant_plus_2ans_25\n33036;Bazas;2500;240;90\n"
    (tmp_path / name).write_bytes(content)
    (tmp_path / "lovac.csv").write_text(good, encoding="latin-1")
    house = open_house(TODAY, tmp_path / "home", packs.named(str(tmp_path / "bazadais")))
    wrong, absent, right = fill(
        house, [tmp_path / name, tmp_path / "absent.csv", tmp_path / "lovac.csv"], TODAY
    )
    assert wrong.number is None and re.search(why, wrong.why), wrong.why
    assert absent.number is None and "n'existe pas" in absent.why
    assert right.number is not None and right.cells == 3
    house.store.close()


def test_the_base_of_another_pack_is_refused_with_both_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(of_epci(BAZADAIS), tmp_path / "bazadais", 2026)
    open_house(TODAY, tmp_path / "home", packs.SHIPPED).store.close()
    lovac = tmp_path / "lovac.csv"
    lovac.write_text("CODGEO_25;pp_total_24;pp_vacant_25\n33036;2500;240\n", encoding="utf-8")
    arguments = ["fill", str(tmp_path / "bazadais"), str(lovac), "--home", str(tmp_path / "home")]
    assert main(arguments) == 1
    said = capsys.readouterr().err
    assert "Zevillage" in said and "CC du Bazadais" in said
