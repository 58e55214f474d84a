"""The council meeting: séances and their views, kept with their author. Nothing is overwritten, everything is undone like the register."""

from data.council.briefings import (
    Briefing,
    BriefingView,
    add_view,
    briefing,
    briefings,
    change_briefing,
    change_view,
    create_briefing,
    duplicate_view,
    freeze_view,
    may_prepare,
    move_view,
    remove_briefing,
    remove_view,
    thaw_view,
)

__all__ = [
    "Briefing",
    "BriefingView",
    "add_view",
    "briefing",
    "briefings",
    "change_briefing",
    "change_view",
    "create_briefing",
    "duplicate_view",
    "freeze_view",
    "may_prepare",
    "move_view",
    "remove_briefing",
    "remove_view",
    "thaw_view",
]
