"""The broadband page: can one telework here, by what technology, what changed, when copper closes, and what Cartefibre counts apart."""

from analysis import view
from ui import briefings, frame, loading
from ui.broadband import answers, sections
from ui.filters import Filters


def main() -> None:
    """Draw the page."""
    desk = loading.desk()
    filters = Filters("haut-debit", [view.Parameter("commune", allowed=["", *desk.names])])
    frame.header("Haut débit", desk)
    filters.warn()
    known = answers.read()
    sections.telework(desk, filters, known.verdicts, known.fibre)
    briefings.offer("haut-debit", {"question": "teletravail"}, key="teletravail")
    sections.technologies(known)
    briefings.offer("haut-debit", {"question": "technologies"}, key="technologies")
    sections.evolution(known)
    briefings.offer("haut-debit", {"question": "evolution"}, key="evolution")
    sections.copper(desk, known.closures)
    briefings.offer("haut-debit", {"question": "cuivre"}, key="cuivre")
    sections.cartefibre(desk)
    briefings.offer("haut-debit", {"question": "cartefibre"}, key="cartefibre")
    filters.publish()


main()
