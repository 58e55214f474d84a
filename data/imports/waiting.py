"""A file half way through the importer, kept beside the file: its author finds it again after a lost connection, with another server.

What is kept is what the person chose; the draft itself is made again. Nothing of the file's content is in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from data.imports.choices import from_json, made, to_json
from data.imports.model import Choices
from data.imports.naming import Named, Publication, Rate
from data.store.files import Files, Upload


@dataclass(frozen=True)
class Waiting:
    """What waits. `id`: of the upload; `author`: the account that left it; `name`: what the person called the file; `step`: how far."""

    id: str
    author: str
    name: str
    size: int
    checksum: str
    step: str
    choices: Choices
    named: tuple[Named, ...] = ()
    publication: Publication | None = None
    rates: tuple[Rate, ...] = ()


def written(waiting: Waiting) -> str:
    """`waiting` as the note of its upload; `id` is not in it."""
    body = {
        **{name: getattr(waiting, name) for name in ("author", "name", "size", "checksum", "step")},
        "choices": to_json(waiting.choices),
        "named": [asdict(each) for each in waiting.named],
        "publication": None if waiting.publication is None else asdict(waiting.publication),
        "rates": [asdict(each) for each in waiting.rates],
    }
    return json.dumps(body, ensure_ascii=False)


def waiting(files: Files, author: str, steps: tuple[str, ...]) -> list[Waiting]:
    """The files that wait for `author`, by id. A note that another version wrote, or that names a step that is none, is no offer."""
    found = []
    for id_, note in sorted(files.waiting_uploads().items()):
        try:
            one = _read(id_, json.loads(note))
        except (ValueError, TypeError, KeyError):
            continue
        if one.author == author and one.step in steps:
            found.append(one)
    return found


def claim(files: Files, one: Waiting) -> Upload:
    """Take over the file of `one`. Raises OSError: somebody was quicker, or put it aside."""
    return files.claim_upload(one.id, one.size, one.checksum)


def _read(id_: str, body: Mapping[str, Any]) -> Waiting:
    publication = body["publication"]
    return Waiting(
        id_,
        _text(body["author"]),
        _text(body["name"]),
        int(body["size"]),
        _text(body["checksum"]),
        _text(body["step"]),
        from_json(body["choices"]),
        tuple(made(Named, each) for each in body["named"]),
        None if publication is None else made(Publication, publication),
        tuple(made(Rate, each) for each in body["rates"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value
