"""How does a file of an earlier version get the names of today, its comments kept?"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from experiments.loading.renamed import Kind, moved, old_names
from experiments.storage.files import write_text
from experiments.storage.toml_scan import decoded, parse
from experiments.storage.toml_text import with_key, with_value
from model.core.errors import GongzhiError


@dataclass(frozen=True)
class Upgraded:
    """What `upgrade` did: a sentence with its line for each old name; empty if there was none."""

    file: str
    changes: tuple[str, ...]


def upgrade(path: str | os.PathLike[str]) -> Upgraded:
    """Rewrite the old names of a scenario or study file, in one step; a second time there is nothing to do.

    Raises:
        GongzhiError: if the file cannot be read or written, or holds both names of one thing. It is left as
            it was then.
    """
    file = Path(path)
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise GongzhiError(
            what="the file cannot be read", where=str(path), why=error.strerror or str(error)
        ) from None
    text = decoded(raw, str(path))
    tables, lines = parse(text, str(path))
    kind: Kind = "study" if isinstance(tables.get("scenario"), str) else "scenario"
    found = old_names(tables, kind)
    if not found:
        return Upgraded(str(path), ())
    changes = []
    for one in found:
        place = f"line {lines.find(one.at)}"
        tables = moved(tables, one, f"{path}, {place}")
        if one.at == one.key:
            text = with_value(text, one.key, one.value, str(path))
        else:
            text = with_key(text, one.at, one.key, tables, str(path))
        changes.append(f"{place}: {one.told()}")
    write_text(file, text)
    return Upgraded(str(path), tuple(changes))
