"""Personal data: the register of processing, how long what is kept, one person's file, erasing, who looked at what."""

from data.privacy.erasure import Erased, erase, tidy
from data.store import erase_person

__all__ = ["Erased", "erase", "erase_person", "tidy"]
