"""What may study.toml say? Every key with its default and meaning, from the declarations themselves."""

from __future__ import annotations

import textwrap
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from experiments.study.design.spec import (
    DesignKind,
    DesignSpec,
    FactorSpec,
    RecordSpec,
    SeedsSpec,
    StudySpec,
    UntilSpec,
)

TABLES: tuple[tuple[str, type[BaseModel]], ...] = (
    ("", StudySpec),
    ("[seeds]", SeedsSpec),
    ("[design]", DesignSpec),
    ('[factor."NAME"]', FactorSpec),
    ("[record]", RecordSpec),
    ("[until]", UntilSpec),
)
WIDTH = 110


def keys() -> list[tuple[str, str, str, str]]:
    """Table, key, default ("" if the key must be given, "absent" if there is none) and meaning of every
    key."""
    found = []
    for table, spec in TABLES:
        for name, field in spec.model_fields.items():
            if field.description is None:
                continue  # a table of its own
            default = "" if field.is_required() else _told(field.get_default(call_default_factory=True))
            found.append((table, name, default, field.description))
    return found


def text() -> str:
    """The keys for a person."""
    lines: list[str] = []
    last = None
    for table, name, default, meaning in keys():
        if table != last:
            lines += [*([""] if lines else []), *([table] if table else [])]
            last = table
        choices = _choices(table, name)
        told = meaning + (f": {choices}" if choices else "")
        lines += textwrap.wrap(
            f"{told} ({default or 'required'})",
            WIDTH,
            initial_indent=f"{name:<14}",
            subsequent_indent=" " * 14,
        )
    lines += ["", *textwrap.wrap(" ".join((DesignSpec.__doc__ or "").replace("``", "").split()), WIDTH)]
    return "\n".join(lines)


def _choices(table: str, name: str) -> str:
    return ", ".join(get_args(DesignKind)) if (table, name) == ("[design]", "kind") else ""


def _told(value: Any) -> str:
    """A default as TOML writes it."""
    if value is PydanticUndefined or value is None or value in ((), ""):
        return "absent"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_told, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else f"{value:g}"
