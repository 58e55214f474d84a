"""The accessibility statement on screen: its state, what was tested, whom to ask."""

from tests.pages.screens import Open, words


def test_anybody_reads_the_state_what_was_tested_and_whom_to_ask(open_page: Open) -> None:
    shown = words(open_page("accessibilite", vue="public"))
    for text in (
        "n&#x27;est pas déclaré conforme au RGAA 4.1.2",
        "axe-core",
        "lecteur d&#x27;écran",
        "Défenseur des droits",
    ):
        assert text in shown, text
