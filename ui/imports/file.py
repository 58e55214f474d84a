"""First step of the importer: the file, the templates, a sample, what can be read."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from analysis.french import NNBSP, file_size, quoted
from data.imports import templates
from data.imports.formats import FORMATS
from data.imports.kinds import RECORD_KINDS
from data.imports.waiting import Waiting
from ui import frame, loading, uploads
from ui.imports import parts
from ui.imports import work as import_work
from ui.imports.work import LIMIT, Work, take

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show_file_step(work: Work | None, go: Callable[[str], None]) -> None:
    """The step: the file in hand if there is one, the place to put another, templates and what is read."""
    parts.question(f"Quel fichier voulez-vous mettre sur la carte{NNBSP}?")
    if work is not None:
        frame.sentence(
            f"{parts.named(work.name)} ({file_size(work.size)}) est déposé{NNBSP}; rien n'est encore publié."
        )
        parts.ways(work, None, "reconnu", go)
    else:
        frame.sentence(
            f"Déposez le fichier tel que vous l'avez reçu{NNBSP}: rien n'est publié avant que vous ayez vu ce qui va changer."
        )
        _waiting()
    _upload(go, again=work is not None)
    left, right = st.columns(2, gap="large")
    with left:
        _templates()
    with right:
        _what_is_read()


def _waiting() -> None:
    """What the person left half way, with the ways to go on or to put it aside."""
    for one in import_work.waits():
        with st.container(border=True):
            frame.sentence(
                f"{parts.named(one.name)} ({file_size(one.size)}) vous attend à l'étape {quoted(parts.TITLES[one.step])}{NNBSP}: "
                "ce que vous aviez choisi est gardé, rien n'est publié."
            )
            with st.container(horizontal=True, gap="small"):
                st.button(
                    "Reprendre",
                    key=f"importer:resume:{one.id}",
                    icon=":material/play_arrow:",
                    type="primary",
                    on_click=_resume,
                    args=(one,),
                )
                st.button(
                    "Mettre de côté",
                    key=f"importer:drop:{one.id}",
                    icon=":material/delete:",
                    on_click=import_work.drop,
                    args=(one,),
                )


def _resume(one: Waiting) -> None:
    try:
        import_work.resume(one)
    except OSError:
        gone = "Ce fichier n'attend plus\u202f: il a été repris sur un autre écran, ou mis de côté."
        parts.PAGE.refuse(OSError(gone), "import-file")


def _upload(go: Callable[[str], None], *, again: bool) -> None:
    parts.PAGE.show_refusal("import-file")
    # A new key after each file: the field is empty again, and nothing holds on to Streamlit's own copy in memory.
    key = f"importer:file:{st.session_state.get('importer:files', 0)}"
    content = st.file_uploader(
        "Prendre un autre fichier à la place" if again else "Fichier à importer",
        key=key,
        max_upload_size=LIMIT,
        help=f"CSV, Excel, LibreOffice, ZIP, Parquet, DBF, GeoJSON ou GPKG, {LIMIT} Mo au plus. Un fichier plus gros passe par la ligne de "
        "commande : voir le guide.".replace(" :", "\u202f:"),
    )
    if content is None:
        return
    st.session_state["importer:files"] = st.session_state.get("importer:files", 0) + 1
    try:
        take(content.name, content)
        uploads.let_go()
    except OSError as error:
        parts.PAGE.refuse(
            OSError(
                f"Le fichier n'a pas pu être gardé sur le serveur ({error.strerror or 'disque'}). "
                "Rien n'a changé. Libérez de la place sur le disque, puis déposez-le à nouveau."
            ),
            "import-file",
        )
        st.rerun()
    go("reconnu")
    st.rerun()


def _templates() -> None:
    st.subheader("Modèles à remplir", anchor=False)
    frame.note(
        "Pour les fiches du réseau\u202f: un classeur avec des listes de choix, le même en CSV, et son schéma pour qui programme."
    )
    kind = st.selectbox(
        "Modèle", list(RECORD_KINDS), format_func=lambda k: RECORD_KINDS[k].name, key="importer:template"
    )
    files: tuple[tuple[str, str, str, Callable[[], bytes]], ...] = (
        ("Excel", "xlsx", SPREADSHEET, lambda: templates.xlsx(kind, loading.territory())),
        ("CSV", "csv", "text/csv", lambda: templates.csv(kind, loading.territory())),
        ("Schéma", "json", "application/json", lambda: schema_file(kind)),
    )
    with st.container(horizontal=True, gap="small"):
        for label, extension, mime, make in files:
            st.download_button(
                label, make, file_name=f"modele_{kind}.{extension}", mime=mime, on_click="ignore",
                icon=":material/download:", key=f"importer:template:{extension}",
            )  # fmt: skip
    figures = loading.house().pack.figures
    if not templates.has_sample(figures):
        return
    st.subheader("Pour essayer", anchor=False)
    name, content = sample(figures)
    frame.note(
        "Un vrai fichier publié, tel que son producteur l'écrit. Le déposer ne modifie rien tant que vous ne publiez pas."
    )
    st.download_button(
        "Fichier d'exemple", content, file_name=name, mime="text/csv", on_click="ignore", icon=":material/lab_profile:",
        key="importer:sample",
    )  # fmt: skip


def schema_file(kind: str) -> bytes:
    """The Table Schema of a template, as a file."""
    return json.dumps(templates.schema(kind), ensure_ascii=False, indent=2).encode("utf-8")


@st.cache_data(show_spinner=False)
def sample(figures: Path) -> tuple[str, bytes]:
    """The sample file of a pack's published files, read once."""
    return templates.sample(figures)


def _what_is_read() -> None:
    st.subheader("Fichiers reconnus", anchor=False)
    frame.note(
        "Ces fichiers sont reconnus à leurs colonnes, quelle que soit leur année. Pour tout autre fichier qui a une colonne "
        "de communes et des nombres, vous nommez vous-même l'indicateur."
    )
    listed = "".join(
        f"<dt>{html.escape(each.name)}</dt><dd>{html.escape(each.about)}</dd>"
        for each in FORMATS
        if each.kind == "figures"
    )
    with st.expander("Voir la liste"):
        st.html(f'<dl class="zv-formats">{listed}</dl>')
