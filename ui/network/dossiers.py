"""How many dossiers come to something, as the audience may know it: the declared tables, never a dossier."""

from __future__ import annotations

from analysis import council_outcomes
from analysis.applications import tables as rows
from analysis.desk import Desk
from analysis.model import Audience
from ui import charts, following, frame, loading, tables
from ui.community import Community
from ui.filters import Filters
from ui.network import words
from ui.network.charts import fates_chart
from ui.provenance import network_source


def dossiers_section(desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """How many dossiers come to something, how they end, how fast they are answered."""
    found = desk.release(audience).outcomes
    if found.fates.total == 0:
        words.empty(
            "Aucun dossier n'a encore été reçu.",
            "Recueillez les dossiers par le formulaire public (/candidater), ou notez sur la page Dossiers ceux qui arrivent autrement.",
        )
        return
    published = rows.published(loading.milestones())
    text = council_outcomes.sentence(found, published, audience)
    frame.sentence(text)
    answered = following.answered(desk, audience)
    rules = loading.territory().following.clocks
    if found.fates.total:
        charts.show_chart(fates_chart(found, text), key="reseau:dossiers")
    for table in council_outcomes.all_tables(found, answered, rules):
        tables.show_slide_table(table)
    if hidden := council_outcomes.secrecy(desk.thresholds.of(audience)):
        frame.note(hidden)
    frame.note(network_source(desk))
