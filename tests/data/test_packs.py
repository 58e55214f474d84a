"""Packs: made of an EPCI, a département or a list, refused with what was meant, told what they hold and lack."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from data import packs
from data.packs.__main__ import main
from data.packs.make import PackError, audit, of_communes, of_departement, of_epci, write
from data.territory import load_territory

BAZADAIS = "200043982"


def test_an_epci_becomes_a_pack_that_opens(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "bazadais"
    assert main(["new", "--epci", BAZADAIS, "--to", str(folder), "--today", "2026-05-12"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "CC du Bazadais\u202f: 31\u00a0communes." and printed[-1] == str(folder)
    assert any("code postal" in line and "33113 (Cauvignac)" in line for line in printed)
    territory = load_territory(packs.named(str(folder)).territory)
    assert (territory.id, len(territory.codes), territory.network.first_year) == ("cc-du-bazadais", 31, 2026)
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


def test_overseas_without_contour_is_a_pack_too(tmp_path: Path) -> None:
    polynesia = of_departement("987")
    territory = write(polynesia, tmp_path / "pf", 2026)
    assert territory.bounds is None and len(territory.codes) == 48
    assert any("sans contour" in remark.lower() and "Anaa" in remark for remark in audit(territory.codes))


@pytest.mark.parametrize("siren", ["61170", "123456789", ""])
def test_an_unknown_siren_is_refused(siren: str) -> None:
    with pytest.raises(PackError, match="Un SIREN a neuf chiffres"):
        of_epci(siren)


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
    import re

    assert re.search(said, str(refused.value).replace("\u202f", " ").replace("\u00a0", " "))


def test_every_wrong_line_is_told_at_once() -> None:
    with pytest.raises(PackError) as refused:
        of_communes(["61258", "99999", "61258", "61999"], "Essai")
    assert [f"ligne {n}" in str(refused.value) for n in (1, 2, 3, 4)] == [True] * 4


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
