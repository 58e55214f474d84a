"""The territory file: what the shipped one holds, and how the mistakes of another are refused."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from analysis.model import Thresholds
from data import following, packs
from data.reference import commune_names
from data.territory import TerritoryError, geometry, group_outlines, load_territory, local_crs

SHIPPED = packs.SHIPPED.territory.read_text(encoding="utf-8")
HEAD = 'id = "essai"\nname = "Essai"\n'
TAIL = '\n[network]\nname = "Essai"\nfirst_year = 2020\n'


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "territory.toml"
    path.write_text(text, encoding="utf-8")
    return path


def line_of(text: str, needle: str, nth: int = 0) -> int:
    """Line of the nth occurrence of `needle`, counted from 1."""
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if needle in line]
    return lines[nth]


def refused(tmp_path: Path, text: str) -> TerritoryError:
    path = written(tmp_path, text)
    with pytest.raises(TerritoryError) as caught:
        load_territory(path)
    assert str(path) in str(caught.value)
    return caught.value


def changed(old: str, new: str) -> str:
    """The shipped file with the first `old` replaced."""
    assert old in SHIPPED
    return SHIPPED.replace(old, new, 1)


# --- the shipped territory ---


def test_the_shipped_territory() -> None:
    territory = load_territory()
    assert (territory.id, territory.name) == ("zevillage", "Zevillage")
    assert len(territory.codes) == 20
    assert territory.codes[9] == "61258"
    assert territory.names[9] == "Le Mêle-sur-Sarthe"
    assert territory.name_of["61365"] == "Saint-Aubin-d'Appenai"
    assert [(g.id, g.name, len(g.codes)) for g in territory.groups] == [
        ("pays-d-essay", "Pays d'Essay", 6),
        ("pays-melois", "Pays Mêlois", 14),
    ]
    assert sorted(code for group in territory.groups for code in group.codes) == sorted(territory.codes)
    assert [(e.code, e.name, len(e.codes)) for e in territory.epcis] == [
        ("200035103", "CC de la Vallée de la Haute Sarthe", 17),
        ("200035111", "CC des Sources de l'Orne", 3),
    ]
    assert [(d.code, d.name, len(d.codes)) for d in territory.departements] == [("61", "Orne", 20)]
    assert (territory.search_days, territory.call_days, territory.silent_days) == (8, 3, 8)
    assert territory.thresholds == Thresholds(public=11, council=3)
    assert (territory.network.name, territory.network.first_year) == ("Zevillage", 2004)
    assert territory.network.budget == 0
    assert territory.telework.good_ftth >= territory.telework.fair_ftth


def test_groups_are_the_historical_ones() -> None:
    territory = load_territory()
    group = territory.group_of("61266")  # Le Ménil-Guyon, which later left it
    assert group is not None
    assert group.id == "pays-d-essay"
    essay = ("61013", "61051", "61068", "61156", "61266", "61304")
    assert group.codes == essay
    assert territory.group_of("61001") is None


def test_bounds_and_center_frame_the_contours() -> None:
    territory = load_territory()
    assert territory.bounds is not None
    assert territory.center is not None
    assert geometry(territory).total_bounds == pytest.approx(territory.bounds)
    latitude, longitude = territory.center
    assert (latitude, longitude) == pytest.approx((48.53, 0.30), abs=0.01)


def test_a_territory_is_a_value() -> None:
    assert load_territory() == load_territory()
    assert hash(load_territory()) == hash(load_territory())


def test_the_variable_names_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, HEAD + 'communes = ["61258"]' + TAIL)
    monkeypatch.setenv("ZEVILLAGE_TERRITORY", str(path))
    assert load_territory().id == "essai"
    assert packs.current().folder == tmp_path  # what else the pack holds lies beside
    for value in (str(tmp_path), "zevillage"):  # the folder of a pack, the id of one that lies here
        monkeypatch.setenv("ZEVILLAGE_TERRITORY", value)
        assert load_territory().id == ("essai" if value != "zevillage" else "zevillage")
    monkeypatch.setenv("ZEVILLAGE_TERRITORY", str(tmp_path / "nulle-part"))
    with pytest.raises(TerritoryError, match="un pack livré \\(zevillage\\)"):
        load_territory()
    monkeypatch.setenv("ZEVILLAGE_TERRITORY", "")
    assert load_territory().id == "zevillage"


# --- geometry ---


def test_geometry_of_the_communes() -> None:
    territory = load_territory()
    frame = geometry(territory)
    assert tuple(frame["code"]) == territory.codes
    assert tuple(frame["name"]) == territory.names
    assert set(frame["group"]) == {"pays-d-essay", "pays-melois"}
    assert frame.geometry.name == "contour"
    assert frame.crs.to_epsg() == frame["point"].crs.to_epsg() == 4326
    assert frame.geometry.contains(frame["point"]).all()
    areas = frame.to_crs(local_crs(territory)).area / 1e6
    assert areas.between(0.5, 40).all()  # km²
    assert local_crs(territory).to_epsg() == 2154


def test_group_outlines_cover_the_communes_of_the_group() -> None:
    territory = load_territory()
    outlines = group_outlines(territory).set_index("id")
    assert list(outlines["name"]) == ["Pays d'Essay", "Pays Mêlois"]
    frame = geometry(territory).set_index("code")
    for group in territory.groups:
        outline = outlines.geometry[group.id]
        assert outline.is_valid
        parts = frame.geometry[list(group.codes)]
        assert outline.area == pytest.approx(sum(part.area for part in parts), rel=1e-9)
        assert all(not polygon.interiors for polygon in getattr(outline, "geoms", [outline]))


# --- other territories ---


def test_a_territory_of_one_commune(tmp_path: Path) -> None:
    territory = load_territory(written(tmp_path, HEAD + 'communes = ["61258"]' + TAIL))
    assert territory.names == ("Le Mêle-sur-Sarthe",)
    assert territory.groups == ()
    assert [area.name for area in territory.departements] == ["Orne"]
    assert len(geometry(territory)) == 1
    assert group_outlines(territory).empty


def test_a_territory_overseas_and_in_corsica(tmp_path: Path) -> None:
    reunion = HEAD + (
        'communes = [{ code = "97411", name = "Saint-Denis" }, { code = "97415", name = "Saint-Paul" }]\n'
        '[[groups]]\nid = "nord"\nname = "Nord"\ncommunes = ["97411"]\n'
    )
    territory = load_territory(written(tmp_path, reunion + TAIL))
    assert [area.name for area in territory.departements] == ["La Réunion"]
    assert local_crs(territory).to_epsg() == 32740  # UTM zone 40 south
    frame = geometry(territory)
    assert frame.geometry.contains(frame["point"]).all()
    areas = frame.to_crs(local_crs(territory)).area / 1e6
    assert list(areas.round(-1)) == [140, 240]  # km²: 142.8 and 241.3 for the official figures
    assert len(group_outlines(territory)) == 1

    corsica = load_territory(written(tmp_path, HEAD + 'communes = ["2A004", "2B033"]' + TAIL))
    assert corsica.names == ("Ajaccio", "Bastia")
    assert [area.code for area in corsica.departements] == ["2A", "2B"]
    assert local_crs(corsica).to_epsg() == 2154


def test_a_commune_without_contour_is_kept(tmp_path: Path) -> None:
    mixed = load_territory(written(tmp_path, HEAD + 'communes = ["49126", "49007"]' + TAIL))
    frame = geometry(mixed)
    assert list(frame["name"]) == ["Orée d'Anjou", "Angers"]
    assert list(frame["contour"].isna()) == [True, False]
    assert list(frame["point"].isna()) == [True, False]

    papeete = 'communes = [{ code = "98735", name = "Papeete" }]'
    alone = load_territory(written(tmp_path, HEAD + papeete + TAIL))
    assert alone.bounds is None
    assert alone.center is None
    assert list(geometry(alone)["point"].isna()) == [True]
    with pytest.raises(ValueError, match="contour"):
        local_crs(alone)


def test_names_may_be_spelt_otherwise(tmp_path: Path) -> None:
    text = HEAD + 'communes = [{ code = "61258", name = "LE MELE SUR SARTHE" }]' + TAIL
    assert load_territory(written(tmp_path, text)).names == ("Le Mêle-sur-Sarthe",)


def test_other_ways_to_write_the_same_toml(tmp_path: Path) -> None:
    text = (
        '# code = "61106" in a comment is nothing\nid=\'essai\'\nname="""Es\nsai"""\n'
        '[[communes]]\ncode = "61258" # { code = "x" }\n[[communes]]\nname = "Bad ] name"\ncode = "61156"\n'
    )
    error = refused(tmp_path, text + TAIL)
    assert [(p.line, p.value) for p in error.problems] == [(9, "61156")]
    fixed = text.replace("Bad ] name", "Essay")
    assert load_territory(written(tmp_path, fixed + TAIL)).codes == ("61258", "61156")


def test_a_file_saved_by_notepad_is_read(tmp_path: Path) -> None:
    path = tmp_path / "territory.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SHIPPED.replace("\n", "\r\n").encode())
    assert len(load_territory(path).codes) == 20


# --- mistakes ---


@pytest.mark.parametrize(
    ("old", "new", "value", "meant"),
    [
        # a code that no longer exists
        ('"61013", name = "Aunay-les-Bois"', '"61106"', "61106", 'Putanges-le-Lac : "61339"'),
        # a slip of the finger, with and without the name
        ('"61502", name = "Vidai"', '"61999", name = "Vidai"', "61999", "61502 (Vidai)"),
        ('"61258", name = "Le Mêle-sur-Sarthe"', '"61528"', "61528", "61258 (Le Mêle-sur-Sarthe)"),
        # a postcode that is also a code, with and without the name
        ('"61026", name = "Barville"', '"61170", name = "Barville"', "61170", "61026 (Barville)"),
        (
            '"61026", name = "Barville"',
            '"61170"',
            "61170",
            "code postal de 16 communes, dont Barville (61026)",
        ),
        # a postcode that is no code
        (
            '"61261", name = "Le Ménil-Broût"',
            '"61250", name = "Le Ménil-Broût"',
            "61250",
            "61261 (Le Ménil-Broût)",
        ),
        # a postcode that is the code of a commune of the past
        (
            '"61261", name = "Le Ménil-Broût"',
            '"61250"',
            "61250",
            "il dépend aujourd'hui de Longny les Villages",
        ),
        ('"61261", name = "Le Ménil-Broût"', '"61250"', "61250", "aussi le code postal de 18 communes"),
        # the code of another commune
        (
            '"61067", name = "Bures"',
            '"61066", name = "Bures"',
            "61066",
            "est le code de Buré, pas de « Bures »",
        ),
        # twice
        (
            '"61026", name = "Barville"',
            '"61013", name = "Aunay-les-Bois"',
            "61013",
            "listé deux fois : déjà ligne 12",
        ),
        # a number
        ('"61156", name', "61156, name", "61156", 'entre guillemets : "61156" (Essay)'),
        ('"61156", name = "Essay"', "1001", "1001", 'entre guillemets : "01001" (L\'Abergement-Clémenciat)'),
        ('"61156", name = "Essay"', '"1001"', "1001", 'zéro initial manque : "01001"'),
        # rubbish
        ('"61156", name = "Essay"', '"Essay"', "Essay", "un code a cinq caractères"),
        ('"61156", name = "Essay"', '"61156 "', "61156 ", 'ainsi : "61156"'),
    ],
)
def test_a_wrong_commune_is_refused_with_its_line_and_what_was_meant(
    tmp_path: Path, old: str, new: str, value: str, meant: str
) -> None:
    # the shipped list has one commune a line: a bare value stands for the whole table
    text = changed(old, new) if "name" in new else changed("{ code = " + old + " }", new)
    error = refused(tmp_path, text)
    (problem,) = error.problems
    assert problem.line == line_of(SHIPPED, old.split(",")[0])
    assert problem.value == value
    assert meant in problem.message
    assert f"ligne {problem.line}" in str(error)


def test_a_code_without_quotes_that_starts_with_zero_is_explained(tmp_path: Path) -> None:
    error = refused(tmp_path, HEAD + "communes = [\n  01001,\n]" + TAIL)
    (problem,) = error.problems
    assert problem.line == 4
    assert "entre guillemets" in problem.message


@pytest.mark.parametrize("listed", ["communes = []", "", "communes = 3"])
def test_a_territory_of_no_commune_is_refused(tmp_path: Path, listed: str) -> None:
    error = refused(tmp_path, HEAD + listed + TAIL)
    assert error.problems[0].line == (3 if listed else None)
    assert "au moins une commune" in error.problems[0].message


def test_a_commune_without_code_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, HEAD + 'communes = [\n  "61258",\n  { name = "Essay" },\n]' + TAIL)
    (problem,) = error.problems
    assert (problem.line, problem.value) == (5, "Essay")
    assert "61156 (Essay)" in problem.message


ESSAY = '["61013", "61051", "61068", "61156", "61266", "61304"]'


@pytest.mark.parametrize(
    ("new", "value", "meant"),
    [
        ('["61013", "61051", "61062"]', "61062", "absente de « communes » (Brieux)"),
        ('["61013", "61512"]', "61512", "absente de « communes » (Les Yveteaux)"),
        ('["61013", "61106"]', "61106", "absente de « communes »"),
        ('["61013", "61013"]', "61013", "déjà dans le groupe « Pays d'Essay »"),
        ("[61013]", "61013", 'entre guillemets : "61013"'),
        ("[]", "pays-d-essay", "pas de commune"),
    ],
)
def test_a_wrong_group_is_refused(tmp_path: Path, new: str, value: str, meant: str) -> None:
    error = refused(tmp_path, changed(ESSAY, new))
    (problem,) = error.problems
    expected = ESSAY if new != "[]" else 'id = "pays-d-essay"'
    assert problem.line == line_of(SHIPPED, expected)
    assert problem.value == value
    assert meant in problem.message


def test_a_commune_in_two_groups_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, changed('"61026", "61067"', '"61026", "61013"'))
    (problem,) = error.problems
    assert problem.line == line_of(SHIPPED, '"61026", "61067"')
    assert problem.value == "61013"
    assert "déjà dans le groupe « Pays d'Essay » (Aunay-les-Bois)" in problem.message


@pytest.mark.parametrize(
    ("old", "new", "value", "meant"),
    [
        ("days = 8", 'days = "8"', "8", "nombre entier de 1 à 365"),
        ("days = 8", "days = 0", "0", "nombre entier de 1 à 365"),
        ("days = 8", "days = true", "True", "nombre entier de 1 à 365"),
        ("public = 11", "pubilc = 11", "pubilc", "clés possibles : public, council"),
        ("council = 3", "council = 12", "12", "ne peut pas dépasser celui du public"),
        ("good_ftth_percent = 95", "good_ftth_percent = 950", "950", "de 0 à 100"),
        ("good_ftth_percent = 95", "good_ftth_percent = 60", "80", "ne peut pas dépasser"),
        ('id = "zevillage"', 'id = "Zé village"', "Zé village", "minuscules"),
        ('name = "Zevillage"', 'name = ""', "", "texte non vide"),
        ('id = "pays-melois"', 'id = "pays-d-essay"', "pays-d-essay", "même « id »"),
        ('"200035111", name', '"200035112", name', "200035112", "CC des Sources de l'Orne (200035111)"),
        ('"61", name = "Orne"', '"61", name = "Eure"', "Eure", "61 est Orne"),
        ("first_year = 2004", "first_year = 204", "204", "de 1900 à 2100"),
        ("budget = 0", "budget = -1", "-1", "de 0 à 999999"),
    ],
)
def test_a_wrong_setting_is_refused(tmp_path: Path, old: str, new: str, value: str, meant: str) -> None:
    text = changed(old, new)
    error = refused(tmp_path, text)
    problem = next(p for p in error.problems if p.value == value)
    nth = 1 if new == 'id = "pays-d-essay"' else 0
    # where two limits contradict each other, the line is that of the lower one
    expected = new if value != "80" else "fair_ftth_percent = 80"
    assert problem.line == line_of(text, expected, nth)
    assert meant in problem.message


def test_all_mistakes_are_told_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    text = changed("days = 8", "days = -1").replace('"61013", name', '"61014", name')
    problems = refused(tmp_path, text).problems
    assert [p.value for p in problems] == ["61014", "-1"]


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b'id = "essai\n', 1, "pas du TOML"),
        (b'id = "essai"\nid = "autre"\n', 2, "répétée"),
        ('id = "essai"\nname = "Mêle"\n'.encode("cp1252"), 2, "UTF-8"),
    ],
)
def test_a_file_that_is_not_toml_is_refused(tmp_path: Path, content: bytes, line: int, message: str) -> None:
    path = tmp_path / "territory.toml"
    path.write_bytes(content)
    with pytest.raises(TerritoryError, match=message) as caught:
        load_territory(path)
    assert caught.value.problems[0].line == line


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.toml", tmp_path):
        with pytest.raises(TerritoryError):
            load_territory(path)


@pytest.mark.parametrize("setting", ["call_every_days = 3", "silent_after_days = 8"])
def test_the_delays_of_the_watch_are_days_of_one_or_more(tmp_path: Path, setting: str) -> None:
    name = setting.partition(" ")[0]
    assert f"search.{name}" in str(refused(tmp_path, changed(setting, f"{name} = 0")))


def test_messages_are_written_in_french_typography(tmp_path: Path) -> None:
    message = str(refused(tmp_path, changed("days = 8", "days = 0")))
    assert "\u202f:" in message
    assert "«\u202fsearch.days\u202f»" in message
    assert " :" not in message.replace("\u202f", "")


def test_borders_are_common_lines_and_go_both_ways() -> None:
    from data.territory import borders

    found = borders(load_territory())
    assert found["61502"] == ("61026", "61412")  # Vidai: Barville, Saint-Julien-sur-Sarthe
    assert all(code in found[other] for code, near in found.items() for other in near)
    assert all(code not in near for code, near in found.items())


def test_borders_are_those_that_looking_at_every_pair_finds(tmp_path: Path) -> None:
    """Two groups of communes far from each other: many pairs of boxes that meet, and more that do not."""
    from data.territory import borders

    # A code that is a postcode too is refused without its name.
    codes = [code for code in commune_names() if code.startswith(("611", "2B0")) and code[-1] != "0"]
    territory = load_territory(written(tmp_path, f"{HEAD}communes = {codes}\n{TAIL}"))
    lines = geometry(territory).set_geometry("contour").to_crs(local_crs(territory))
    edges = dict(zip(lines["code"], lines.geometry.boundary, strict=True))
    found: dict[str, dict[str, float]] = {code: {} for code in codes}
    for one, other in combinations(edges, 2):
        if (length := edges[one].intersection(edges[other]).length) > 0:
            found[one][other] = found[other][one] = length
    assert len(codes) > 100 and sum(map(len, found.values())) > 100
    assert borders(territory) == {
        code: tuple(sorted(near, key=near.__getitem__, reverse=True)) for code, near in found.items()
    }


_HEAD = 'id = "x"\nname = "X"\ncommunes = ["61156"]\n[network]\nfirst_year = 2020\n'


def test_how_dossiers_are_followed_is_read(tmp_path: Path) -> None:
    assert load_territory(written(tmp_path, _HEAD)).following == following.DEFAULT
    told = load_territory(
        written(
            tmp_path,
            f'{_HEAD}[[clocks]]\nstep = "received"\ntarget = 1\nreminder = 2\nlate = 3\nfor_what = "lire"\n'
            '[grid]\nscale = ["a", "b", "c", "d"]\nproject = "Aide"\n'
            '[[tasks]]\nid = "t"\ntopic = "school"\nlabel = "Inscrire"\ndays = -3\nneeds = ["school"]\n'
            '[school]\nzone = "A"\ngroupings = [{ name = "le regroupement", communes = ["61156"] }]\n',
        )
    ).following
    assert (told.zone, told.groupings[0].communes) == ("A", ("61156",))
    assert (told.clocks["received"].late, told.scale, told.helps["project"]) == (
        3,
        ("a", "b", "c", "d"),
        "Aide",
    )
    assert [(task.id, task.needs) for task in told.tasks] == [("t", ("school",))]


def test_the_pack_holds_its_checklist_and_its_grid_in_files_of_their_own(tmp_path: Path) -> None:
    assert {name: file.exists() for name, file in packs.SHIPPED.following.items()} == {
        "tasks": True,
        "grid": True,
    }
    shipped = load_territory().following
    assert (shipped.tasks, shipped.scale, shipped.helps) == (
        following.DEFAULT.tasks, following.DEFAULT.scale, following.DEFAULT.helps,
    )  # fmt: skip
    path = written(tmp_path, _HEAD)
    file = tmp_path / "checklist.toml"
    file.write_text('[[tasks]]\nid = "t"\ntopic = "papers"\nlabel = "Signer"\ndays = 3\n', encoding="utf-8")
    (tmp_path / "grid.toml").write_text('[grid]\nscale = ["a", "b", "c", "d"]\n', encoding="utf-8")
    told = load_territory(path).following
    assert ([task.label for task in told.tasks], told.scale) == (["Signer"], ("a", "b", "c", "d"))
    for text, message in (
        ('[[tasks]]\nid = "t"\ntopic = "moon"\nlabel = "x"\ndays = 1\n', "n’est pas un sujet"),
        ('[[taks]]\nid = "t"\n', "clé inconnue"),
    ):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(TerritoryError, match=message) as caught:
            load_territory(path)
        assert caught.value.path == file and caught.value.problems[0].line
    file.unlink()
    twice = refused(tmp_path, f'{_HEAD}[grid]\nscale = ["a", "b", "c", "d"]\n').problems[0]
    assert "aussi dans grid.toml" in twice.message and twice.line == 7


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ('[[clocks]]\nstep = "nowhere"\ntarget = 1\nreminder = 2\nlate = 3\nfor_what = "x"', "n’est pas une étape"),
        ('[[clocks]]\nstep = "read"\ntarget = 9\nreminder = 2\nlate = 3\nfor_what = "x"', "qui se suivent"),
        ('[[clocks]]\nstep = "read"\ntarget = 1\nreminder = 2\nlate = 3', "for_what"),
        ('[grid]\nscale = ["a"]', "4 textes"),
        ('[grid]\nproject = 3', "un texte"),
        ('[[tasks]]\nid = "t"\ntopic = "moon"\nlabel = "x"\ndays = 1', "n’est pas un sujet"),
        ('[[tasks]]\nid = "t"\ntopic = "school"\nlabel = "x"\ndays = "1"', "nombre entier"),
        ('[[tasks]]\nid = "t"\ntopic = "school"\nlabel = "à {lune}"\ndays = 1', "n’est pas un lieu"),
        ('tasks = 3', "suite de tables"),
        ('[school]\nzone = "D"', "A, B, C"),
        ('[school]\ngroupings = [{ name = "Le regroupement" }]', "un nom (name) et des codes"),
        ('[school]\ngroupings = [{ name = "x", communes = ["75056"] }]', "pas d'une commune du territoire"),
    ],
)  # fmt: skip
def test_a_wrong_rule_of_dossiers_is_refused_with_its_line(tmp_path: Path, table: str, told: str) -> None:
    text = f"{table}\n{_HEAD}" if table.startswith("tasks") else f"{_HEAD}{table}\n"
    [problem] = refused(tmp_path, text).problems
    assert told in problem.message
    assert problem.line is not None
