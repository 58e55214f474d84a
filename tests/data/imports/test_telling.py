"""How an import is told on the terminal and in its history."""

from __future__ import annotations

from data.imports.telling import effects_text


def test_effects_agree_with_their_number() -> None:
    assert effects_text({"changed": 1, "added": 1234}) == "1\u202f234 ajoutées, 1 modifiée"
    assert effects_text({"unchanged": 1, "removed": 2}) == "1 inchangée, 2 absentes de ce fichier"


def test_what_happened_to_none_is_told_only_when_asked() -> None:
    assert effects_text({"added": 0, "changed": 3}) == "3 modifiées"
    assert (
        effects_text({"added": 0}, zeros=True)
        == "0 ajoutée, 0 modifiée, 0 inchangée, 0 absente de ce fichier"
    )
    assert effects_text({}) == ""
