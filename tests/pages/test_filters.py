"""Random ways through the map page, with the browser's side of Streamlit's protocol written out: address, widgets and map agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from analysis.classes import DEFAULT_METHOD, METHODS
from analysis.palette import VISIONS
from data.catalogue import load_catalogue
from data.territory import load_territory
from tests.draws import draws
from tests.pages.screens import Open

BUILT = ("Selectbox", "Checkbox", "Toggle", "ButtonGroup", "TextInput")
SWITCHES = {
    "cercles": "Cercles des membres présents",
    "annonces": "Annonces repérées",
    "groupes": "Contours des groupes",
    "noms": "Noms des communes",
    "valeurs": "Valeurs écrites dans les communes",
}
LISTS = {
    "indicateur": "Indicateur",
    "millesime": "Millésime",
    "methode": "Méthode de classement",
    "classes": "Nombre de classes",
    "commune": "Commune",
    "avec": "Deuxième indicateur",
    "vision": "Vision des couleurs",
}
DEFAULTS = {"indicateur": "vacancy_rate", "methode": DEFAULT_METHOD, "classes": "5", "vision": "normal"}
ON = {"cercles": "0", "annonces": "0", "groupes": "1", "noms": "1", "valeurs": "0"}
INDICATORS = load_catalogue().indicators
_TERRITORY = load_territory()
NAMES = dict(zip(_TERRITORY.codes, _TERRITORY.names, strict=True))

# What follows a choice of an indicator or a mode by itself: its vintages, the second indicator.
FOLLOWS = {"millesime", "avec", "millesime2"}

# A step, and the parameters of the address that it may change: no other.
Step = tuple[Callable[["Browser"], None], set[str]]
STEPS: dict[str, Step] = {
    "open or close the settings": (lambda browser: browser.fold(), set()),
    "look at another page": (lambda browser: browser.other_page_and_back(), set()),
    "nothing": (lambda browser: browser.run(), set()),
    "a bare link": (lambda browser: browser.address(""), set()),
    "the way back": (
        lambda browser: browser.address("commune=61156"),
        {*ON, *LISTS, *FOLLOWS, "mode"},
    ),
    "a link": (
        lambda browser: browser.address("cercles=1&classes=3&commune=61156&valeurs=1"),
        {*ON, *LISTS, *FOLLOWS, "mode"},
    ),
    **{
        f"flip {name}": (partial(lambda name, browser: browser.switch(name), name), {name})
        for name in SWITCHES
    },
    **{
        f"mode {at}": (partial(lambda at, browser: browser.mode(at), at), {"mode", *FOLLOWS})
        for at in range(4)
    },
    **{
        f"{name} {at}": (
            partial(lambda name, at, browser: browser.choose(name, at), name, at),
            {name, *FOLLOWS},
        )
        for name in LISTS
        for at in (0, 2)
    },
}


class Browser:
    """What Chromium does with the widgets of a run, as its tests show: it builds nothing in a closed popover, takes a value when it is told
    one, else keeps what it holds, else starts at the element's own default; and sends what it holds with every click.
    """

    def __init__(self, screen: AppTest) -> None:
        self.screen, self.held, self.unfolded = screen, dict[str, WidgetState](), False
        self.receive()

    def run(self) -> None:
        """Send what is held, as a click does, and take what comes back."""
        sent = WidgetStates(widgets=list(self.held.values()))
        self.screen._tree.get_widget_states = lambda: sent  # type: ignore[method-assign]
        self.screen.run()
        assert [e.message for e in self.screen.exception] == []
        self.receive()

    def receive(self) -> None:
        """Build the widgets of a run, and forget those that are gone."""
        drawn = {proto.id for proto, _ in self.elements()} | {popover.id for popover in self.popovers()}
        self.held = {id_: state for id_, state in self.held.items() if id_ in drawn}
        for proto, built in self.elements():
            if built and (proto.set_value or proto.id not in self.held):
                self.held[proto.id] = _state(proto)

    def popovers(self) -> list[Any]:
        """« Réglages » as it was sent, on the page that has it."""
        return [_sent(node) for node, _ in _nodes(self.screen._tree, self) if node.type == "popover"]

    def elements(self) -> list[tuple[Any, bool]]:
        """Each widget of a parameter as it was sent, and whether the browser has built it."""
        return [
            (node.proto, built)
            for node, built in _nodes(self.screen._tree, self)
            if type(node).__name__ in BUILT
        ]

    def find(self, label: str) -> Any:
        """The built widget of that label, or None."""
        return next((proto for proto, built in self.elements() if built and proto.label == label), None)

    def fold(self) -> None:
        """Open or close « Réglages »: the browser does it alone, and tells the server when it is asked to."""
        self.unfolded = not self.unfolded
        if id_ := self.popovers()[0].id:
            self.held[id_] = WidgetState(id=id_, bool_value=self.unfolded)
            self.run()
        else:
            self.receive()

    def choose(self, name: str, at: int) -> None:
        """Choose the entry `at` (from the top, round again) of a list, if it is on screen."""
        if (proto := self.find(LISTS[name])) is not None:
            self.held[proto.id] = WidgetState(
                id=proto.id, string_value=proto.options[at % len(proto.options)]
            )
            self.run()

    def switch(self, name: str) -> None:
        """Flip a switch, if it is on screen."""
        if (proto := self.find(SWITCHES[name])) is not None:
            self.held[proto.id] = WidgetState(id=proto.id, bool_value=not self.held[proto.id].bool_value)
            self.run()

    def mode(self, at: int) -> None:
        """Choose a mode."""
        proto = next(p for p, _ in self.elements() if p.label == "Mode")
        self.held[proto.id] = WidgetState(id=proto.id)
        self.held[proto.id].string_array_value.data[:] = [proto.options[at].content]
        self.run()

    def address(self, query: str) -> None:
        """Follow a link to this page, or the browser's way back: only the address is another one."""
        self.screen.query_params.clear()
        self.screen.query_params.update(dict(pair.split("=") for pair in query.split("&") if pair))
        self.run()

    def other_page_and_back(self) -> None:
        """Go to another page by the navigation, whose addresses are bare, and come back."""
        for page in ("haut_debit", "carte"):
            self.unfolded = False
            self.screen.query_params.clear()
            self.screen.switch_page(f"pages/{page}.py")
            self.run()


def _sent(node: Any) -> Any:
    """The message of a block or an element, without the envelope."""
    return getattr(node.proto, "popover", node.proto)


def _nodes(node: Any, browser: Browser, built: bool = True) -> Iterator[tuple[Any, bool]]:
    """Every block and element, and whether it is built: what stands in a popover only while it is open."""
    yield node, built
    within = built and (node.type != "popover" or browser.unfolded)
    for child in getattr(node, "children", {}).values():
        yield from _nodes(child, browser, within)


def _state(proto: Any) -> WidgetState:
    """What the browser holds once it has built a widget: the value it was told, else the element's default."""
    state, kind = WidgetState(id=proto.id), type(proto).__name__
    if kind == "Checkbox":
        state.bool_value = proto.value if proto.set_value else proto.default
    elif kind == "Selectbox":
        state.string_value = proto.raw_value if proto.set_value else proto.options[proto.default]
    elif kind == "TextInput":
        state.string_value = proto.value if proto.set_value else proto.default
    else:
        told = (
            list(proto.raw_values) if proto.set_value else [proto.options[at].content for at in proto.default]
        )
        state.string_array_value.data[:] = told
    return state


def _shown(state: WidgetState) -> str:
    """What a widget shows, in words."""
    if state.WhichOneof("value") == "bool_value":
        return str(int(state.bool_value))
    return state.string_value or ", ".join(state.string_array_value.data)


def in_words(name: str, address: dict[str, str]) -> str | None:
    """What the list of a parameter has to show for an address; None where the address leaves it to the page."""
    value = address.get(name, DEFAULTS.get(name, ""))
    indicator = INDICATORS[address.get("indicateur", DEFAULTS["indicateur"])]
    if name == "millesime":
        return indicator.vintage(value or indicator.periods[-1]).label
    if name in ("indicateur", "avec"):
        return f"{INDICATORS[value].theme} · {INDICATORS[value].name}" if value else None
    if name == "commune":
        return NAMES[value] if value else None
    return next((text for known in (METHODS, VISIONS) for key, text in known.items() if key == value), value)


def check(browser: Browser) -> None:
    """Address, widgets and map say the same."""
    address = dict(browser.screen.query_params)
    for name, label in {**SWITCHES, **LISTS}.items():
        if (proto := browser.find(label)) is None:
            continue
        state = browser.held[proto.id]
        if name in SWITCHES:
            assert str(int(state.bool_value)) == address.get(name, ON[name]), (label, address)
        elif (expected := in_words(name, address)) is not None:
            assert state.string_value == expected, (label, address)
    if address.get("mode", "simple") != "simple":
        return
    legend = next(e.proto.body for e in browser.screen.get("html") if "zv-legend" in e.proto.body)
    assert legend.count("background:#") - legend.count("zv-circle") <= int(address.get("classes", "5"))
    assert ("zv-outline" in legend) == (address.get("groupes", "1") == "1")
    if "millesime" not in address:
        # Circles of members never stand on a map of members.
        counted = INDICATORS[address.get("indicateur", "vacancy_rate")]
        members = counted.id == "members" or counted.numerator == ("members",)
        assert ("zv-circle" in legend) == (address.get("cercles", "0") == "1" and not members)
        assert ("zv-diamond" in legend) == (address.get("annonces", "0") == "1")


@settings(max_examples=draws(10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(list(STEPS)), min_size=3, max_size=12))
@example(["indicateur 2", "open or close the settings", "flip valeurs"])
@example(
    [
        "commune 2",
        "open or close the settings",
        "flip cercles",
        "open or close the settings",
        "the way back",
        "indicateur 2",
    ]
)
@example(
    [
        "open or close the settings",
        "flip annonces",
        "classes 0",
        "mode 1",
        "mode 0",
        "look at another page",
        "commune 2",
    ]
)
def test_address_widgets_and_map_agree_whatever_the_way(open_page: Open, ways: list[str]) -> None:
    browser = Browser(open_page("carte"))
    check(browser)
    for way in ways:
        step, may_change = STEPS[way]
        before = dict(browser.screen.query_params)
        step(browser)
        check(browser)
        after = dict(browser.screen.query_params)
        assert {n for n in before | after if before.get(n) != after.get(n)} <= may_change, (
            way,
            before,
            after,
        )


def test_a_choice_sent_with_an_older_address_counts_and_the_way_back_does_too(open_page: Open) -> None:
    """Under load a browser sends the next click, or key, before it has the address of the run before."""
    screen = open_page("carte", indicateur="house_sales")
    chosen = screen.selectbox(key="carte:indicateur")
    chosen.set_value("members").run()
    assert screen.query_params["indicateur"] in ("members", ["members"])
    screen.query_params["indicateur"] = "house_sales"
    screen.selectbox(key="carte:indicateur").set_value("median_income").run()
    assert screen.selectbox(key="carte:indicateur").value == "median_income"
    assert screen.query_params["indicateur"] in ("median_income", ["median_income"])
    screen.query_params["indicateur"] = "members"
    screen.run()
    assert screen.selectbox(key="carte:indicateur").value == "members"
