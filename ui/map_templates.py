"""folium's templates are compiled when one is first rendered.

folium compiles the template of each of its 76 elements when it is loaded, nine tenths of the time that loading it takes (0.13 of 0.15 s of
processor); the map renders a handful of them. While `later()` lasts, a template only keeps its text; whoever first asks one for anything
that a compiled template has gets that, and the template is an ordinary one from then on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from jinja2 import Template

_TEXT: Final = "_zevillage_text"
_AT_ONCE: Final = Template.__new__


def _compiled(template: Template, name: str) -> Any:
    """`template.name` where the template does not have it: compiled now, if it was put off. Two that ask at once both compile the same."""
    text = template.__dict__.get(_TEXT)
    if text is None:
        raise AttributeError(f"{type(template).__name__!r} object has no attribute {name!r}")
    given, named = text
    template.__dict__.update(_AT_ONCE(type(template), *given, **named).__dict__)
    template.__dict__.pop(_TEXT, None)
    return getattr(template, name)


@contextmanager
def later() -> Iterator[None]:
    """Templates made in this block are compiled when they are first asked for something. A mistake in one is told then."""

    def put_off(cls: type[Template], *given: Any, **named: Any) -> Template:
        template: Template = object.__new__(cls)
        template.__dict__[_TEXT] = (given, named)
        return template

    Template.__getattr__ = _compiled  # type: ignore[attr-defined]
    Template.__new__ = put_off  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        Template.__new__ = _AT_ONCE  # type: ignore[method-assign]
