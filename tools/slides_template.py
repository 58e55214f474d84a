"""Make the slide template that comes with the application: `python -m tools.slides_template`.

Writes `reports/assets/modele.pptx`, on which `reports.slides` puts a séance when the town hall has given none of its own: three
layouts, « Titre », « Vue » and « Suite », whose placeholders are named after what they take (`docs/guide-seance.md`). Made from
python-pptx's own blank presentation, so that the file in the repository can be explained line by line.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu, Inches

from analysis import palette

PATH = Path(__file__).resolve().parents[1] / "reports" / "assets" / "modele.pptx"
FONT = "Arial"  # on every office computer; LibreOffice has letters of the same widths
WIDTH, HEIGHT = 13.333, 7.5  # inches: 16:9
EDGE = 0.5
_BAND = 0.14

# name → (kind, idx, left, top, width, height, points, colour, bold, anchor, prompt)
Placeholder = tuple[str, str, int, float, float, float, float, float, str, bool, str, str]
FOOT: Placeholder = (
    "Pied", "body", 13, EDGE, 6.62, 11.3, 0.74, 12, palette.INK, False, "t", "Sources, millésime, empreinte des chiffres",
)  # fmt: skip
MARK: Placeholder = (
    "Mention", "body", 14, 10.93, 0.42, 1.9, 0.42, 14, palette.INK, True, "ctr", "Démonstration",
)  # fmt: skip
LAYOUTS: dict[str, tuple[Placeholder, ...]] = {
    "Titre": (
        ("Titre", "ctrTitle", 0, EDGE, 1.0, 12.3, 2.0, 44, palette.INK, True, "b", "Titre de la séance"),
        ("Renseignements", "body", 10, EDGE, 3.25, 12.3, 3.2, 22, palette.INK, False, "t", "Date, territoire, empreinte"),
        MARK,
        FOOT,
    ),
    "Vue": (
        ("Titre", "title", 0, EDGE, 0.3, 10.2, 0.95, 30, palette.INK, True, "ctr", "Titre de la vue"),
        ("Phrase", "body", 10, EDGE, 1.4, 3.75, 3.75, 24, palette.INK, False, "t", "Ce qu’il faut retenir"),
        ("Figure", "obj", 11, 4.45, 1.35, 8.38, 5.2, 16, palette.INK, False, "t", "Carte, graphique ou tableau"),
        ("QR", "pic", 12, EDGE, 5.25, 1.25, 1.25, 10, palette.INK, False, "t", "QR code"),
        MARK,
        FOOT,
    ),
    "Suite": (
        ("Titre", "title", 0, EDGE, 0.3, 10.2, 0.75, 24, palette.INK, True, "ctr", "Titre de la vue (suite)"),
        ("Figure", "obj", 11, EDGE, 1.15, 12.33, 5.4, 16, palette.INK, False, "t", "Tableau"),
        MARK,
        FOOT,
    ),
}  # fmt: skip


def build() -> bytes:
    """The template as the bytes of a PPTX file, the same at each call."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Emu(12_192_000), Emu(6_858_000)
    master = deck.slide_masters[0]
    for layout in list(master.slide_layouts)[len(LAYOUTS) :]:
        master.slide_layouts.remove(layout)
    _master(master)
    for layout, (name, placeholders) in zip(list(master.slide_layouts), LAYOUTS.items(), strict=True):
        layout.name = name
        tree = layout.shapes._spTree
        for shape in list(layout.shapes):
            tree.remove(shape._element)
        for number, placeholder in enumerate(placeholders, 2):
            tree.append(_placeholder(number, placeholder))
        tree.append(_number(len(placeholders) + 2))
        kind = layout._element.attrib
        kind.pop("type", None)
        kind["preserve"] = kind["userDrawn"] = "1"
    _theme(master)
    # Neither the picture nor the printer of the blank presentation's author.
    for owner, ending in ((deck.part.package, "/thumbnail"), (deck.part, "/printerSettings")):
        for key in [key for key, rel in owner._rels.items() if rel.reltype.endswith(ending)]:
            owner._rels.pop(key)
    props = deck.core_properties
    props.title, props.author, props.language = "Modèle de séance", "Zevillage", "fr-FR"
    props.created = props.modified = dt.datetime(2026, 11, 28)
    props.last_modified_by, props.revision = "Zevillage", 1
    made = io.BytesIO()
    deck.save(made)
    return _dated(made.getvalue())


def _master(master: Any) -> None:
    """A blank master in our letters, with a band of the house's blue at the top."""
    tree = master.shapes._spTree
    for shape in list(master.placeholders):
        if shape.placeholder_format.idx > 1:
            tree.remove(shape._element)  # date, foot and number: the layouts have their own
    for shape, (left, top, width, height) in zip(
        master.placeholders, ((EDGE, 0.3, 10.2, 0.95), (EDGE, 1.35, 12.33, 5.2)), strict=True
    ):
        shape.left, shape.top, shape.width, shape.height = map(Inches, (left, top, width, height))
        shape.text_frame.paragraphs[0].runs[0].text = (
            "Titre" if shape.placeholder_format.idx == 0 else "Texte"
        )
        for further in list(shape.text_frame._txBody.p_lst)[1:]:
            shape.text_frame._txBody.remove(further)
    band = parse_xml(
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="90" name="Bandeau"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>'
        f'<p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="12192000" cy="{Inches(_BAND)}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        '<a:solidFill><a:schemeClr val="accent1"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr>'
        '<p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr lang="fr-FR"/></a:p></p:txBody></p:sp>'
    )
    tree.insert(2, band)
    styles = master._element.find(qn("p:txStyles"))
    for style, bold in (("p:titleStyle", True), ("p:bodyStyle", False)):
        for level in styles.find(qn(style)):
            if not level.tag.endswith("pPr"):
                continue
            level.set("algn", "l")
            level.set("marL", "0")
            level.set("indent", "0")
            for bullet in [child for child in level if etree.QName(child).localname.startswith("bu")]:
                level.remove(bullet)
            before = level.find(qn("a:spcBef"))
            at = 0 if before is None else list(level).index(before) + 1
            level.insert(at, parse_xml(f"<a:buNone {nsdecls('a')}/>"))
            level.find(qn("a:defRPr")).set("b", str(int(bold)))


_MARK_LOOK = (
    '<a:solidFill><a:srgbClr val="FFE8A3"/></a:solidFill>'
    '<a:ln w="12700"><a:solidFill><a:srgbClr val="1A1A1A"/></a:solidFill></a:ln>'
)


def _placeholder(number: int, given: Placeholder) -> Any:
    name, kind, idx, left, top, width, height, points, color, bold, anchor, prompt = given
    mark = name == "Mention"
    margin = 91440 if mark else 0
    about = f'type="{kind}"' + (f' idx="{idx}" sz="quarter"' if idx else "")
    return parse_xml(
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f"<p:nvPr><p:ph {about}/></p:nvPr></p:nvSpPr>"
        f"<p:spPr>{_frame(left, top, width, height)}{_MARK_LOOK if mark else ''}</p:spPr>"
        f'<p:txBody><a:bodyPr lIns="{margin}" tIns="0" rIns="{margin}" bIns="0" anchor="{anchor}"><a:noAutofit/></a:bodyPr>'
        f'<a:lstStyle><a:lvl1pPr marL="0" indent="0" algn="{"ctr" if mark else "l"}"><a:buNone/>'
        f'<a:defRPr lang="fr-FR" sz="{int(points * 100)}" b="{int(bold)}">'
        f'<a:solidFill><a:srgbClr val="{color[1:].upper()}"/></a:solidFill></a:defRPr></a:lvl1pPr></a:lstStyle>'
        f'<a:p><a:r><a:rPr lang="fr-FR"/><a:t>{prompt}</a:t></a:r></a:p></p:txBody></p:sp>'
    )


def _frame(left: float, top: float, width: float, height: float) -> str:
    return (
        f'<a:xfrm><a:off x="{Inches(left)}" y="{Inches(top)}"/><a:ext cx="{Inches(width)}" cy="{Inches(height)}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    )


def _number(number: int) -> Any:
    """The slide number, lower right."""
    return parse_xml(
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="{number}" name="Numéro"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        '<p:nvPr><p:ph type="sldNum" idx="15" sz="quarter"/></p:nvPr></p:nvSpPr>'
        f"<p:spPr>{_frame(11.93, 6.95, 0.9, 0.4)}</p:spPr>"
        '<p:txBody><a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="b"/>'
        '<a:lstStyle><a:lvl1pPr algn="r"><a:defRPr lang="fr-FR" sz="1200"/></a:lvl1pPr></a:lstStyle>'
        '<a:p><a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum">'
        '<a:rPr lang="fr-FR"/><a:t>‹N°›</a:t></a:fld></a:p></p:txBody></p:sp>'
    )


def _theme(master: Any) -> None:
    """The theme in our letters and colours."""
    [part] = [rel.target_part for rel in master.part.rels.values() if rel.reltype.endswith("/theme")]
    theme = part.blob.decode("utf-8")
    theme = re.sub(r'(<a:theme [^>]*name=")[^"]*', r"\1Zevillage", theme)
    theme = re.sub(r'(<a:(?:major|minor)Font>\s*<a:latin typeface=")[^"]*', rf"\1{FONT}", theme)
    for rank, color in enumerate(palette.colors("qualitative", 6), 1):
        theme = re.sub(
            rf"<a:accent{rank}>.*?</a:accent{rank}>",
            f'<a:accent{rank}><a:srgbClr val="{color[1:].upper()}"/></a:accent{rank}>',
            theme,
            flags=re.DOTALL,
        )
    part._blob = theme.encode("utf-8")


def _dated(content: bytes) -> bytes:
    """The archive with one fixed instant in all its entries, so that the same template is the same file."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:  # fmt: skip
        for name in given.namelist():
            made.writestr(zipfile.ZipInfo(name, (2026, 11, 28, 0, 0, 0)), given.read(name), zipfile.ZIP_DEFLATED)  # fmt: skip
    return out.getvalue()


def main() -> None:
    """Write the template where the application finds it."""
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_bytes(build())


if __name__ == "__main__":
    main()
