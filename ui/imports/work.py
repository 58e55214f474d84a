"""One file on its way through the importer: where it lies meanwhile, what was chosen, how far it is. Kept in the visitor's session.

The file waits in the home (`data.store.files`) under a name of ours: what the visitor called it is text to show, never a path. What was
chosen is noted beside it at each step (`data.imports.waiting`), so that its author finds it again when the connection or the server was
lost. It goes with the work: when it is put aside or published, at the latest a day after it was left.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import streamlit as st

from analysis.model import Right
from data.imports.model import Choices, Diff, Draft, Problem, Progress
from data.imports.naming import Named, Publication, Rate
from data.imports.pipeline import prepare
from data.imports.waiting import Waiting, claim, waiting, written
from data.store.files import Upload
from ui import access, clock, errors, forms, frame, loading
from ui.jobs import QUICK, Job, show_progress

LIMIT = 200
"""Megabytes that the page takes, as `server.maxUploadSize` says; a larger file goes through the command line."""
KEY = "importer:work"
STEPS = ("fichier", "reconnu", "colonnes", "controles", "changements", "publie")
FAILED = "Ce fichier a fait échouer le programme. Rien n'a changé."


@dataclass
class Work:
    """`step` is one of `STEPS`; `draft` the latest one made, `made_for` what it was made for; `published` the import's number.

    `noted`: what was last noted beside the file.
    `seen`: the differences that were last on screen with these choices: when they differ from those of now, somebody else published.
    """

    upload: Upload
    name: str
    choices: Choices = field(default_factory=Choices)
    step: str = "reconnu"
    draft: Draft | None = None
    made_for: Any = None
    job: Job[Any] | None = None
    job_for: Any = None
    seen: Diff | None = None
    publishing: Job[int] | None = None
    published: int | None = None
    notice: str = ""
    named: tuple[Named, ...] = ()
    publication: Publication | None = None
    rates: tuple[Rate, ...] = ()
    refused: tuple[Problem, ...] = ()
    noted: str = ""

    @property
    def path(self) -> Path:
        """Where the file lies meanwhile."""
        return self.upload.path

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return self.upload.size

    @property
    def checksum(self) -> str:
        """Its SHA-256, in hexadecimal digits."""
        return self.upload.checksum

    def choose(self, **changes: Any) -> None:
        """Change some choices; the draft is made again when it is next asked for."""
        self.choices, self.seen, self.notice = replace(self.choices, **changes), None, ""

    def finish(self) -> None:
        """The file is published: its spooled copy goes, what the last screen shows stays."""
        self.step, self.notice = "publie", ""
        self.upload.remove()

    def keep(self) -> None:
        """Note beside the file what was chosen and how far it is, where that changed."""
        if self.published is not None:
            return
        author = access.account().id
        now = Waiting(
            self.upload.id, author, self.name, self.size, self.checksum, self.step, self.choices, self.named, self.publication, self.rates
        )  # fmt: skip
        text = written(now)
        if text != self.noted:
            # A full disk takes nothing from who goes on: the session still knows; publishing says what is wrong with the disk.
            with suppress(OSError):
                self.upload.note(text)
                self.noted = text

    def close(self) -> None:
        """Forget the file. What was published stays."""
        if self.job is not None:
            self.job.cancel()
        self.upload.remove()


def current() -> Work | None:
    """The work of this session, None while there is no file."""
    return st.session_state.get(KEY)


def forget() -> None:
    """Put the work aside: the file is removed, nothing was changed."""
    work = st.session_state.pop(KEY, None)
    if work is not None:
        work.close()


def take(name: str, content: BinaryIO) -> Work:
    """Keep an uploaded file for this session, in place of the one before. Raises OSError when the disk is full or refuses."""
    upload = loading.store().files.take_upload(content)
    forget()
    work = Work(upload, name)
    st.session_state[KEY] = work
    return work


def waits() -> list[Waiting]:
    """The files that the person at the screen left half way, here or with another server."""
    return waiting(loading.store().files, access.account().id, STEPS[:-1])


def resume(one: Waiting) -> None:
    """Go on with a file that waited, at its step. Raises OSError: it is gone."""
    upload = claim(loading.store().files, one)
    forget()
    st.session_state[KEY] = Work(
        upload, one.name, one.choices, one.step, named=one.named, publication=one.publication, rates=one.rates
    )


def drop(one: Waiting) -> None:
    """Put aside a file that waited."""
    loading.store().files.drop_upload(one.id)


def draft_key(work: Work) -> tuple[Any, ...]:
    """What a draft depends on: the file, the choices, the store's revision, the day. Other analysts' publications raise the revision."""
    return work.checksum, repr(work.choices), loading.revision(), clock.today()


def drafting(work: Work) -> Callable[[Progress], Draft]:
    """The work of making the draft, as a job: everything it needs is taken here, so that its thread never asks the session."""
    house, catalogue, today = loading.house(), loading.catalogue(), clock.today()
    path, name, choices, previous = work.path, work.name, work.choices, work.draft

    def make(tell: Progress) -> Draft:
        return prepare(
            path, name=name, choices=choices, house=house, catalogue=catalogue, today=today,
            progress=tell, previous=previous,
        )  # fmt: skip

    return make


def ready(work: Work) -> Draft | None:
    """The draft of `work` as it stands now; None while it is being made, and then its progress is on the page."""
    if not work.path.is_file():
        forget()
        forms.message(
            "Ce fichier a été repris sur un autre écran, ou mis de côté. Rien n'a changé.",
            lines=["Continuez là où il est ouvert, ou déposez-le à nouveau."],
        )
        st.button("Revenir au début", key="importer:gone", icon=":material/refresh:")
        return None
    key = draft_key(work)
    if work.draft is not None and work.made_for == key:
        return work.draft
    if work.job is None or work.job_for != key:
        if work.job is not None:
            work.job.cancel()
        work.job, work.job_for = Job(drafting(work)), key
    if not work.job.wait(QUICK):
        frame.sentence("Le fichier est en cours de lecture. Rien n'est publié pendant ce temps.")
        show_progress(work.job, key="importer:cancel", cancelled=lambda: _give_up(work))
        return None
    job, work.job = work.job, None
    try:
        work.draft, work.made_for = job.result(), key
    except Exception as error:
        # A file that our own code did not foresee: said in French, its places in the code told where the server's keeper reads.
        reference = errors.report(error)
        forms.message(
            FAILED,
            "alert",
            [
                f"Prévenez la personne qui tient le serveur, avec cette référence de son journal\u202f: {reference}."
            ],
        )
        st.button(
            "Prendre un autre fichier", key="importer:failed", icon=":material/refresh:", on_click=forget
        )
        return None
    return work.draft


def allowed(draft: Draft) -> bool:
    """Whether the person at the screen may publish such a file: records of the network are for those who keep the register."""
    figures = draft.recognition is None or draft.recognition.kind == "figures"
    return figures or access.may(Right.EDIT_REGISTER)


def _give_up(work: Work) -> None:
    """The person cancelled the reading: back to the last choices that were read, to no file when there are none."""
    work.job = None
    if work.draft is None:
        forget()
    else:
        work.choices = work.draft.choices
