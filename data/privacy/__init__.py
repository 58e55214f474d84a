"""Personal data: the register of processing, how long what is kept, one person's file, erasing, who looked at what."""

from data.privacy.accesses import Access, accesses
from data.privacy.erasure import Erased, erase, erasures, remove_marked_originals
from data.privacy.keeping import CONFIRMATION, REASONS, Due, DueFile, DuePerson, due, purge
from data.privacy.person_file import PersonFile, everybody, person_file
from data.privacy.processing import Processing, processing, responsible
from data.store import erase_person

__all__ = [
    "CONFIRMATION",
    "REASONS",
    "Access",
    "Due",
    "DueFile",
    "DuePerson",
    "Erased",
    "PersonFile",
    "Processing",
    "accesses",
    "due",
    "erase",
    "erase_person",
    "erasures",
    "everybody",
    "person_file",
    "processing",
    "purge",
    "remove_marked_originals",
    "responsible",
]
