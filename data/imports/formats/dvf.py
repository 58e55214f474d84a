"""DVF, the sales that notaries declare, from geo-dvf or from DGFiP's own files: two writings of the same rows.

What is counted, and how, is told in `house_sales`.
"""

from __future__ import annotations

from data.imports.formats.base import ColumnPattern, Example, Format, in_one_block, row
from data.imports.formats.house_sales import PRICE, SALES, WORKS, HouseSales

_GEO_COLUMNS = row(
    "id_mutation;date_mutation;nature_mutation;valeur_fonciere;code_commune;code_departement;id_parcelle;lot1_numero;type_local;"
    "surface_reelle_bati;nombre_pieces_principales;nature_culture"
)
_RAW_COLUMNS = row(
    "No disposition;Date mutation;Nature mutation;Valeur fonciere;Code departement;Code commune;Section;No plan;1er lot;Type local;"
    "Surface reelle bati;Nombre pieces principales"
)

GEO = Format(
    id="dvf_geo",
    name="DVF, demandes de valeurs foncières géolocalisées",
    about="Ventes de maisons et prix médian au m² par commune et par année, d'après geo-dvf.",
    headers=(
        ColumnPattern(r"id_mutation", "key", 3, required=True),
        ColumnPattern(r"date_mutation", "day", 2, required=True),
        ColumnPattern(r"nature_mutation", "nature", 2, required=True),
        ColumnPattern(r"valeur_fonciere", "price", 2, required=True),
        ColumnPattern(r"code_commune", "commune", 2, required=True),
        ColumnPattern(r"type_local", "type_local", 2, required=True),
        ColumnPattern(r"surface_reelle_bati", "surface", 2, required=True),
        ColumnPattern(r"nombre_pieces_principales", "rooms", 0),
        ColumnPattern(r"id_parcelle", "parcel", 0),
        ColumnPattern(r"lot1_numero", "lot", 0),
    ),
    parse=in_one_block(HouseSales),
    counts=(SALES, PRICE),
    works=WORKS,
    edition=lambda columns, table: "",
    reducer=HouseSales,
    examples=(
        Example(
            _GEO_COLUMNS,
            (
                *(
                    (f"2025-{n}", "2025-01-10", "Vente", str(90000 + 1000 * n), "61258", "61", f"p{n}", "", "Maison", "100", "4", land)
                    for n in range(5)
                    for land in ("sols", "jardins")
                ),
                ("2025-0", "2025-01-10", "Vente", "90000", "61258", "61", "p0", "", "Dépendance", "", "0", "sols"),
                ("2025-7", "2025-12-20", "Vente", "80000", "61156", "61", "q1", "", "Maison", "80", "4", "sols"),
                ("2025-8", "2025-06-20", "Échange", "80000", "61156", "61", "q2", "", "Maison", "80", "4", "sols"),
                ("2026-1", "2026-05-02", "Vente", "80000", "61156", "61", "q3", "", "Maison", "80", "4", "sols"),
            ),
            cells=(
                ("house_sales@2025", "61258", 5),
                ("house_price@2025", "61258", 920),
                ("house_sales@2025", "61156", 1),
                ("house_price@2025", "61156", "missing"),
                ("house_sales@2025", "61502", 0),
            ),
        ),
    ),
    counter_examples=(_RAW_COLUMNS, ("id_mutation", "date_mutation", "valeur_fonciere")),
)  # fmt: skip

RAW = Format(
    id="dvf_dgfip",
    name="DVF, demandes de valeurs foncières (fichier de la DGFiP)",
    about="Ventes de maisons et prix médian au m² par commune et par année, d'après les fichiers de la DGFiP.",
    headers=(
        ColumnPattern(r"Date mutation", "day", 2, required=True),
        ColumnPattern(r"Nature mutation", "nature", 2, required=True),
        ColumnPattern(r"Valeur fonciere", "price", 2, required=True),
        ColumnPattern(r"Code departement", "departement", 2, required=True),
        ColumnPattern(r"Code commune", "commune", 2, required=True),
        ColumnPattern(r"Type local", "type_local", 2, required=True),
        ColumnPattern(r"Surface reelle bati", "surface", 2, required=True),
        ColumnPattern(r"No disposition", "disposition", 1),
        ColumnPattern(r"Nombre pieces principales", "rooms", 0),
        ColumnPattern(r"Section", "section", 0),
        ColumnPattern(r"No plan", "plan", 0),
        ColumnPattern(r"1er lot", "lot", 0),
    ),
    parse=in_one_block(HouseSales),
    counts=(SALES, PRICE),
    works=WORKS,
    edition=lambda columns, table: "",
    reducer=HouseSales,
    examples=(
        Example(
            _RAW_COLUMNS,
            (
                *(("1", f"0{n}/01/2025", "Vente", f"9{n}000,00", "61", "258", "AB", str(n), "", "Maison", "100", "4") for n in range(1, 6)),
                ("1", "01/01/2025", "Vente", "91000,00", "61", "258", "AB", "1", "", "Dépendance", "0", "0"),
                ("1", "23/12/2025", "Vente", "150000,50", "61", "156", "ZC", "9", "", "Maison", "120", "5"),
            ),
            cells=(
                ("house_sales@2025", "61258", 5),
                ("house_price@2025", "61258", 930),
                ("house_sales@2025", "61156", 1),
                ("house_price@2025", "61156", "missing"),
            ),
        ),
    ),
    counter_examples=(_GEO_COLUMNS,),
)  # fmt: skip
