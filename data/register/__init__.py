"""The register: members, events, actors and single figures, kept up by hand. Nothing is overwritten.

::

    change = add_member(store, territory, actor, today, origin="real", commune="Essay", arrived=day)
    undo(store, change.operation, actor)

Each function is one transaction and one line of the history (`entries`), with its author, that `undo` takes
back. What is refused is a RegisterError: field, value, what to do, in French, and nothing has changed.
Personal data come in and go out through here only, into `person`, for coordinators.
"""

from data.register.calls import report_call
from data.register.contact import (
    ContactFields,
    add_contact,
    contacts,
    correct_contact,
    remove_contact,
)
from data.register.duplicates import decided, judge_duplicate, judged_of
from data.register.errors import (
    AlreadyReceived,
    CannotUndo,
    Conflict,
    FormerCommune,
    Match,
    OutsideTerritory,
    RegisterError,
    SamePerson,
)
from data.register.event import EventFields, add_event, correct_event, events, remove_event
from data.register.figures import Cell, can_be_typed, cell, periods, record_value
from data.register.listing import (
    ListingFields,
    OwnListing,
    Sent,
    Signal,
    correct_listing,
    listing_of,
    own_listings,
    received,
    report_listing,
    report_sighting,
    sending_id,
    signals,
)
from data.register.log import OPERATION_KINDS, Detail, Entry, entries, entry
from data.register.matching import NeedFields, free, needs_of, propose, refuse, set_needs, take
from data.register.membership import (
    Member,
    Stay,
    Work,
    add_member,
    correct_member,
    correct_stay,
    leave_member,
    member,
    members,
    move_member,
    remove_member,
    return_member,
)
from data.register.operations import Change, undo
from data.register.people import (
    DEFAULT_CONSENT,
    SEPARATE,
    Consent,
    PersonFields,
    find_same,
    give_consent,
    withdraw_consent,
)
from data.register.places import commune_of, name_of
from data.register.remarks import LONGEST as LONGEST_REMARK
from data.register.remarks import Remark, add_remark, may_remark, remarks, remove_remark

__all__ = [
    "DEFAULT_CONSENT",
    "LONGEST_REMARK",
    "OPERATION_KINDS",
    "SEPARATE",
    "AlreadyReceived",
    "CannotUndo",
    "Cell",
    "Change",
    "Conflict",
    "Consent",
    "ContactFields",
    "Detail",
    "Entry",
    "EventFields",
    "FormerCommune",
    "ListingFields",
    "Match",
    "Member",
    "NeedFields",
    "OutsideTerritory",
    "OwnListing",
    "PersonFields",
    "RegisterError",
    "Remark",
    "SamePerson",
    "Sent",
    "Signal",
    "Stay",
    "Work",
    "add_contact",
    "add_event",
    "add_member",
    "add_remark",
    "can_be_typed",
    "cell",
    "commune_of",
    "contacts",
    "correct_contact",
    "correct_event",
    "correct_listing",
    "correct_member",
    "correct_stay",
    "decided",
    "entries",
    "entry",
    "events",
    "find_same",
    "free",
    "give_consent",
    "judge_duplicate",
    "judged_of",
    "leave_member",
    "listing_of",
    "may_remark",
    "member",
    "members",
    "move_member",
    "name_of",
    "needs_of",
    "own_listings",
    "periods",
    "propose",
    "received",
    "record_value",
    "refuse",
    "remarks",
    "remove_contact",
    "remove_event",
    "remove_member",
    "remove_remark",
    "report_call",
    "report_listing",
    "report_sighting",
    "return_member",
    "sending_id",
    "set_needs",
    "signals",
    "take",
    "undo",
    "withdraw_consent",
]
