"""Files as their producers write them, of any length, with drawn figures: what the imports are measured on. Seeded, so always the same."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from data import reference

SEED = 20261125
_BLOCK = 100_000

SIRENE_COLUMNS = (
    "siren", "nic", "siret", "statutDiffusionEtablissement", "dateCreationEtablissement", "trancheEffectifsEtablissement",
    "anneeEffectifsEtablissement", "activitePrincipaleRegistreMetiersEtablissement", "dateDernierTraitementEtablissement",
    "etablissementSiege", "nombrePeriodesEtablissement", "complementAdresseEtablissement", "numeroVoieEtablissement",
    "indiceRepetitionEtablissement", "dernierNumeroVoieEtablissement", "indiceRepetitionDernierNumeroVoieEtablissement",
    "typeVoieEtablissement", "libelleVoieEtablissement", "codePostalEtablissement", "libelleCommuneEtablissement",
    "libelleCommuneEtrangerEtablissement", "distributionSpecialeEtablissement", "codeCommuneEtablissement", "codeCedexEtablissement",
    "libelleCedexEtablissement", "codePaysEtrangerEtablissement", "libellePaysEtrangerEtablissement", "identifiantAdresseEtablissement",
    "coordonneeLambertAbscisseEtablissement", "coordonneeLambertOrdonneeEtablissement", "complementAdresse2Etablissement",
    "numeroVoie2Etablissement", "indiceRepetition2Etablissement", "typeVoie2Etablissement", "libelleVoie2Etablissement",
    "codePostal2Etablissement", "libelleCommune2Etablissement", "libelleCommuneEtranger2Etablissement",
    "distributionSpeciale2Etablissement", "codeCommune2Etablissement", "codeCedex2Etablissement", "libelleCedex2Etablissement",
    "codePaysEtranger2Etablissement", "libellePaysEtranger2Etablissement", "dateDebut", "etatAdministratifEtablissement",
    "enseigne1Etablissement", "enseigne2Etablissement", "enseigne3Etablissement", "denominationUsuelleEtablissement",
    "activitePrincipaleEtablissement", "nomenclatureActivitePrincipaleEtablissement", "caractereEmployeurEtablissement",
    "activitePrincipaleNAF25Etablissement",
)  # fmt: skip
"""The 54 columns of StockEtablissement."""


def sirene(path: Path, rows: int, seed: int = SEED) -> Path:
    """A stock of establishments of the whole of France, in the publisher's 54 columns: comma, UTF-8, no quotes but where needed."""
    draw = np.random.default_rng(seed)
    names = reference.commune_names()
    codes = np.array(list(names))
    labels = np.array([name.upper().replace("'", " ") for name in names.values()])
    trades = np.array(
        ["62.01Z", "47.11B", "74.10Z", "68.20B", "01.50Z", "63.12Z", "96.02A", "43.21A", "70.22Z", "56.10A"]
    )
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(",".join(SIRENE_COLUMNS) + "\n")
        for start in range(0, rows, _BLOCK):
            count = min(_BLOCK, rows - start)
            place = draw.integers(0, len(codes), count)
            siren = draw.integers(100_000_000, 999_999_999, count)
            nic = draw.integers(10, 99_999, count)
            year, month, day = (
                draw.integers(1980, 2026, count),
                draw.integers(1, 13, count),
                draw.integers(1, 29, count),
            )
            state = np.where(draw.random(count) < 0.42, "A", "F")
            trade = trades[draw.integers(0, len(trades), count)]
            street = draw.integers(1, 200, count)
            hidden = draw.random(count) < 0.08
            lines = []
            for i in range(count):
                code, label = (codes[place[i]], labels[place[i]])
                date = f"{year[i]}-{month[i]:02d}-{day[i]:02d}"
                way = "RUE,DE LA REPUBLIQUE" if not hidden[i] else "[ND],[ND]"
                sign = '"ATELIER, BOUTIQUE ET CIE"' if i % 997 == 0 else ""
                lines.append(
                    f"{siren[i]},{nic[i]:05d},{siren[i]}{nic[i]:05d},{'P' if hidden[i] else 'O'},{date},NN,,,2026-10-31T09:12:44.000,"
                    f"true,{1 + i % 4},,{street[i] if not hidden[i] else '[ND]'},,,,{way},{code[:2]}000,{label},,,{code},,,,,"
                    f"{code}_0000_{street[i]:05d},[ND],[ND],,,,,,,,,,,,,,,{date},{state[i]},{sign},,,,{trade[i]},NAFRev2,N,\n"
                )
            file.writelines(lines)
    return path


def melodi(path: Path, rows: int) -> Path:
    """Dwellings by commune, category and census, one observation a row, whose parts add up: `;`, quoted, as Melodi writes it."""
    draw = np.random.default_rng(SEED)
    codes = list(reference.commune_names())
    years = [str(year) for year in range(2022, 2022 - 20, -1)]
    written = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write('"GEO";"GEO_OBJECT";"OCS";"TDW";"RP_MEASURE";"OBS_STATUS";"TIME_PERIOD";"OBS_VALUE"\n')
        for year in years:
            parts = draw.integers(0, 2_000, (len(codes), 3))
            for code, (main, second, vacant) in zip(codes, parts.tolist(), strict=True):
                counts = {
                    "_T": main + second + vacant,
                    "DW_MAIN": main,
                    "DW_SEC_DW_OCC": second,
                    "DW_VAC": vacant,
                }
                for category, count in counts.items():
                    file.write(f'"{code}";"COM";"{category}";"_T";"DWELLINGS";"A";"{year}";{count}\n')
                    written += 1
                    if written == rows:
                        return path
    return path


def census(path: Path, edition: int = 2021) -> Path:
    """INSEE's base « Logement » of every commune of France: 35,000 rows, 240 columns, three vintages side by side."""
    draw = np.random.default_rng(SEED + edition - 2021)
    years = tuple(f"{year % 100:02d}" for year in (edition, edition - 6, edition - 11))
    parts = ("LOG", "RP", "RSECOCC", "LOGVAC", "RP_PROP")
    head = ["CODGEO", *(f"P{year}_{part}" for year in years for part in parts)]
    head += [f"C{years[0]}_X{number}" for number in range(240 - len(head))]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(";".join(head) + "\n")
        for code in reference.commune_names():
            cells = [code]
            for _ in years:
                main, second, vacant = (float(number) for number in draw.integers(0, 2_000, 3))
                cells += [
                    f"{value:.6f}" for value in (main + second + vacant, main, second, vacant, main / 2)
                ]
            rest = draw.random(len(head) - len(cells)) * 500
            file.write(";".join([*cells, *(f"{value:.6f}" for value in rest)]) + "\n")
    return path


def lovac(path: Path, edition: int = 2025) -> Path:
    """LOVAC of one edition for every commune of France, about 35,000 rows: `;`, Latin-1, `s` under secrecy."""
    draw = np.random.default_rng(SEED + edition - 2025)
    names = reference.commune_names()
    years = range(edition, edition - 6, -1)
    yy = edition % 100
    head = [
        f"CODGEO_{yy}",
        f"LIBGEO_{yy}",
        "DEP",
        "LIB_DEP",
        "REG",
        "LIB_REG",
        f"EPCI_{yy}",
        f"LIB_EPCI_{yy}",
    ]
    for year in years:
        yy = year % 100
        head += [f"pp_vacant_{yy}", f"pp_vacant_plus_2ans_{yy}", f"pp_total_{yy - 1}"]
    with path.open("w", encoding="cp1252", newline="\r\n", errors="replace") as file:
        file.write(";".join(head) + "\n")
        for code, name in names.items():
            cells = [code, name, code[:2], "Département", "28", "Région", "200000000", "CC du Pays"]
            for _ in years:
                total = int(draw.integers(60, 3_000))
                vacant = int(draw.integers(0, total // 4))
                shown = vacant if vacant >= 11 else "s"
                cells += [str(shown), str(vacant // 2) if vacant >= 22 else "s", str(total)]
            file.write(";".join(cells) + "\n")
    return path


def france(path: Path) -> Path:
    """A territory file with every commune of France: for measuring, where a file is not to be cut."""
    listed = "".join(
        f"  {{ code = {json.dumps(code)}, name = {json.dumps(name, ensure_ascii=False)} }},\n"
        for code, name in reference.commune_names().items()
    )
    path.write_text(
        f'id = "france"\nname = "France"\ncommunes = [\n{listed}]\n[network]\nname = "France"\nfirst_year = 2004\n',
        encoding="utf-8",
    )
    return path
