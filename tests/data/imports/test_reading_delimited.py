"""Delimited text: exact; or repaired and every repair listed; or refused with the line; or asked."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from data.imports.model import ImportRefused, Problem, Reading, ReadingNeeded, SheetNeeded, Table
from data.imports.reading import read_table
from data.imports.reading.limits import MAX_COLUMNS

CLEAN = "code;nom;logements;taux\n61013;Aunay-les-Bois;84;1,5\n61026;Saint-Aubin-d'Appenai;103;50,0\n61051;Le Mêle;270;7,25\n"
ROWS = [
    ["61013", "Aunay-les-Bois", "84", "1,5"],
    ["61026", "Saint-Aubin-d'Appenai", "103", "50,0"],
    ["61051", "Le Mêle", "270", "7,25"],
]


def read(
    folder: Path, content: str | bytes, name: str = "f.csv", encoding: str = "utf-8", **more: Any
) -> Table:
    """The table of a file made of `content`."""
    path = folder / name
    path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return read_table(path, **more)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "utf-32", "mac_roman"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_are_recognised(tmp_path: Path, encoding: str, end: str) -> None:
    table = read(tmp_path, CLEAN.replace("\n", end), encoding=encoding)
    assert table.frame.columns.tolist() == ["code", "nom", "logements", "taux"]
    assert table.frame.to_numpy().tolist() == ROWS
    assert table.lines.tolist() == [2, 3, 4]
    assert table.repairs == ()
    assert table.dialect.separator == ";"


@pytest.mark.parametrize("separator", [";", ",", "\t", "|", "^", "~", ":"])
def test_any_separator(tmp_path: Path, separator: str) -> None:
    text = "\n".join(separator.join(row[:3]) for row in [["code", "nom", "logements"], *ROWS]) + "\n"
    table = read(tmp_path, text)
    assert table.dialect.separator == separator
    assert table.frame.to_numpy().tolist() == [row[:3] for row in ROWS]
    assert table.repairs == ()


def refused(folder: Path, content: str | bytes, **more: Any) -> Problem:
    """The first problem of a file that must be refused."""
    with pytest.raises(ImportRefused) as caught:
        read(folder, content, **more)
    assert not isinstance(caught.value, (ReadingNeeded, SheetNeeded))
    problem = caught.value.problems[0]
    assert problem.title and problem.advice and problem.severity == "error"
    return problem


def asked(folder: Path, content: str | bytes, **more: Any) -> tuple[Reading, ...]:
    """The readings offered for a file that must be asked about."""
    with pytest.raises(ReadingNeeded) as caught:
        read(folder, content, **more)
    assert len(caught.value.readings) > 1
    assert all(each.label and each.excerpt for each in caught.value.readings)
    return caught.value.readings


def said(table: Table) -> list[tuple[int | None, str]]:
    """The repairs, as (line, what)."""
    return [(each.line, each.what) for each in table.repairs]


def aside(table: Table) -> list[tuple[int | None, str]]:
    """The rows that were set aside as errors, as (line, code)."""
    return [(each.line, each.code) for each in table.problems]


# ---------------------------------------------------------------------------------------------------- exact cells


def test_cells_keep_every_blank_and_every_sign(tmp_path: Path) -> None:
    table = read(tmp_path, 'a;b;c\n x ;\ty\t;1\u202f234\n=1+1;#N/A;"  "\nNULL;nan;-\n')
    assert table.frame.to_numpy().tolist() == [
        [" x ", "\ty\t", "1\u202f234"],
        ["=1+1", "#N/A", "  "],
        ["NULL", "nan", "-"],
    ]
    assert table.repairs == ()


def test_quoted_cells_hold_separators_quotes_and_line_breaks(tmp_path: Path) -> None:
    table = read(tmp_path, 'a;b;c\n1;"x;y";"dit ""oui"""\n2;"deux\nlignes";z\n3;t;u\n')
    assert table.frame.to_numpy().tolist() == [
        ["1", "x;y", 'dit "oui"'],
        ["2", "deux\nlignes", "z"],
        ["3", "t", "u"],
    ]
    assert table.lines.tolist() == [2, 3, 5]
    assert table.repairs == ()


def test_a_quote_inside_a_bare_cell_is_a_character(tmp_path: Path) -> None:
    table = read(tmp_path, 'a;b\n12" x 5";Gîte "La Grange"\n1;2\n')
    assert table.frame.iloc[0].tolist() == ['12" x 5"', 'Gîte "La Grange"']


def test_apostrophes_and_decimal_commas_do_not_fool_the_sniffer(tmp_path: Path) -> None:
    rows = "".join(f"6101{i};Saint-Aubin-d'Appenai, l'Orne;{i},5\n" for i in range(9))
    table = read(tmp_path, "code;nom;taux\n" + rows)
    assert table.dialect.separator == ";" and table.frame.shape == (9, 3)


def test_commas_of_a_title_and_of_some_numbers_are_no_columns(tmp_path: Path) -> None:
    table = read(tmp_path, "nom;log. 2021;vac, 2021\nEssay;7379;100,0\nBures;12;5\nBuré;50,0;7\n")
    assert table.frame["vac, 2021"].tolist() == ["100,0", "5", "7"] and table.repairs == ()


def test_apostrophes_around_every_cell_are_asked(tmp_path: Path) -> None:
    content = "code;nom\n'61013';'Aunay'\n'61026';'Bures'\n"
    readings = asked(tmp_path, content)
    frames = [read(tmp_path, content, reading=each.id).frame.iloc[0].tolist() for each in readings]
    assert frames == [["'61013'", "'Aunay'"], ["61013", "Aunay"]]


@pytest.mark.parametrize(
    "content",
    [
        "code;nom\n'61013';'Aunay'\n'61026';'Bures'\nSource : Insee\n",
        "sep=;\ncode;nom\n'61013';'Aunay'\n'61026';'Bures'\n",
        "code;nom\n61013;'Saint-Aubin-d''Appenai'\n61026;Bures\n",
        "code;nom\n'61013';'Aunay'\n'61026';'Bures'\n'61067';'Essay'x\n",
    ],
)
def test_apostrophes_as_quotes_are_asked_beside_notes_and_few_of_them(tmp_path: Path, content: str) -> None:
    assert [each.label.count("apostrophes") for each in asked(tmp_path, content)] == [0, 1]


def test_titles_cut_by_another_separator_are_never_taken_for_a_text_above_the_first_row(
    tmp_path: Path,
) -> None:
    content = "nom,statut\nEssay|actif\nBures|inactif\n"
    rows = [
        read(tmp_path, content, reading=each.id).frame.to_numpy().tolist()
        for each in asked(tmp_path, content)
    ]
    assert [["Essay", "actif"], ["Bures", "inactif"]] in rows
    decimals = (
        "nom,2015,2016\nEssay;226,5;337,9\nBures;12,0;7,5\n"  # as many commas in each row as in the titles
    )
    assert {each.excerpt[1] for each in asked(tmp_path, decimals)} == {
        ("Essay;226", "5;337", "9"),
        ("Essay", "226,5", "337,9"),
    }
    spoken = (
        "Mise à jour : mars 2024, Orne\nnom\tlog. 2021\tvac, 2021\nEssay\t12\true, 4\nBures\t3\tcour, 5\n"
    )
    assert {len(each.excerpt[-1]) for each in asked(tmp_path, spoken)} == {2, 3}


def test_excel_says_its_separator(tmp_path: Path) -> None:
    table = read(tmp_path, "sep=,\ncode,nom\n61013,a;b\n")
    assert table.frame.to_numpy().tolist() == [["61013", "a;b"]]
    assert [line for line, _ in said(table)] == [1] and table.lines.tolist() == [3]


def test_one_column_is_a_table_too(tmp_path: Path) -> None:
    table = read(tmp_path, "commune\nAunay-les-Bois\nLe Mêle\nBures\n")
    assert table.dialect.separator == "" and table.frame["commune"].tolist() == [
        "Aunay-les-Bois",
        "Le Mêle",
        "Bures",
    ]


def test_a_rare_separator_under_a_title_is_asked(tmp_path: Path) -> None:
    readings = asked(tmp_path, "Tableau des communes\nnom^statut\nEssay^actif^\n")
    assert ("nom", "statut") in readings[0].excerpt and ("nom^statut",) in readings[1].excerpt
    uneven = "Tableau des communes\ntaux, en %^code\nEssay^actif\nBures^,0\n"
    assert any(("Essay", "actif") in each.excerpt for each in asked(tmp_path, uneven))


def test_two_separators_that_both_work_are_asked(tmp_path: Path) -> None:
    content = "nom, prénom;âge\nDurand, Paul;30\nLeroy, Anne;41\n"
    readings = asked(tmp_path, content)
    columns = [read(tmp_path, content, reading=each.id).frame.columns.tolist() for each in readings]
    assert columns == [["nom, prénom", "âge"], ["nom", "prénom;âge"]]


def test_an_answer_that_was_not_offered_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, CLEAN, reading="<script>").code == "reading-unknown"


# ---------------------------------------------------------------------------------------- preambles, notes and totals


def test_the_warning_line_of_arcep_is_set_aside(tmp_path: Path) -> None:
    content = (
        "Attention : ces données sont une version bêta, elles peuvent comporter des erreurs\n"
        "code_insee;nom_com;code_dep;nbr;elig_hd;date\n61013;Aunay;61;105;100.0;2019-09-30\n61026;Barville;61;154;99.1;2019-09-30\n"
    )
    table = read(tmp_path, content)
    assert table.frame.columns[0] == "code_insee" and table.dialect.header_line == 2
    assert [line for line, _ in said(table)] == [1]


def test_titles_notes_and_blank_lines_of_insee_are_set_aside_and_listed(tmp_path: Path) -> None:
    content = (
        "Tableau LOG T1 - Logements;;;\nUnité : nombre;;;\n;;;\ncode;nom;2019;2020\n61013;Aunay;84;85\n\n61026;Bures;12;13\n"
        ";;;\nSource : Insee, RP2021\n* donnée estimée\n"
    )
    table = read(tmp_path, content)
    assert table.frame.to_numpy().tolist() == [["61013", "Aunay", "84", "85"], ["61026", "Bures", "12", "13"]]
    assert table.lines.tolist() == [5, 7]
    assert [line for line, _ in said(table)] == [1, 2, 6, 8, 9, 10]


@pytest.mark.parametrize("last", ["Sources;actif;privé", "*Essay;12;", "(1) Essay;nd;privé", "Lecture;3;"])
def test_a_last_row_that_only_begins_like_a_note_is_data(tmp_path: Path, last: str) -> None:
    table = read(tmp_path, f"nom;pop;statut\nBures;5;public\nBuré;7;privé\n{last}\n")
    assert table.frame.iloc[-1].tolist() == last.split(";") and table.repairs == ()


def test_values_in_messages_are_what_a_person_reads(tmp_path: Path) -> None:
    problem = read(tmp_path, 'code;pop\n61013;1\n61026;1\u202f234;"a\tb\nc"\n').problems[0]
    assert problem.value == "1\u202f234 | a⇥b↵c"


def test_totals_are_set_aside_but_a_dimension_is_kept(tmp_path: Path) -> None:
    rows = "".join(f"6101{i};{i}\n" for i in range(9))
    table = read(tmp_path, f"code;pop\n{rows}TOTAL Orne;36\n")
    assert len(table.frame) == 9 and said(table)[0][0] == 11
    long = read(
        tmp_path,
        "sexe;code;pop\n" + "".join(f"{s};6101{i};{i}\n" for i in range(9) for s in ("Ensemble", "Femmes")),
    )
    assert len(long.frame) == 18 and long.repairs == ()


def test_a_header_that_comes_again_is_listed(tmp_path: Path) -> None:
    table = read(tmp_path, "code;pop\n61013;1\ncode;pop\n61026;2\n\ufeffcode;pop\n61067;3\n")
    assert table.frame["code"].tolist() == ["61013", "61026", "61067"]
    assert [line for line, _ in said(table)] == [3, 5]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_first_row_that_repeats_the_titles_is_asked(tmp_path: Path, mark: str) -> None:
    content = f"nom;statut\n{mark}nom;statut\nBures;actif\nEssay;actif\n"
    with pytest.raises(ReadingNeeded) as caught:
        read(tmp_path, content)
    assert caught.value.problems[0].line == 2
    twice, none = (read(tmp_path, content, reading=each.id) for each in caught.value.readings)
    assert twice.frame["nom"].tolist() == ["Bures", "Essay"] and [line for line, _ in said(twice)] == [2]
    assert none.frame["colonne 1"].tolist() == ["nom", f"{mark}nom", "Bures", "Essay"]


def test_two_alike_rows_without_titles_are_not_taken_for_titles_twice(tmp_path: Path) -> None:
    content = "Bures;actif\nBures;actif\nEssay;parti\n"
    rows = [
        read(tmp_path, content, reading=each.id).frame.to_numpy().tolist()
        for each in asked(tmp_path, content)
    ]
    assert [["Bures", "actif"], ["Bures", "actif"], ["Essay", "parti"]] in rows


def test_a_second_header_in_another_order_is_refused(tmp_path: Path) -> None:
    problem = refused(tmp_path, "code;pop\n61013;1\npop;code\n2;61026\n")
    assert (problem.code, problem.line) == ("header-changed", 3)


# --------------------------------------------------------------------------------------------------------- headers


def test_names_are_cleaned_and_told_apart(tmp_path: Path) -> None:
    table = read(tmp_path, "#Code; DEP ;nom;nom;;x;\n1;61;a;b;c;d;\n2;61;a;b;c;d;\n", name="hexasmal.csv")
    assert table.frame.columns.tolist() == ["Code", "DEP", "nom", "nom (2)", "colonne 5", "x"]
    assert {line for line, _ in said(table)} == {1} and len(said(table)) == 5


def test_a_header_on_two_lines_is_joined_or_its_codes_win(tmp_path: Path) -> None:
    joined = read(
        tmp_path, "Code;Nom;Logements;;Pop;\n;;2019;2020;2019;2020\n61013;A;1;2;3;4\n61026;B;5;6;7;8\n"
    )
    assert joined.frame.columns.tolist() == [
        "Code",
        "Nom",
        "Logements 2019",
        "Logements 2020",
        "Pop 2019",
        "Pop 2020",
    ]
    assert joined.dialect.header_line == 2 and joined.repairs
    codes = read(
        tmp_path, "Code géographique;Libellé;Logements\nCODGEO;LIBGEO;P21_LOG\n61013;A;1\n61026;B;5\n"
    )
    assert codes.frame.columns.tolist() == ["CODGEO", "LIBGEO", "P21_LOG"] and said(codes)[0][0] == 1


def test_two_lines_that_could_be_the_header_are_asked(tmp_path: Path) -> None:
    content = "code;population\nnuméro;habitants\n61013;12\n61026;15\n"
    names = {
        tuple(read(tmp_path, content, reading=each.id).frame.columns) for each in asked(tmp_path, content)
    }
    assert names == {("code", "population"), ("numéro", "habitants"), ("code numéro", "population habitants")}


def test_a_header_that_names_one_column_of_two_is_asked(tmp_path: Path) -> None:
    content = "nom;\nEssay;le bourg\nBures;la rue\n"
    rows = [
        read(tmp_path, content, reading=each.id).frame.to_numpy().tolist()
        for each in asked(tmp_path, content)
    ]
    assert rows == [[["Essay", "le bourg"], ["Bures", "la rue"]], [["Bures", "la rue"]]]


def test_a_missing_header_is_asked(tmp_path: Path) -> None:
    content = "61013;Aunay;84\n61026;Bures;12\n"
    by_number = read(tmp_path, content, reading=asked(tmp_path, content)[1].id)
    assert by_number.frame.columns.tolist() == ["colonne 1", "colonne 2", "colonne 3"]
    assert by_number.lines.tolist() == [1, 2] and by_number.repairs
    assert asked(tmp_path, "Bures;actif\nEssay;actif\nLaleu;inactif\n")


# --------------------------------------------------------------------------------------------------- ragged records


def test_separators_too_many_at_the_end_are_listed_once_for_all_or_by_line(tmp_path: Path) -> None:
    every = read(tmp_path, "a;b;\n1;2;\n3;4;\n")
    assert every.frame.to_numpy().tolist() == [["1", "2"], ["3", "4"]] and len(every.repairs) == 1
    content = "a;b\n1;2;\n3;4;\n"
    rows, numbered = (read(tmp_path, content, reading=each.id) for each in asked(tmp_path, content))
    assert rows.frame.to_numpy().tolist() == [["1", "2"], ["3", "4"]] and len(rows.repairs) == 1
    assert numbered.frame.columns.tolist() == ["colonne 1", "colonne 2", "colonne 3"]
    some = read(tmp_path, "a;b\n1;2\n3;4;;\n" + "5;6\n" * 8)
    assert some.frame.to_numpy().tolist() == [["1", "2"], ["3", "4"], *[["5", "6"]] * 8]
    assert [line for line, _ in said(some)] == [3]


def test_a_bare_separator_moves_nothing_into_the_empty_column_that_ends_each_line(tmp_path: Path) -> None:
    rows = "".join(f"6101{i};Essay;{i};\n" for i in range(9))
    for bare in (
        "61026;Le Mêle; bourg;2;",
        "61026;Le Mêle; bourg;2",
        "61026;Bures;2;5;",
        "61026;Bures;2;2019;",
    ):
        table = read(tmp_path, f"code;nom;pop;\n{rows}{bare}\n61067;Essay;3;\n")
        assert aside(table) == [(11, "row-long")] and table.lines.tolist() == [*range(2, 11), 12]
    assert refused(tmp_path, "code;nom;taux;\n61026;Bures;2;5\n61067;Essay;3;7\n").code == "header-mismatch"
    remark = read(tmp_path, f"code;nom;pop;\n{rows}61026;Bures;2;à vérifier\n")
    assert remark.frame["colonne 4"].tolist() == [""] * 9 + ["à vérifier"] and remark.repairs


@pytest.mark.parametrize(
    ("titles", "row"),
    [
        ("code;nompop;note", "610{};Bures;{};"),  # one separator lost, above a last column without cells
        ("code;;nom;pop", "610{};Bures;{};"),  # one gained, where rows end with a separator
        ("code;nom;;pop;part", "610{};Bures;{};5;"),
    ],
)
def test_titles_that_lost_or_gained_a_separator_shift_nothing_silently(
    tmp_path: Path, titles: str, row: str
) -> None:
    content = titles + "\n" + "".join(row.format(i, i) + "\n" for i in range(13, 43))
    with pytest.raises(ReadingNeeded) as caught:
        read(tmp_path, content)
    assert caught.value.problems[0].line == 1
    _, numbered = (read(tmp_path, content, reading=each.id) for each in caught.value.readings)
    assert numbered.frame.columns[1] == "colonne 2" and numbered.frame["colonne 3"][0] == "13"
    assert [each.line for each in numbered.repairs if "titres mis de côté" in each.what] == [1]


@pytest.mark.parametrize(
    ("titles", "row"),
    [
        ("code;nompop;part;", "610{};Bures;{};5;"),
        ("code;nompop;part", "610{};Bures;{};5"),
        ("code;no;m;pop;part", "610{};Bures;{};5"),
    ],
)
def test_titles_that_do_not_pair_with_the_rows_are_refused(tmp_path: Path, titles: str, row: str) -> None:
    content = titles + "\n" + "".join(row.format(i, i) + "\n" for i in range(13, 43))
    assert refused(tmp_path, content).code == "header-mismatch"


GOOD = "".join(
    f"610{i};{name};{pop};{day};{hour};{link};{note}\n"
    for i, name, pop, day, hour, link, note in [
        (13, "Aunay", "1", "2024-01-02", "9h30", "https://aunay.fr", "x"),
        (26, "Bures", "1 234", "2024-01-03", "10h", "www.bures.fr", ""),
        (51, "Le Mêle", "12,5", "2024-01-04", "14:00", "https://lemele.fr/a", "à voir"),
        (67, "Essay", "7", "2024-02-05", "8h15", "https://essay.fr", ""),
        (72, "Laleu", "40", "2024-02-06", "8h", "https://laleu.fr", "non"),
        (75, "Barville", "3", "2024-02-07", "9h", "https://barville.fr", "oui"),
        (78, "Boitron", "8", "2024-02-08", "9h45", "https://boitron.fr", ""),
        (81, "Buré", "6", "2024-02-09", "11h", "https://bure.fr", "rue"),
    ]
)
TITLES = "code;nom;pop;date;heure;site;note\n"


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("61090;Neuilly;5;9h;https://n.fr;x y", ["61090", "Neuilly", "5", "", "9h", "https://n.fr", "x y"]),
        ("Neuilly;5;2024-03-01;9h;https://n.fr;x y", ["", "Neuilly", "5", "2024-03-01", "9h", "https://n.fr", "x y"]),
        ("61090;5;2024-03-01;9h;https://n.fr;x y", ["61090", "", "5", "2024-03-01", "9h", "https://n.fr", "x y"]),
        ("61090;Neuilly;5;2024-03-01;9h;x y", ["61090", "Neuilly", "5", "2024-03-01", "9h", "", "x y"]),
        ("61090;;Neuilly;5;2024-03-01;9h;https://n.fr;x y", ["61090", "Neuilly", "5", "2024-03-01", "9h", "https://n.fr", "x y"]),
        ("61090;Neuilly;5;;2024-03-01;9h;https://n.fr;", ["61090", "Neuilly", "5", "2024-03-01", "9h", "https://n.fr", ""]),
        ("61090;Neuilly;5;2024-03-01;9h;https://n.fr;x y;;", ["61090", "Neuilly", "5", "2024-03-01", "9h", "https://n.fr", "x y"]),
    ],
)  # fmt: skip
def test_a_row_is_put_right_where_the_shapes_of_its_columns_prove_it(
    tmp_path: Path, row: str, cells: list[str]
) -> None:
    table = read(tmp_path, f"{TITLES}{GOOD}{row}\n61093;Hauterive;9;2024-03-02;9h;https://h.fr;\n")
    assert table.frame.iloc[8].tolist() == cells and len(table.frame) == 10
    assert [line for line, _ in said(table)] == [10] and table.problems == ()
    at_the_end = row.endswith("x y;;")
    assert ("à la fin" in said(table)[0][1]) == at_the_end


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("61090;Neuilly;2024-03-01;9h;https://n.fr/1;x y;12", "ok"),
        ("61090;Neuilly;5;2024-03-01;9h;https://n.fr", "row-short"),  # the end of the link may be the note
        ("61090;Neuilly 5;2024-03-01;9h;https://n.fr;x y", "row-short"),
        ("61090Neuilly;5;2024-03-01;9h;https://n.fr;x y", "row-short"),
        ("61090;Neuilly;5;2024-03-01;9h https://n.fr;x y", "row-short"),
        ("61090;Neuilly; le bourg;5;2024-03-01;9h;https://n.fr;x y", "row-long"),
        ("61090;Neuilly;5;6;2024-03-01;9h;https://n.fr;x y", "row-long"),
        ("61090;Neuilly;5;2024-03-01;9h;https://n.fr;x y;z", "row-long"),
        ("61090;Neuilly;5;2024-03-01;9h;https://n.fr;rue; 12;", "row-long"),
    ],
)
def test_a_row_of_which_nothing_is_proved_is_set_aside_alone(tmp_path: Path, row: str, code: str) -> None:
    table = read(tmp_path, f"{TITLES}{GOOD}{row}\n61093;Hauterive;9;2024-03-02;9h;https://h.fr;\n")
    if code == "ok":  # as many cells as titles: what they say is for the checks
        assert table.problems == () and len(table.frame) == 10
        return
    assert aside(table) == [(10, code)] and table.repairs == ()
    assert table.lines.tolist() == [*range(2, 10), 11]


def test_two_columns_of_the_same_shape_prove_nothing(tmp_path: Path) -> None:
    rows = "".join(f"6101{i};Essay;{i};{i + 5}\n" for i in range(9))
    table = read(tmp_path, f"code;nom;pop;log\n{rows}61067;Bures;12\n")
    assert aside(table) == [(11, "row-short")] and len(table.frame) == 9


def test_two_good_rows_are_too_few_to_prove_a_shape(tmp_path: Path) -> None:
    table = read(tmp_path, "code;nom;pop\n61013;Aunay;1\n61026;Bures\n61067;Essay;3\n")
    assert aside(table) == [(3, "row-short")]


def test_a_cell_too_many_is_named_with_its_line_and_column(tmp_path: Path) -> None:
    table = read(tmp_path, "code;nom;pop\n61013;Aunay;1\n61026;Le Mêle; bourg;2\n61067;Essay;3\n")
    (problem,) = table.problems
    assert (problem.code, problem.line, problem.column, problem.severity) == ("row-long", 3, "pop", "error")
    assert refused(tmp_path, "a;b\n1;2;3\n4;5;6\n7;8;9\n").code == "header-mismatch"


def test_a_file_cut_in_its_last_row_is_refused(tmp_path: Path) -> None:
    problem = refused(tmp_path, "code;nom;pop\n61013;Aunay;1\n61026;Bu")
    assert (problem.code, problem.line) == ("row-short", 3) and "coupé" in problem.title


def test_every_ragged_line_is_named(tmp_path: Path) -> None:
    table = read(tmp_path, "a;b;c\n1;2;3\n1;2;3;4\n5;6;7\n1;2;3;4;5\n8;9;1\n")
    assert [line for line, _ in aside(table)] == [3, 5] and len(table.frame) == 3


# ------------------------------------------------------------------------------------------------------------ quotes


@pytest.mark.parametrize(
    ("row", "code"),
    [('2;"y;3', "quote-unclosed"), ('"y" z;2;5', "quote-stray"), ('2;"y" ;3', "quote-stray")],
)
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_stray_quote_damages_its_row_alone(tmp_path: Path, row: str, code: str, at: int) -> None:
    rows = ['1;"x";3', '4;"z; t";6', '7;"dit ""oui""";9']
    rows.insert(at, row)
    table = read(tmp_path, "a;b;c\n" + "\n".join(rows) + "\n")
    assert aside(table) == [(at + 2, code)] and table.repairs == ()
    assert table.frame.to_numpy().tolist() == [["1", "x", "3"], ["4", "z; t", "6"], ["7", 'dit "oui"', "9"]]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('a;b;c\n1;"x;3\n4;"z;6\n7;u;9\n', 2),  # what stands between two of them may be inside a cell
        ('a;b;c\n1;"deux\nlignes";3\n4;"z" t;6\n', 4),
        ('a;b;c\n1;"x;3\ntexte seul\n7;u;9\n', 2),
        ('a;"b;c\n1;x;3\n7;u;9\n', 1),
        ('a;"b" x;c\n1;"x";3\n7;u;9\n', 1),
    ],
)
def test_a_stray_quote_that_may_damage_other_rows_or_the_titles_is_refused_where_it_opens(
    tmp_path: Path, content: str, line: int
) -> None:
    problem = refused(tmp_path, content)
    assert (problem.code[:6], problem.line) == ("quote-", line)


def test_beside_a_damaged_row_a_lost_separator_is_no_longer_asked_but_set_aside(tmp_path: Path) -> None:
    content = 'a;b;c\n1;"x" y;3\n2;8"t;u";9\n4;"z";6\n7;"u";9\n5;"v";9\n'
    table = read(tmp_path, content.replace('2;8"t;u";9', '8"t;u";9'))
    assert aside(table) == [(2, "quote-stray"), (3, "quote-inside")] and len(table.frame) == 3


def test_text_after_a_closing_quote_is_read_as_text_where_no_cell_is_quoted(tmp_path: Path) -> None:
    literal = read(tmp_path, 'a;b\nx;1\n"y" z;2\n')
    assert literal.frame["a"].tolist() == ["x", '"y" z'] and [line for line, _ in said(literal)] == [3]


def test_lines_that_two_stray_quotes_join_are_set_aside_where_other_quotes_are_honest(tmp_path: Path) -> None:
    content = 'code;nom;pop\n61013;"Aunay;1\n61026;Bures";2\n61067;"Essay; bas";3\n61051;"Le Mêle";4\n'
    whole, each = (read(tmp_path, content, reading=r.id) for r in asked(tmp_path, content))
    assert whole.frame["nom"].tolist() == ["Aunay;1\n61026;Bures", "Essay; bas", "Le Mêle"]
    assert each.frame["nom"].tolist() == ["Essay; bas", "Le Mêle"]
    assert [line for line, _ in aside(each)] == [2, 3]


@pytest.mark.parametrize(("top", "row"), [(";", ""), ("", ";"), (";", ";")])
def test_two_stray_quotes_are_asked_where_lines_end_with_separators(
    tmp_path: Path, top: str, row: str
) -> None:
    lines = ["61013;Aunay;1", '"61026;Bures;2', '61067";Essay;3', "61051;Le Mêle;4"]
    content = f"code;nom;pop{top}\n" + "".join(f"{line}{row}\n" for line in lines)
    assert len(asked(tmp_path, content)) == 2


def test_two_stray_quotes_cannot_make_rows_vanish(tmp_path: Path) -> None:
    content = 'code;nom;pop\n61013;"Aunay;1\n61026;Bures";2\n61067;Essay;3\n'
    whole, split = (read(tmp_path, content, reading=each.id) for each in asked(tmp_path, content))
    assert whole.frame["nom"].tolist() == ["Aunay;1\n61026;Bures", "Essay"]
    assert split.frame["nom"].tolist() == ['"Aunay', 'Bures"', "Essay"] and split.repairs


HONEST = '61013{s}1{s}7.5{s}"Aunay{s} le bourg"{s}20\n61026{s}2{s}7.9{s}"Bures ""bas"""{s}21\n'


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("rows", [HONEST, "61013{s}1{s}7.5{s}Aunay{s}20\n61026{s}2{s}7.9{s}Bures{s}21\n"])
def test_a_separator_lost_before_a_quoted_cell_that_holds_one_is_asked_with_its_line(
    tmp_path: Path, separator: str, rows: str
) -> None:
    lost = '61156{s}12{s}8.5"Essay{s} le bourg ""haut"""{s}22\n'
    content = ("code{s}a{s}taux{s}nom{s}b\n" + rows + lost + rows).replace("{s}", separator)
    with pytest.raises(ReadingNeeded) as caught:
        read(tmp_path, content)
    assert [each.line for each in caught.value.problems] == [4]
    cut, text, none = (read(tmp_path, content, reading=each.id) for each in caught.value.readings)
    assert cut.frame.iloc[2].tolist() == ["61156", "12", "8.5", f'Essay{separator} le bourg "haut"', "22"]
    assert text.frame.iloc[2].tolist() == ["61156", "12", '8.5"Essay', ' le bourg ""haut"""', "22"]
    assert [line for line, _ in said(cut)] == [line for line, _ in said(text)] == [4]
    assert len(cut.frame) == len(text.frame) == 5
    assert aside(none) == [(4, "quote-inside")] and none.lines.tolist() == [2, 3, 5, 6]


def test_a_lost_separator_before_a_cell_of_two_lines_is_asked_too(tmp_path: Path) -> None:
    content = 'a;b;c\n1;x;2\n8"bas; haut;z\nfin; de";5\n3;y;4\n'
    readings = asked(tmp_path, content)
    cut, text, none = (read(tmp_path, content, reading=each.id) for each in readings)
    assert aside(none) == [(3, "quote-inside"), (4, "quote-inside")]
    assert cut.frame.to_numpy().tolist()[1] == ["8", "bas; haut;z\nfin; de", "5"] and len(cut.frame) == 3
    assert text.frame.to_numpy().tolist()[1:3] == [['8"bas', " haut", "z"], ["fin", ' de"', "5"]]


def test_quotes_that_sniffing_takes_for_text_are_looked_at_as_well(tmp_path: Path) -> None:
    readings = asked(tmp_path, 'a;b;c\nx;1;2\n"y" z;5;7\n8"t;u";9\n')
    assert [each.excerpt[0] for each in readings[:2]] == [("8", "t;u", "9"), ('8"t', 'u"', "9")]


def test_a_lost_separator_before_a_quoted_title_is_refused(tmp_path: Path) -> None:
    problem = refused(tmp_path, 'code;taux"nom;lieu";pop\n61013;1;Aunay;3\n61026;2;Bures;4\n')
    assert (problem.code, problem.line) == ("header-quote", 1)


def test_inches_and_quoted_words_in_a_cell_are_no_question(tmp_path: Path) -> None:
    table = read(tmp_path, 'nom;taille;lieu\nécran;24" large;ici\nGîte "La Grange";27";là\n"a;b";"9""";"c"\n')
    assert table.frame["taille"].tolist() == ['24" large', '27"', '9"'] and table.repairs == ()


# --------------------------------------------------------------------------------------------------------- encodings


def test_a_line_in_another_encoding_is_repaired_and_listed(tmp_path: Path) -> None:
    content = "nom;pop\nLe Mêle;1\n".encode() + "Buré;2\n".encode("cp1252") + "Écouves;3\n".encode()
    table = read(tmp_path, content)
    assert table.frame["nom"].tolist() == ["Le Mêle", "Buré", "Écouves"]
    assert [line for line, _ in said(table)] == [3]


def test_a_line_that_mixes_both_is_refused(tmp_path: Path) -> None:
    content = "nom;pop\nLe Mêle;1\n".encode() + "Mêle ".encode() + "Buré;2\n".encode("cp1252")
    problem = refused(tmp_path, content)
    assert (problem.code, problem.line) == ("encoding-mixed", 3)


def test_an_accent_that_two_encodings_explain_is_asked(tmp_path: Path) -> None:
    content = b"nom;pop\nA \xe9;1\n"
    texts = {read(tmp_path, content, reading=each.id).frame["nom"][0] for each in asked(tmp_path, content)}
    assert {"A é", "A È"} <= texts


def test_two_letters_that_happen_to_be_utf8_are_asked(tmp_path: Path) -> None:
    content = "nom;pop\n\u00a0É;1\n".encode("mac_roman")
    texts = [read(tmp_path, content, reading=each.id).frame["nom"][0] for each in asked(tmp_path, content)]
    assert texts[-1] == "ʃ" and texts[0] == "\u00a0É"
    assert read(tmp_path, "nom;pop\nMêle;1\n").frame["nom"][0] == "Mêle"
    assert read(tmp_path, "code;n\n61156;5 ‰\n61258;3 ‰\n").frame["n"][0] == "5 ‰"


def test_encodings_show_the_same_line_and_those_that_read_as_french_come_first(tmp_path: Path) -> None:
    long = b"x" * 200 + b" A \xe9 " + b"y" * 200
    readings = asked(tmp_path, b"nom;pop\nBures;3\n" + long + b";1\nA \xc9;2\n")
    assert len({len(each.excerpt) for each in readings}) == 1
    cells = [each.excerpt[0][0] for each in readings]
    assert len({*cells}) == len(cells), cells  # the letter in doubt is in sight, each time another
    assert all("x A " in cell and " yyy" in cell for cell in cells)
    likely = [each.likely for each in readings]
    assert likely[0] and likely == sorted(likely, reverse=True)
    foreign = asked(tmp_path, "nom;pop\n\u00a0É;1\n".encode("mac_roman"))
    assert [each.id for each in foreign if not each.likely] == ["encoding=utf-8"]


def test_the_euro_and_the_long_oe_tell_latin_9_from_windows(tmp_path: Path) -> None:
    text = "nom;prix\nSacré-Cœur;12 €\nŒuvre à Coeur;3 €\n"
    for encoding in ("cp1252", "iso8859-15"):
        table = read(tmp_path, text, encoding=encoding)
        assert table.frame["nom"].tolist() == ["Sacré-Cœur", "Œuvre à Coeur"], encoding


def test_nul_bytes_are_refused_with_their_line_and_utf16_without_mark_is_said(tmp_path: Path) -> None:
    assert refused(tmp_path, b"a;b\n1;2\n3;\x004\n").line == 3
    table = read(tmp_path, CLEAN.encode("utf-16-le"))
    assert table.frame.to_numpy().tolist() == ROWS and len(table.repairs) == 1


def test_a_cut_utf16_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, CLEAN.encode("utf-16")[:-1]).code == "encoding-broken"


# ------------------------------------------------------------------------------------------------------------ limits


@pytest.mark.parametrize("content", ["", "\n\n\r\n", ";;;\n;;;\n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    assert refused(tmp_path, content).code == "empty"


def test_a_header_alone_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "code;nom;pop\n").code == "no-rows"


def test_500_columns_are_exact_and_the_limit_is_said(tmp_path: Path) -> None:
    wide = ";".join(f"c{i}" for i in range(500)) + "\n" + ";".join(map(str, range(500))) + "\n"
    assert read(tmp_path, wide).frame.iloc[0].tolist() == [str(i) for i in range(500)]
    wider = (
        ";".join(f"c{i}" for i in range(MAX_COLUMNS + 1)) + "\n" + ";".join(["1"] * (MAX_COLUMNS + 1)) + "\n"
    )
    problem = refused(tmp_path, wider)
    assert problem.code == "too-many-columns" and "2\u202f000" in problem.title


@pytest.mark.parametrize("before", [0, 40_000])
@pytest.mark.parametrize("quoted", [False, True])
def test_a_cell_of_ten_megabytes_is_refused_with_its_line_and_column(
    tmp_path: Path, before: int, quoted: bool
) -> None:
    cell = '"' + "x\n" * 5_000_000 + '"' if quoted else "x" * 10_000_000
    problem = refused(
        tmp_path, "code;nom;pop\n" + "61013;Aunay-les-Bois d'en haut;1\n" * before + f"61026;{cell};2\n"
    )
    assert (problem.code, problem.line) == ("cell-too-long", before + 2)
    assert len(problem.value) < 100 and (quoted or problem.column)


def test_the_limit_of_a_cell_is_ours_whatever_another_library_sets(tmp_path: Path) -> None:
    before = csv.field_size_limit(10**9)
    try:
        problem = refused(tmp_path, 'code;nom\n61026;"' + "x\n" * 5_000_000 + '"\n')
    finally:
        csv.field_size_limit(before)
    assert (problem.code, problem.line) == ("cell-too-long", 2)


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    assert refused(tmp_path, CLEAN, limit=10).code == "too-big"


def test_a_wrong_extension_is_said(tmp_path: Path) -> None:
    table = read(tmp_path, CLEAN, name="chiffres.xlsx")
    assert table.frame.shape == (3, 4) and ".xlsx" in said(table)[0][1]


def test_the_careful_way_and_the_fast_way_agree(tmp_path: Path) -> None:
    rows = [[str(i), f'x "{i}"', "a;b" if i % 3 else "", f" {i},5 "] for i in range(500)]
    text = "n;t;s;v\n" + "".join(
        ";".join('"' + c.replace('"', '""') + '"' for c in row) + "\n" for row in rows
    )
    fast = read(tmp_path, text)
    careful = read(tmp_path, text + "\n501;x;y;z\n")
    assert fast.frame.to_numpy().tolist() == rows
    assert careful.frame.to_numpy().tolist() == [*rows, ["501", "x", "y", "z"]]
    assert fast.repairs == () and [line for line, _ in said(careful)] == [502]
