"""Who may come in, and as what: profiles and their roles, PINs, identities, the links of contacts.

::

    claire = add_profile(store, actor, label="Claire", role=Role.ADMIN, pin="204817")
    sign_in(store, claire.id, "204817", now)

What is refused is an AccessError, in French, and nothing has changed. Screens decide with `analysis.model.Role`; whoever writes
about profiles is checked again here, at the moment of writing.
"""

from data.access.errors import AccessError, LastAdmin, LinkRefused, StaleProfile, TooSoon, WrongPin
from data.access.profiles import (
    Profile,
    RoleChange,
    add_profile,
    change_profile,
    free_identity,
    open_house,
    profiles,
    remove_profile,
    role_changes,
    set_pin,
    unlock,
)
from data.access.signin import (
    Attempt,
    Found,
    Identity,
    attempts,
    bind,
    find,
    identity_of,
    note_identity,
    sign_in,
)

__all__ = [
    "AccessError",
    "Attempt",
    "Found",
    "Identity",
    "LastAdmin",
    "LinkRefused",
    "Profile",
    "RoleChange",
    "StaleProfile",
    "TooSoon",
    "WrongPin",
    "add_profile",
    "attempts",
    "bind",
    "change_profile",
    "find",
    "free_identity",
    "identity_of",
    "note_identity",
    "open_house",
    "profiles",
    "remove_profile",
    "role_changes",
    "set_pin",
    "sign_in",
    "unlock",
]
