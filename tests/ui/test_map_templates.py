"""A template that is compiled later renders what one that is compiled at once does."""

from __future__ import annotations

import pytest
from jinja2 import Environment, Template, TemplateSyntaxError

from ui import map_templates

TEXT = "{% macro script(this) %}{{ this|shout }}, {{ this }}{% endmacro %}Bonjour {{ name }}"


class Loud(Environment):
    """An environment with a filter of its own, as folium has one."""

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        self.filters["shout"] = str.upper


class LoudTemplate(Template):
    environment_class = Loud


def test_what_comes_later_is_the_same() -> None:
    with map_templates.later():
        late = LoudTemplate(TEXT)
        assert "root_render_func" not in vars(late), "not compiled yet"
    now = LoudTemplate(TEXT)
    assert "root_render_func" in vars(now), "outside of the block nothing is put off"
    assert late.render(name="Anne") == now.render(name="Anne") == "Bonjour Anne"
    assert late.module.script("a") == now.module.script("a") == "A, a"  # type: ignore[attr-defined]
    assert set(vars(late)) == set(vars(now)) and type(late) is LoudTemplate


def test_what_a_template_does_not_have_is_missing_in_both() -> None:
    with map_templates.later():
        late = LoudTemplate(TEXT)
    for template in (late, LoudTemplate(TEXT)):
        assert not hasattr(template, "colour")
    assert late.render(name="Léo") == "Bonjour Léo"


def test_a_mistake_is_told_when_the_template_is_asked() -> None:
    with map_templates.later():
        late = Template("{% if %}", trim_blocks=True)
    with pytest.raises(TemplateSyntaxError):
        late.render()


def test_the_block_ends_with_an_error_too() -> None:
    at_once = Template.__new__
    with pytest.raises(ImportError), map_templates.later():
        raise ImportError("folium")
    assert Template.__new__ is at_once
    assert Template("{{ 1 + 1 }}").render() == "2"
