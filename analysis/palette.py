"""Colours that carry figures: few, safe for colour-blind readers, never the only carrier, declared here alone.

Ramps of ColorBrewer (C. Brewer, M. Harrower and Pennsylvania State University, Apache 2.0). ``sequential``: YlGnBu, light
to dark. ``lack``: YlOrBr, for what is lacking. ``diverging``: PuOr, orange for losses, purple for gains, the break at 0.
Their middle keeps its chroma (`chroma` of 25 and more): a grey fill reads as « no data ». ``qualitative``: Okabe and Ito
2008. Colours between the anchors are interpolated in OKLab (B. Ottosson 2020), where equal steps look equal; `difference`
measures there.

A meaning has one colour, on maps, in charts and on paper: `MEMBERS`, `VACANT`, `VERDICTS`…

`simulate` shows a colour as a colour-blind reader sees it: Machado, Oliveira and Fernandes 2009 (IEEE TVCG
15(6)), severity 1.0, on linear RGB; ``greyscale`` is a black-and-white printer. `contrast` and `luminance`
are those of WCAG 2.2, which RGAA follows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from analysis.classes import MAX_CLASSES, Classes
from analysis.french import NNBSP, join

Rgb = tuple[float, float, float]
Vision = Literal["normal", "deuteranopia", "protanopia", "tritanopia", "greyscale"]
VISIONS: Mapping[Vision, str] = {
    "normal": "Vision ordinaire",
    "deuteranopia": "Deutéranopie (vert)",
    "protanopia": "Protanopie (rouge)",
    "tritanopia": "Tritanopie (bleu)",
    "greyscale": "Impression en noir et blanc",
}

INK = "#1a1a1a"
"""Text and outlines on a light ground: 17:1 on white."""
PAPER = "#ffffff"
GRID = "#6b6b6b"
"""Secondary strokes (axes, outlines of groups): more than 4.5:1 on white."""
BORDER = "#ffffff"
"""The line between two communes; each class is dark or light enough to need no other one, see
`outline_on`."""
SUPPRESSED_FILL = "#ffffff"
MISSING_FILL = "#ffffff"
NOT_IMPORTED_FILL = "#d9dee4"
"""The flat grey of « pas encore importé »: no hatching, no dots, far from white and from any class in a grey print."""
HATCH = "#4a4f57"
"""Strokes of the crossed hatching of « secret statistique »: 8.3:1 on its fill."""
DOTS = "#7f858e"
"""The light dots of « non publié »: 3.7:1 on their fill, so that a grey print tells them from the hatching."""
TEXT = "#16202c"
"""What the map, the boxes and small marks write: 16.4:1 on white."""
RULE = "#d9d9d9"
"""The thinnest strokes and the ground of what is not counted, under marks that stand out by themselves."""
GROUND = "#d9dee4"
"""The fill of communes on a map that only says where something lies."""
ACCENT = "#0072b2"
"""Okabe-Ito blue: one series alone. 5.2:1 on white."""

MEMBERS = "#c51b7d"
"""Members present: circles of maps (always with a dark outline), lines and points of charts. Far from every ramp under
every vision. 5.5:1 on white."""
ARRIVALS, DEPARTURES = "#3aa66f", "#404040"
LISTING = "#e69f00"
"""Listings: diamonds with a dark outline."""
MAIN_DWELLINGS, SECOND_DWELLINGS, VACANT = "#a6dba0", "#f0e442", "#253494"
"""What a stock of dwellings is made of; vacant ones are as dark as the last class of their map."""
VACANT_PRIVATE = "#1d91c0"
"""Vacant dwellings of the private stock (LOVAC), beside those of the census (`VACANT`): the same blue, lighter."""
FIBRE, COPPER, FIXED_4G, OTHER_TECHNOLOGY = "#225ea8", "#fec44f", "#ec7014", "#662506"
"""Best technologies: what everybody waits for in the blue of the maps, what lacks it in the browns of theirs."""
VERDICTS = ("#ec7014", "#c7e9b4", "#225ea8")
"""Fragile, correct, bon, in the order of `analysis.telework.LEVELS`: categories, not shades; « fragile » is the colour
of what is lacking. The word is written in each commune."""
EARLIER, LATER = "#6b6b6b", ACCENT
"""Two editions of one figure."""
REFERENCE = "#5c5c5c"
"""What a figure is compared with (the département, France): broken lines of one grey, told apart by their dashes. 6.7:1 on white."""
DASHES = ((9.0, 3.0), (5.0, 2.5), (1.5, 2.0), (8.0, 2.5, 1.5, 2.5))
"""Stroke and gap of broken lines, in widths of the line, from the first reference to the fourth."""
CHANGED, ADDED, REMOVED, UNCHANGED = "#e69f00", "#56b4e9", "#cc79a7", "#c4cbd3"
"""What an import does to a commune; its sign is written there. What stays is grey, and darker than the communes around."""
NEVER_HERE, ONCE_HERE, STILL_HERE = "#f3f1ea", "#b9c1ca", "#7fa8d6"
"""Whether a member lives in a commune, lived there, or never did: each darker than the one before, in grey too."""
RECENT_NEWS, OLDER_NEWS = "#41b6c4", "#c7e9b4"
"""How long ago a commune was heard of by the watch."""
MESSAGES: Mapping[str, tuple[str, str]] = {
    "alert": ("#a4161a", "#fdecec"),
    "status": ("#1b6e3c", "#e9f6ee"),
    "note": ("#8a4b00", "#fff4e0"),
    "state": ("#57606a", "#f0f3f5"),
}
"""Edge and ground of a box of words: refused, done, to know, as it stands. The words say which."""

_YLGNBU = ("#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494", "#081d58")
_YLORBR = ("#ffffd4", "#fed98e", "#fe9929", "#d95f0e", "#993404", "#662506")
_LOSSES = ("#fdc57f", "#f1a340", "#d67a12", "#b25706", "#7f3b08")  # light to dark
_GAINS = ("#cfcbe6", "#a79fcb", "#8073ac", "#532687", "#2d004b")
# Ordered so that neighbours, and the first five among themselves, stay apart under every vision.
_OKABE_ITO = (
    "#0072b2",
    "#e69f00",
    "#56b4e9",
    "#d55e00",
    "#000000",
    "#cc79a7",
    "#f0e442",
    "#009e73",
    "#4d4d4d",
)

PALETTES = ("sequential", "lack", "diverging", "qualitative")

# Machado et al. 2009, table of severity 1.0; rows give linear R, G, B.
_MACHADO: Mapping[str, tuple[Rgb, Rgb, Rgb]] = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


class PaletteError(ValueError):
    """A palette, a number of colours or a colour that does not exist. The message is in French."""


def colors(palette: str, k: int, *, reverse: bool = False) -> tuple[str, ...]:
    """`k` colours (1 to 9) as ``#rrggbb``, for classes from the lowest to the highest.

    ``sequential`` and ``lack`` go from light (low) to dark (high), up to five the very colours of ColorBrewer;
    ``diverging`` from dark orange over light to dark purple, the break after k // 2 colours (`diverging` puts it
    elsewhere); ``qualitative`` keeps its order.
    `reverse` turns the order round. Raises PaletteError for an unknown palette or k outside 1 to 9.
    """
    if not 1 <= k <= MAX_CLASSES:
        raise PaletteError(f"{k} couleurs demandées{NNBSP}: en demander de 1 à {MAX_CLASSES}")
    if palette in ("sequential", "lack"):
        anchors = _YLGNBU if palette == "sequential" else _YLORBR
        # The sixth, darkest anchor only where more than five shades need the room.
        out = _ramp(anchors if k > 5 else anchors[:5], k) if k > 1 else (anchors[2],)
    elif palette == "diverging":
        out = diverging(k // 2, k - k // 2)
    elif palette == "qualitative":
        out = _OKABE_ITO[:k]
    else:
        raise PaletteError(f"Palette inconnue{NNBSP}: « {palette} ». Choisir {join(PALETTES, 'ou')}")
    return out[::-1] if reverse else out


def diverging(losses: int, gains: int) -> tuple[str, ...]:
    """Colours of `losses` classes below 0 (dark to light orange), then `gains` classes from 0 (light to dark
    purple).

    Both sides take the steps of the longer one, so that one shade away from 0 looks as strong on either side.
    Raises PaletteError when a count is negative, both are 0, or their sum exceeds 9.
    """
    if losses < 0 or gains < 0 or not 1 <= losses + gains <= MAX_CLASSES:
        raise PaletteError(f"{losses} + {gains} couleurs demandées{NNBSP}: en demander de 1 à {MAX_CLASSES}")
    steps = max(losses, gains)
    below = _ramp(_LOSSES, steps)[:losses] if steps > 1 else (_LOSSES[1],)[:losses]
    above = _ramp(_GAINS, steps)[:gains] if steps > 1 else (_GAINS[1],)[:gains]
    return (*below[::-1], *above)


def class_colors(classes: Classes, palette: str = "sequential", *, reverse: bool = False) -> tuple[str, ...]:
    """One colour per class of `classes`; under ``diverging`` the hues change at the edge 0 (see
    `diverging_classes`).

    Empty for no class. With ``diverging`` and no edge at 0, a class that spans 0 counts as a gain. Raises as
    `colors`.
    """
    if classes.k == 0:
        return ()
    if palette != "diverging":
        return colors(palette, classes.k, reverse=reverse)
    losses = sum(edge <= 0 for edge in classes.edges[1:]) if classes.edges[0] < 0 else 0
    if not reverse:
        return diverging(losses, classes.k - losses)
    return diverging(classes.k - losses, losses)[::-1]


def simulate(color: str, vision: Vision) -> str:
    """`color` as seen with `vision`, as ``#rrggbb``. Raises PaletteError for an unknown colour or vision."""
    linear = _linear(color)
    if vision == "normal":
        return _hex(linear)
    if vision == "greyscale":
        grey = luminance(color)
        return _hex((grey, grey, grey))
    if vision not in _MACHADO:
        raise PaletteError(f"Vision inconnue{NNBSP}: « {vision} ». Choisir {join(VISIONS, 'ou')}")
    red, green, blue = (sum(m * c for m, c in zip(row, linear, strict=True)) for row in _MACHADO[vision])
    return _hex((red, green, blue))


def difference(a: str, b: str) -> float:
    """How different two colours look: Euclidean distance in OKLab. 0.02 is just noticeable; black to white is
    1."""
    return sum((x - y) ** 2 for x, y in zip(_oklab(_linear(a)), _oklab(_linear(b)), strict=True)) ** 0.5


def luminance(color: str) -> float:
    """Relative luminance of WCAG 2.2, 0 (black) to 1 (white)."""
    red, green, blue = _linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    """Contrast ratio of WCAG 2.2, 1 to 21. Text needs 4.5, graphics 3."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def chroma(color: str) -> float:
    """Chroma of CIE LCh (D65), 0 for a grey. Below 25 a fill of the middle of a ramp reads as « no data »."""
    red, green, blue = _linear(color)
    xyz = (
        (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047,
        0.2126729 * red + 0.7151522 * green + 0.0721750 * blue,
        (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883,
    )
    x, y, z = (t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in xyz)
    return float(((500 * (x - y)) ** 2 + (200 * (y - z)) ** 2) ** 0.5)


def text_on(color: str) -> str:
    """Black or white, whichever reads better on `color`: always more than 4.5:1."""
    return "#000000" if contrast("#000000", color) >= contrast("#ffffff", color) else "#ffffff"


def outline_on(color: str) -> str:
    """`INK` or white, whichever stands out from `color`: always more than 3:1."""
    return max((INK, PAPER), key=lambda line: contrast(line, color))


# --------------------------------------------------------------------------------------------- colour spaces


def _linear(color: str) -> Rgb:
    match = re.fullmatch(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})", color)
    if not match:
        raise PaletteError(f"« {color} » n’est pas une couleur{NNBSP}: écrire #rrvvbb, par exemple {ACCENT}")
    red, green, blue = (_decode(int(part, 16) / 255) for part in match.groups())
    return red, green, blue


def _decode(channel: float) -> float:
    """sRGB to linear (IEC 61966-2-1)."""
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _hex(linear: Rgb) -> str:
    def encode(channel: float) -> int:
        channel = min(max(channel, 0.0), 1.0)
        coded = channel * 12.92 if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055
        return round(coded * 255)

    return "#" + "".join(f"{encode(channel):02x}" for channel in linear)


def _oklab(linear: Rgb) -> Rgb:
    r, g, b = linear
    long = _cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = _cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = _cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _from_oklab(lab: Rgb) -> Rgb:
    lightness, a, b = lab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _cbrt(x: float) -> float:
    return x ** (1 / 3) if x >= 0 else -((-x) ** (1 / 3))


def _ramp(anchors: tuple[str, ...], k: int) -> tuple[str, ...]:
    """`k` colours (2 or more) evenly along the anchors, both ends included, interpolated in OKLab."""
    labs = [_oklab(_linear(anchor)) for anchor in anchors]
    out = []
    for i in range(k):
        position = i * (len(labs) - 1) / (k - 1)
        left = min(int(position), len(labs) - 2)
        part = position - left
        low, high = labs[left], labs[left + 1]
        mixed = tuple(x + (y - x) * part for x, y in zip(low, high, strict=True))
        out.append(_hex(_from_oklab((mixed[0], mixed[1], mixed[2]))))
    return tuple(out)
