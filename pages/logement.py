"""Housing: the stock and its vacancies, why there are two counts of them, sales, prices, and what may be had today."""

from ui import briefings, frame, loading, questions
from ui.filters import Filters
from ui.housing import sections


def main() -> None:
    """Draw the page: one question open, all of them on paper."""
    desk = loading.desk()
    published = sections.published(desk)
    asked = sections.questions(published)
    filters = Filters("logement", [questions.parameter(asked)])
    frame.header("Logement", desk)
    filters.warn()
    chosen = questions.choose(filters, asked)
    for section in published:
        with questions.section(section.id, chosen):
            sections.show_section(section)
            briefings.offer("logement", {"question": section.id}, key=section.id)
    with questions.section(sections.LISTINGS, chosen) as is_open:
        sections.listings(desk, with_map=is_open)
        briefings.offer("logement", {"question": sections.LISTINGS}, key=sections.LISTINGS)
    frame.use_print_style()
    filters.publish()


main()
