"""Who may come in, and as what: profiles and their roles, PINs, identities, the links of contacts.

::

    claire = add_profile(store, actor, label="Claire", role=Role.ADMIN, pin="204817")
    sign_in(store, claire.id, "204817", now)

What is refused is an AccessError, in French, and nothing has changed. Screens decide with `analysis.model.Role`; whoever writes
about profiles is checked again here, at the moment of writing.
"""

from data.access.errors import AccessError, LastAdmin, LinkRefused, StaleProfile, TooOften, TooSoon, WrongPin
from data.access.feeds import Feed, feeds, make_feed, open_feed, revoke_feed
from data.access.links import Link, Visit, count_use, links, make_link, revoke_link, visit
from data.access.profiles import (
    Profile,
    RoleChange,
    add_profile,
    change_profile,
    free_identity,
    nobody_has_a_pin,
    profiles,
    remove_profile,
    require_right,
    role_changes,
    set_pin,
    unlock,
)
from data.access.secret import server_secret
from data.access.signin import (
    Attempt,
    Found,
    Identity,
    attempts,
    bind_identity,
    find_profile,
    identity_of,
    note_identity,
    sign_in,
)

__all__ = [
    "AccessError",
    "Attempt",
    "Feed",
    "Found",
    "Identity",
    "LastAdmin",
    "Link",
    "LinkRefused",
    "Profile",
    "RoleChange",
    "StaleProfile",
    "TooOften",
    "TooSoon",
    "Visit",
    "WrongPin",
    "add_profile",
    "attempts",
    "bind_identity",
    "change_profile",
    "count_use",
    "feeds",
    "find_profile",
    "free_identity",
    "identity_of",
    "links",
    "make_feed",
    "make_link",
    "nobody_has_a_pin",
    "note_identity",
    "open_feed",
    "profiles",
    "remove_profile",
    "require_right",
    "revoke_feed",
    "revoke_link",
    "role_changes",
    "server_secret",
    "set_pin",
    "sign_in",
    "unlock",
    "visit",
]
