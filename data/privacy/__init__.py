"""Personal data: the register of processing, how long what is kept, one person's file, erasing, who looked at what."""

from data.privacy.accesses import Access, accesses
from data.privacy.erasure import Erased, erase, erasures, remove_marked_originals
from data.privacy.farewell import STATES, Leaving, bring_back, leaving, note_contact, put_away, tell
from data.privacy.keeping import CONFIRMATION, REASONS, Due, DueFile, DuePerson, due, purge
from data.privacy.person_file import PersonFile, everybody, person_file
from data.privacy.processing import Processing, processing, responsible
from data.store import erase_person

__all__ = [
    "CONFIRMATION",
    "REASONS",
    "STATES",
    "Access",
    "Due",
    "DueFile",
    "DuePerson",
    "Erased",
    "Leaving",
    "PersonFile",
    "Processing",
    "accesses",
    "bring_back",
    "due",
    "erase",
    "erase_person",
    "erasures",
    "everybody",
    "leaving",
    "note_contact",
    "person_file",
    "processing",
    "purge",
    "put_away",
    "remove_marked_originals",
    "responsible",
    "tell",
]
