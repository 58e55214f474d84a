"""Small files in each published format, in the columns and the writing of their producers, made from the shipped figures.

The figures are true wherever the shipped ones hold them: what they do not hold is left out of the columns or written « nd ». Single sales
and establishments are no published figures of ours: those rows are made up so that they count up to the shipped counts and medians
(sales), or for their form alone (establishments), and are called so.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import openpyxl

from data import reference
from data.packs import SHIPPED

Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Published:
    """One file as its producer publishes it. `format` is the id that must be recognised, `edition` what must be said.

    `shows`: figures that must stand on the map once it is published: (indicator, period, commune) → value.
    """

    format: str
    name: str
    content: bytes
    edition: str
    shows: Mapping[tuple[str, str, str], float]
    sheet: str = ""


@lru_cache(maxsize=16)
def shipped(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of one shipped file."""
    with (SHIPPED.figures / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter=";"))


def text(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    separator: str = ";",
    encoding: str = "utf-8",
    quoted: bool = False,
    before: str = "",
) -> bytes:
    """A delimited file; `before` is a line above the header."""
    out = io.StringIO(newline="")
    writer = csv.writer(
        out, delimiter=separator, lineterminator="\r\n", quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    )  # fmt: skip
    writer.writerow(columns)
    writer.writerows(rows)
    return (before + out.getvalue()).encode(encoding)


def _names() -> Mapping[str, str]:
    return {row["code_insee"]: row["nom"] for row in shipped("populations_2026.csv")}


def lovac() -> Published:
    """LOVAC 2025 of the whole département as far as we know it: Alençon (elsewhere) stands with its figures withheld."""
    rows = [
        [r["CODGEO_25"], r["LIBGEO_25"], "61", "Orne", "28", "Normandie", r["pp_vacant_25"], r["pp_vacant_plus_2ans_25"], r["pp_total_24"]]
        for r in shipped("lovac_2025.csv")
    ]  # fmt: skip
    rows.append(["61001", "Alençon", "61", "Orne", "28", "Normandie", "s", "s", "s"])
    columns = (
        "CODGEO_25", "LIBGEO_25", "DEP", "LIB_DEP", "REG", "LIB_REG", "pp_vacant_25", "pp_vacant_plus_2ans_25", "pp_total_24",
    )  # fmt: skip
    return Published(
        "lovac", "lovac-opendata-communes.csv", text(columns, rows, encoding="latin-1"), "LOVAC 2025",
        {("lovac_vacant", "2025-01-01", "61258"): 37, ("lovac_stock", "2024", "61412"): _number("lovac_2025.csv", "61412", "pp_total_24")},
    )  # fmt: skip


def lovac_2020() -> Published:
    """The workbook of 2020/2021: our figures do not go back so far, so every cell is withheld; only its shape is tried."""
    book = openpyxl.Workbook()
    notes = book.active
    assert notes is not None
    notes.title = "Lisez-moi"
    notes.append(["Logements vacants du parc privé par commune"])
    notes.append(["Source : Cerema, DGALN. s : secret statistique."])
    sheet = book.create_sheet("Données")
    sheet.append(
        [
            "CODE_REG",
            "CODE_DEPT",
            "INSEE_COM",
            "NOM_COM",
            "Nb_log_pp_2020",
            "Nb_logvac_pp_010119",
            "Nb_logvac_2A_010119",
        ]
    )
    for code, name in _names().items():
        sheet.append(["28", "61", code, name, "s", "s", "s"])
    return Published(
        "lovac_2020", "lovac_2020_2021.xlsx", _saved(book), "LOVAC 2020/2021", {}, sheet="Données"
    )


def comparateur() -> Published:
    """As published: decimal points in the census, decimal commas in two columns of Filosofi (here withheld)."""
    rows = shipped("insee_comparateur_rp2022.csv")
    return Published(
        "insee_comparateur", "base_cc_comparateur.csv", text(list(rows[0]), [list(r.values()) for r in rows]), "comparateur, RP 2022",
        {
            ("dwellings", "2022", "61258"): _number("insee_comparateur_rp2022.csv", "61258", "P22_LOG"),
            ("median_income", "2021", "61013"): 24350,
        },
    )  # fmt: skip


def rp_logement() -> Published:
    """The wide base, RP 2022: the same four counts under the same names."""
    counts = ("P22_LOG", "P22_RP", "P22_RSECOCC", "P22_LOGVAC", "P22_RP_PROP")
    rows = [[r["CODGEO"], *(r[c] for c in counts)] for r in shipped("insee_comparateur_rp2022.csv")]
    return Published(
        "insee_logement", "base-cc-logement-2022.CSV", text(("CODGEO", *counts), rows), "base Logement, RP 2022",
        {("vacant_dwellings", "2022", "61258"): _number("insee_comparateur_rp2022.csv", "61258", "P22_LOGVAC")},
    )  # fmt: skip


def melodi() -> Published:
    """The long data set: one observation a row, among rows of other levels, measures and crossings."""
    columns = (
        "GEO",
        "GEO_OBJECT",
        "OCS",
        "TDW",
        "BUILD_END",
        "RP_MEASURE",
        "FREQ",
        "OBS_STATUS",
        "TIME_PERIOD",
        "OBS_VALUE",
    )
    codes = {"P22_LOG": "_T", "P22_RP": "DW_MAIN", "P22_RSECOCC": "DW_SEC_DW_OCC", "P22_LOGVAC": "DW_VAC"}
    rows = []
    for r in shipped("insee_comparateur_rp2022.csv"):
        for column, code in codes.items():
            rows.append((r["CODGEO"], "COM", code, "_T", "_T", "DWELLINGS", "A", "A", "2022", r[column]))
        rows.append(
            (r["CODGEO"], "COM", "DW_MAIN", "_T", "_T", "DWELLINGS_POPSIZE", "A", "A", "2022", r["P22_POP"])
        )
        rows.append((r["CODGEO"], "ARM", "_T", "_T", "_T", "DWELLINGS", "A", "A", "2022", r["P22_LOG"]))
    return Published(
        "insee_melodi", "DS_RP_LOGEMENT_PRINC_data.csv", text(columns, rows, quoted=True), "Melodi, RP 2022",
        {("main_dwellings", "2022", "61258"): _number("insee_comparateur_rp2022.csv", "61258", "P22_RP")},
    )  # fmt: skip


def emploi() -> Published:
    """Workers of two censuses."""
    columns = (
        "CODGEO",
        "P22_ACTOCC15P",
        "P22_ACTOCC15P_PASTRANS",
        "P22_ACTOCC15P_MARCHE",
        "P16_ACTOCC15P",
        "P16_ACTOCC15P_PASTRANS",
    )
    rows = [tuple(r[column] for column in columns) for r in shipped("insee_transport_domicile_travail.csv")]
    return Published(
        "insee_emploi", "base-cc-caract_emp-2022.CSV", text(columns, rows), "caractéristiques de l'emploi, RP 2022",
        {("workers", "2016", "61051"): 166.5, ("workers_no_transport", "2022", "61051"): 20.4},
    )  # fmt: skip


_ARCEP = ("code_insee", "nom_com", "code_dep", "code_reg", "nbr", "type", "date")


def _arcep(columns: Sequence[str], of: Sequence[str]) -> bytes:
    """A file of « Ma connexion internet »; `of` are our columns, or a text to write as it is."""
    rows = [
        (
            r["code_insee"],
            r["nom"],
            "61",
            "28",
            r["mci_locaux"],
            "all",
            "2026-06-30",
            *(r.get(name, name) for name in of),
        )
        for r in shipped("arcep_2026-06-30.csv")
    ]
    return text((*_ARCEP, *columns), rows)


def arcep_terrestrial() -> Published:
    """Speed classes of the networks on the ground; the two that we hold."""
    content = _arcep(("inel_hd", "elig_thd30", "elig_thd1g"), ("0", "terrestre_thd30", "terrestre_thd1g"))
    return Published(
        "arcep_speed_premises", "commune_debit_terrestre.csv", content, "Ma connexion internet, 2e trimestre 2026",
        {("premises_30m", "2026-06-30", "61013"): 105, ("premises_1g", "2026-06-30", "61013"): 94},
    )  # fmt: skip


def arcep_wired() -> Published:
    """Wired networks: fibre alone reaches 1 Gbit/s here, so that class is the terrestrial one; the others are not known to us."""
    content = _arcep(("inel_hd", "elig_thd30", "elig_thd1g"), ("0", "nd", "terrestre_thd1g"))
    return Published(
        "arcep_speed_wired", "commune_debit_filaire.csv", content, "Ma connexion internet, 2e trimestre 2026",
        {("wired_1g", "2026-06-30", "61013"): 94}
    )  # fmt: skip


def arcep_satellite() -> Published:
    """Plain speed classes: all premises, everywhere. Refused."""
    content = _arcep(("inel_hd", "elig_thd30", "elig_thd100"), ("0", "mci_locaux", "mci_locaux"))
    return Published(
        "arcep_speed_satellite", "commune_debit.csv", content, "Ma connexion internet, 2e trimestre 2026", {}
    )


def arcep_best() -> Published:
    """Best technologies; what copper there is stands in one of its two columns, which are added."""
    columns = (
        "elig_ftth",
        "elig_coax",
        "elig_cu_30",
        "elig_thdr",
        "elig_cu_8",
        "elig_4gf",
        "elig_hdr",
        "elig_sat",
    )
    of = (
        "meilleure_techno_ftth",
        "0",
        "meilleure_techno_cuivre",
        "0",
        "0",
        "meilleure_techno_4g_fixe",
        "0",
        "meilleure_techno_autres",
    )
    return Published(
        "arcep_best_technology", "commune_meilleure_techno_thd.csv", _arcep(columns, of), "Ma connexion internet, 2e trimestre 2026",
        {("best_ftth", "2026-06-30", "61013"): 94, ("best_4g", "2026-06-30", "61013"): 11},
    )  # fmt: skip


def arcep_any() -> Published:
    """Technologies that can be had: fibre, the best of all, is had wherever it is the best; the others are not known to us."""
    columns = ("elig_ftth", "elig_coax", "elig_cu", "elig_thdr", "elig_4gf", "elig_hdr", "elig_sat")
    of = ("meilleure_techno_ftth", "nd", "nd", "nd", "nd", "nd", "mci_locaux")
    return Published(
        "arcep_technology", "commune_techno.csv", _arcep(columns, of), "Ma connexion internet, 2e trimestre 2026",
        {("can_ftth", "2026-06-30", "61013"): 94}
    )  # fmt: skip


def arcep_beta() -> Published:
    """The beta of 2019: a warning above the header, exclusive classes. We hold the share from 30 Mbit/s, here in one class."""
    rows = []
    for r in shipped("arcep_2019-09-30.csv"):
        below = float(r["part_locaux_non_eligibles_30mbits_pct"])
        share = f"{100 - below:.1f}".replace(".", ",")
        rows.append(
            (r["code_insee"], r["nom"], f"{below:.1f}".replace(".", ","), "0", "0", "0", share, "0", "0")
        )
    columns = (
        "code_insee", "commune", "Inéligible", "0,5 à 3 Mbit/s", "3 à 8 Mbit/s", "8 à 30 Mbit/s", "30 à 100 Mbit/s",
        "100 Mbit/s à 1 Gbit/s", "≥ 1 Gbit/s",
    )  # fmt: skip
    before = "Version bêta : ces données peuvent comporter des erreurs.\r\n"
    return Published(
        "arcep_2019", "2019_T3_communes.csv", text(columns, rows, before=before), "Ma connexion internet, 30/09/2019 (bêta)",
        {("share_30m", "2019-09-30", "61156"): 81.5},
    )  # fmt: skip


def cartefibre() -> Published:
    """The attribute table of the zipped map."""
    rows = [
        {
            "INSEE_COM": r["code_insee"],
            "NOM_COM": r["nom"],
            "ftth": r["cartefibre_ftth_raccordables"],
            "Locaux": r["cartefibre_locaux"],
        }
        for r in shipped("arcep_2026-06-30.csv")
    ]
    return Published(
        "arcep_cartefibre", "2026T2-Commune.zip", zipped("2026T2_Commune.dbf", dbf(rows)), "Ma carte fibre, 2e trimestre 2026",
        {("ftth_premises", "2026-06-30", "61013"): 94, ("cartefibre_premises", "2026-06-30", "61013"): 99},
    )  # fmt: skip


def _sales() -> list[tuple[str, str, int, float]]:
    """(commune, year, rank, price of 100 m²): sales made up so that each commune and year has its published count and median."""
    found = []
    for r in shipped("dvf_maisons_2021_2025.csv"):
        count = int(r["ventes_maisons"])
        for rank in range(count):
            spread = 10 * (rank - (count - 1) / 2)
            per_m2 = float(r["prix_m2_median"]) + spread if r["prix_m2_median"] else 900 + spread
            found.append((r["code_commune"], r["annee"], rank, round(per_m2 * 100, 2)))
    return found


_DVF_SHOWS = {
    ("house_sales", "2022", "61258"): 17.0,
    ("house_price", "2022", "61258"): 1127.0,
    ("house_sales", "2024", "61251"): 0.0,
}


def dvf_geo() -> Published:
    """geo-dvf: several rows a sale (two natures of land, an outbuilding), a sale of land, an exchange, one in December elsewhere."""
    columns = (
        "id_mutation", "date_mutation", "numero_disposition", "nature_mutation", "valeur_fonciere", "code_postal", "code_commune",
        "nom_commune", "code_departement", "id_parcelle", "lot1_numero", "code_type_local", "type_local", "surface_reelle_bati",
        "nombre_pieces_principales", "nature_culture", "surface_terrain",
    )  # fmt: skip

    def row(
        key: str,
        day: str,
        nature: str,
        price: str,
        code: str,
        parcel: str,
        kind: str,
        surface: str,
        land: str,
    ) -> Sequence[str]:
        number = {"Maison": "1", "Dépendance": "3"}.get(kind, "")
        return (
            key, day, "000001", nature, price, "61170", code, _names().get(code, "Alençon"), "61", parcel, "", number, kind, surface,
            "4" if kind == "Maison" else "", land, "500",
        )  # fmt: skip

    rows = []
    for code, year, rank, price in _sales():
        key, day, parcel = f"{year}-{code}{rank}", f"{year}-{rank % 12 + 1:02d}-15", f"{code}000AB{rank:04d}"
        for land in ("sols", "jardins"):
            rows.append(row(key, day, "Vente", f"{price:g}", code, parcel, "Maison", "100", land))
        rows.append(row(key, day, "Vente", f"{price:g}", code, parcel, "Dépendance", "", "sols"))
    for year in ("2021", "2022", "2023", "2024", "2025"):
        rows.append(
            row(f"{year}-a", f"{year}-12-20", "Vente", "150000", "61001", f"a{year}", "Maison", "90", "sols")
        )
    rows.append(row("2024-b", "2024-05-02", "Vente", "12000", "61258", "b", "", "", "terres"))
    rows.append(row("2024-c", "2024-05-02", "Echange", "90000", "61258", "c", "Maison", "90", "sols"))
    return Published("dvf_geo", "dvf.csv", text(columns, rows, separator=","), "", _DVF_SHOWS)


def dvf_raw() -> Published:
    """DGFiP's own files: bars, Latin-1, days first, decimal commas, the commune in three digits beside the département."""
    columns = (
        "Identifiant de document", "Reference document", "No disposition", "Date mutation", "Nature mutation", "Valeur fonciere",
        "Code postal", "Commune", "Code departement", "Code commune", "Section", "No plan", "1er lot", "Code type local", "Type local",
        "Surface reelle bati", "Nombre pieces principales", "Nature culture", "Surface terrain",
    )  # fmt: skip
    rows = []
    for number, (code, year, rank, price) in enumerate(_sales()):
        day = f"15/{rank % 12 + 1:02d}/{year}"
        euros = f"{price:.2f}".replace(".", ",")
        for kind, surface, land in (("Maison", "100", "S"), ("Maison", "100", "J"), ("Dépendance", "0", "S")):
            rows.append(
                ("", "", "000001", day, "Vente", euros, "61170", _names()[code].upper(), "61", str(int(code[2:])), "AB", str(number), "",
                 "1" if kind == "Maison" else "3", kind, surface, "4" if kind == "Maison" else "0", land, "500")
            )  # fmt: skip
    for year in ("2021", "2022", "2023", "2024", "2025"):
        rows.append(
            ("", "", "000001", f"20/12/{year}", "Vente", "150000,00", "61000", "ALENCON", "61", "1", "AC", "9", "", "1", "Maison",
             "90", "4", "S", "300")
        )  # fmt: skip
    return Published(
        "dvf_dgfip",
        "valeursfoncieres.txt",
        text(columns, rows, separator="|", encoding="latin-1"),
        "",
        _DVF_SHOWS,
    )


def sirene() -> Published:
    """The stock of establishments: made-up rows, for their form alone."""
    columns = (
        "siren", "nic", "siret", "statutDiffusionEtablissement", "dateCreationEtablissement", "dateDernierTraitementEtablissement",
        "libelleCommuneEtablissement", "codeCommuneEtablissement", "etatAdministratifEtablissement", "activitePrincipaleEtablissement",
    )  # fmt: skip
    rows = []
    for number, (code, name) in enumerate(_names().items()):
        base = (
            "000000000",
            "00000",
            f"{number:014d}",
            "O",
            f"{2010 + number % 12}-03-01",
            "2026-10-31T06:00:00",
        )
        rows.append((*base, name.upper(), code, "A", "62.01Z"))
        rows.append((*base, name.upper(), code, "F", "62.01Z"))
        rows.append((*base, name.upper(), code, "A", "47.11B"))
    rows.append(
        ("000000000", "00000", "9", "P", "2020-01-01", "2026-10-31T06:00:00", "[ND]", "[ND]", "A", "74.10Z")
    )
    return Published(
        "insee_sirene", "StockEtablissement_utf8.csv", text(columns, rows, separator=","), "",
        {("internet_trades", "2026-10-31", "61258"): 1, ("internet_trades_created", "2025", "61258"): 0},
    )  # fmt: skip


def education() -> Published:
    """The annuaire of a département, as exported: a school in each of its ten largest communes, one in two of ours, a collège in Essay."""
    columns = (
        "identifiant_de_l_etablissement", "nom_etablissement", "type_etablissement", "statut_public_prive", "code_postal", "code_commune",
        "nom_commune", "code_departement", "etat", "date_ouverture", "date_maj_ligne",
    )  # fmt: skip
    people = reference.communes(contours=False)
    largest = people[people["departement"] == "61"].nlargest(10, "population")
    named = [
        *zip(largest["code"], largest["name"], strict=True),
        ("61258", "Le Mêle-sur-Sarthe"),
        ("61156", "Essay"),
    ]
    rows = [
        (f"061{number:04d}A", "Ecole primaire", "Ecole", "Public", "61000", code, name, "061", "OUVERT", "1990-09-01", "2026-10-05")
        for number, (code, name) in enumerate(named)
    ]  # fmt: skip
    rows.append(
        ("0619999Z", "Collège", "Collège", "Public", "61500", "61156", "Essay", "061", "OUVERT", "1990-09-01", "2026-10-05")
    )  # fmt: skip
    return Published(
        "men_annuaire", "fr-en-annuaire-education.csv", text(columns, rows), "",
        {
            ("open_schools", "2026-10-05", "61258"): 1,
            ("open_schools", "2026-10-05", "61156"): 1,
            ("open_schools", "2026-10-05", "61013"): 0,
        },
    )  # fmt: skip


def hexasmal() -> Published:
    """Postcodes, as La Poste writes them."""
    rows = [
        (
            r["code_insee"],
            reference.name_key(r["nom"]).upper(),
            r["code_postal"],
            reference.name_key(r["nom"]).upper(),
            "",
        )
        for r in shipped("populations_2026.csv")
    ]
    columns = ("#Code_commune_INSEE", "Nom_de_la_commune", "Code_postal", "Libellé_d_acheminement", "Ligne_5")
    return Published(
        "laposte_hexasmal", "laposte_hexasmal.csv", text(columns, rows, encoding="cp1252"), "", {}
    )


def everything() -> tuple[Published, ...]:
    """One file in each published format."""
    return tuple(
        make()
        for make in (
            lovac, lovac_2020, comparateur, rp_logement, melodi, emploi, arcep_terrestrial, arcep_wired, arcep_satellite, arcep_best,
            arcep_any, arcep_beta, cartefibre, dvf_geo, dvf_raw, sirene, education, hexasmal,
        )
    )  # fmt: skip


# -- containers ------------------------------------------------------------------------------------------------


def zipped(name: str, content: bytes) -> bytes:
    """An archive of one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def dbf(rows: Sequence[Mapping[str, str]]) -> bytes:
    """A dBase III table of text fields, in Latin-1 as ARCEP writes it."""
    names = list(rows[0])
    widths = [max(len(row[name].encode("latin-1")) for row in rows) for name in names]
    head = bytearray(32)
    head[0], head[1:4] = 3, bytes((126, 7, 1))
    head[4:8] = len(rows).to_bytes(4, "little")
    head[8:10] = (32 + 32 * len(names) + 1).to_bytes(2, "little")
    head[10:12] = (1 + sum(widths)).to_bytes(2, "little")
    for name, width in zip(names, widths, strict=True):
        field = bytearray(32)
        field[: len(name)] = name.encode("ascii")
        field[11:12], field[16] = b"C", width
        head += field
    body = b"".join(
        b" "
        + b"".join(
            row[name].encode("latin-1").ljust(width) for name, width in zip(names, widths, strict=True)
        )
        for row in rows
    )
    return bytes(head) + b"\r" + body + b"\x1a"


def _saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _number(file: str, code: str, column: str) -> float:
    key = next(name for name in shipped(file)[0] if name.lower().startswith("cod"))
    return float(next(row[column] for row in shipped(file) if row[key] == code))
