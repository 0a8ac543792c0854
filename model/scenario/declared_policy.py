"""How does a scenario declare a policy: its instruments by name, and what it is called in two languages?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, field_validator
from pydantic_core import CoreSchema, core_schema

from model.instruments import Instrument

MOST_LETTERS = 80


class _Titles(BaseModel):
    """What a policy is called on pages and in tables for readers; its name where a language has no title."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    title: str = ""
    title_zh: str = ""

    @field_validator("*")
    @classmethod
    def _one_line(cls, text: str) -> str:
        if len(text) > MOST_LETTERS or not text.isprintable():
            raise ValueError(f"a title is one line of at most {MOST_LETTERS} letters")
        return text.strip()


TITLES = tuple(_Titles.model_fields)
"""The keys of a policy's table that name no instrument, unless they hold a table."""


class DeclaredPolicy(dict[str, Instrument]):
    """The instruments of a policy by name, with its titles.

    >>> scenario.policy["time_bank"]["scheme"].amount_yuan, scenario.policy["time_bank"].titled("zh")
    """

    KEYS: ClassVar[tuple[str, ...]] = TITLES
    """What a policy's table holds besides instruments."""

    def __init__(
        self, instruments: Mapping[str, Any] | None = None, *, title: str = "", title_zh: str = ""
    ) -> None:
        super().__init__(instruments or {})
        self.title, self.title_zh = title, title_zh

    @property
    def titles(self) -> dict[str, str]:
        """The titles that are given, by their keys."""
        return {key: text for key in TITLES if (text := getattr(self, key))}

    def titled(self, lang: str) -> str:
        """The title in "en" or "zh"; empty if it has none in that language."""
        return self.title_zh if lang == "zh" else self.title

    def with_instruments(self, instruments: Mapping[str, Any]) -> DeclaredPolicy:
        """Other instruments under the same titles."""
        return DeclaredPolicy(instruments, **self.titles)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        instruments = handler.generate_schema(dict[str, Instrument])
        told = core_schema.wrap_serializer_function_ser_schema(cls._as_table, schema=instruments)
        return core_schema.no_info_wrap_validator_function(cls._validated, instruments, serialization=told)

    @classmethod
    def _validated(cls, value: Any, validated: Callable[[Any], dict[str, Any]]) -> DeclaredPolicy:
        """A policy from its table. A table called ``title`` is an instrument of that name."""
        if not isinstance(value, Mapping):
            return cls(validated(value))  # which refuses it
        titles = value.titles if isinstance(value, DeclaredPolicy) else {}
        instruments: dict[str, Any] = {}
        for key, part in value.items():
            table = isinstance(part, Mapping | BaseModel)
            meant = not table and isinstance(key, str) and get_close_matches(key, TITLES)  # `titel` too
            (titles if meant else instruments)[key] = part
        checked = _Titles.model_validate(titles)  # its faults are told under their keys
        return cls(validated(instruments), **checked.model_dump())

    def _as_table(self, table: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        return {**self.titles, **table(dict(self))}
