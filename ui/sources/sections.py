"""The sections of the page of sources."""

import html

import pandas as pd
import streamlit as st

from analysis import french, view
from analysis.council_sources import editions_sentence, state_sentence
from analysis.coverage import coverage
from analysis.coverage import editions as editions_of
from analysis.desk import Desk
from data import reference
from data.catalogue import Catalogue
from ui import frame, loading, remarks, tables
from ui.markdown import literal
from ui.provenance import published_answers
from ui.tables import Column

COVERAGE = [
    Column("name", "Indicateur"),
    Column("label", "Millésime"),
    Column("unit", "Unité"),
    Column("published", "Publié", numeric=True),
    Column("suppressed", "Secret", numeric=True),
    Column("missing", "Non publié", numeric=True),
    Column("not_imported", "Pas encore importé", numeric=True),
]


def summary(catalogue: Catalogue) -> None:
    """How many indicators come from how many editions, and what the four states of a figure mean."""
    published = [i for i in catalogue.indicators.values() if i.kind != "network"]
    frame.sentence(editions_sentence(len(published), len(catalogue.sources) - 1))
    frame.note(
        "« Publié » : le producteur donne un chiffre. « Secret » : un chiffre existe et n'est pas montré (secret statistique). "
        "« Non publié » : personne n'a donné de chiffre. « Pas encore importé » : le fichier qui l'apporterait n'est pas dans la base. "
        "Aucun des quatre ne se confond avec zéro."
    )


PUBLICATIONS = [
    Column("work", "Publication"),
    Column("state", "État"),
    Column("loaded", "Édition chargée"),
    Column("known", "Dernière édition connue", link="url"),
]


def state(desk: Desk) -> None:
    """What of the known publications is loaded, what is missing, what is older than the newest edition known."""
    known = loading.known_catalogue()
    found = editions_of(known.indicators, known.sources, desk.figures.imported)
    st.subheader("Ce qui est chargé", anchor="charge")
    frame.sentence(state_sentence(found))
    rows = pd.DataFrame(
        [
            (
                f"{each.producer}, {each.title}",
                each.state,
                each.newest_loaded.edition if each.newest_loaded else french.DASH,
                each.newest_known.edition,
                each.newest_known.url,
            )
            for each in found
        ],
        columns=["work", "state", "loaded", "known", "url"],
    )
    tables.show_table(rows, PUBLICATIONS, caption="Publications connues, et ce qui en est chargé")


def parameters(catalogue: Catalogue) -> list[view.Parameter]:
    """What this page reads from its address: the source of the figure that somebody comes from."""
    return [view.Parameter("source", allowed=["", *catalogue.sources, *catalogue.mixed])]


def editions(desk: Desk, catalogue: Catalogue, asked: str = "") -> None:
    """Each published edition: its facts, its producer's site, and what it publishes for how many communes. `asked` comes first."""
    table = coverage(published_answers(catalogue))
    known = {**catalogue.sources, **catalogue.mixed}
    covered = [id_ for id_ in sorted(known, key=lambda id_: id_ != asked) if (table["source"] == id_).any()]
    for id_ in covered:
        source, rows = known[id_], table[table["source"] == id_]
        if asked in covered and id_ == covered[0]:
            st.subheader("La source du chiffre d'où vous venez", anchor=False)
        elif asked in covered and id_ == covered[1]:
            st.subheader("Les autres éditions", anchor=False)
        with st.container(border=True):
            st.subheader(literal(f"{source.producer} — {source.title}"), anchor=id_.replace("_", "-"))
            facts = {"Édition": source.edition, "Licence": source.licence, "À savoir": source.caveat}
            st.html(
                "<dl class='zv-facts'>"
                + "".join(
                    f"<dt>{html.escape(k)}</dt><dd>{html.escape(v)}</dd>" for k, v in facts.items() if v
                )
                + "</dl>"
            )
            if source.url:
                st.link_button(
                    "Site du producteur", source.url, icon=":material/open_in_new:", help=literal(source.url)
                )
            tables.show_table(
                rows.astype(str),
                COVERAGE,
                caption=f"Ce que l'édition publie, en nombre de communes sur {len(desk.names)}",
            )
            remarks.show_of_source(desk, sorted(set(rows["indicator"])))


def contours(desk: Desk) -> None:
    """The reference tables: communes, contours, town halls."""
    with st.container(border=True):
        st.subheader("Communes, contours et mairies", anchor="reference")
        manifest = reference.manifest()
        for item in manifest["inputs"]:
            frame.note(
                f"{item['package']} {item['version']} ({item['registry']}) — producteurs{french.NNBSP}: {french.join(item['producers'])} — "
                f"{item['licence']}"
            )
        frame.note(
            "Les contours sont généralisés à environ 100 m : ils situent une commune, ils ne bornent pas une parcelle."
        )
        absent = [c for c in manifest["contours"]["without_contour"] if c["code"] in desk.names]
        if absent:
            frame.note(
                "Sans contour : "
                + french.join([c["name"] for c in absent])
                + ". Leurs chiffres restent dans les tableaux."
            )
