"""PINs: what is accepted, how it is kept (argon2id), and how long one waits after wrong ones."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from data.access.errors import AccessError

SHORTEST, LONGEST = 6, 12
FREE_TRIES = 3
FIRST_WAIT, LONGEST_WAIT = 5, 15 * 60  # seconds


def accepted_pin(pin: str) -> str:
    """A PIN that may be kept: 6 to 12 digits, neither all the same nor one after the other. Raises AccessError."""
    kept = "".join(pin.split())
    if not (kept.isascii() and kept.isdigit() and SHORTEST <= len(kept) <= LONGEST):
        raise AccessError(
            f"Un code PIN a de {SHORTEST} à {LONGEST} chiffres, par exemple 204 817.".replace(
                "204 8", "204\u202f8"
            ),
            field="pin",
        )
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(kept)}
    if len(steps) == 1 and steps <= {0, 1, 9}:
        raise AccessError("Ce code PIN se devine : évitez 111111 ou 123456.", field="pin")
    return kept


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher()  # argon2id with the parameters of RFC 9106


def hash_pin(pin: str) -> str:
    """The argon2id hash of a PIN, to be kept in its place. Raises AccessError for one that may not be."""
    return _hasher().hash(accepted_pin(pin))


def is_pin_of(kept: str, pin: str) -> bool:
    """Whether `pin` is the one of the hash `kept`."""
    try:
        return _hasher().verify(kept, "".join(pin.split()))
    except (VerificationError, InvalidHashError):
        return False


def wait_after(wrong: int) -> int:
    """Seconds to wait after `wrong` wrong PINs in a row: nothing up to three, then 5 s, doubled each time up to a quarter of an hour.

    Never for ever: whoever forgot is not locked out, and 10,000 guesses take more than a hundred days.
    """
    if wrong < FREE_TRIES:
        return 0
    return int(min(LONGEST_WAIT, FIRST_WAIT * 2 ** (wrong - FREE_TRIES)))
