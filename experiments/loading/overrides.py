"""Values laid over a scenario: by dotted name, or as texts as of ``--set``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from experiments.loading.layers import Layer
from experiments.loading.sources import _printable
from experiments.storage.toml_scan import MAX_BYTES, Lines, parse
from model.core import given
from model.core.errors import ScenarioError
from model.parameters.refusals import brief

PART = re.compile(r"""\"[^\"]*\"|'[^']*'|[^.]+""")
"""A part of a dotted name: in quotes, or up to the next dot."""


Overrides = Mapping[str, Any] | Sequence[str]
"""Values laid over a scenario: ``{"decision.b_peer": 1}``, or ``["decision.b_peer=1"]`` as TOML writes it."""


def override_layers(wanted: Overrides) -> list[Layer]:
    """A layer for each value that is laid over a scenario."""
    if isinstance(wanted, Mapping):
        return [_named(name, value) for name, value in wanted.items()]
    if isinstance(wanted, str) or not isinstance(wanted, Iterable):
        raise ScenarioError(
            what=f"overrides = {brief(wanted)}",
            instead="give values by name, {'decision.b_peer': 1}, or texts, ['decision.b_peer=1']",
        )
    return [_override(text) for text in wanted]


def _named(name: Any, value: Any) -> Layer:
    """One value by its dotted name, of which single parts may stand in quotes."""
    shown = f"overrides, {brief(name)}"
    if not isinstance(name, str) or not all(name.split(".")):
        raise ScenarioError(
            what="this is no dotted name", where=shown, instead="write one such as 'decision.b_peer'"
        )
    parts = [part.strip("\"'") if part[:1] in "\"'" else part for part in re.findall(PART, name)]
    table = given.plain(value)
    for part in reversed(parts):
        table = {part: table}
    return Layer("set", shown, table, Lines())


def _override(text: Any) -> Layer:
    """One ``key=value`` of the command line."""
    if not isinstance(text, str):
        raise ScenarioError(what=f"{brief(text)} is not key=value", where="overrides", instead="give texts")
    shown = _printable(f"--set {text}")
    if not re.match(r"[^=\n]+=[^\n]+\Z", text) or len(text) > MAX_BYTES:
        raise ScenarioError(what="this is not key=value", where=shown, instead="write --set run.weeks=52")
    try:
        table, lines = parse(text, shown)
    except ScenarioError as error:
        quotes = "Invalid value" in error.what
        instead = "text stands in quotes: --set 'decision.rule=\"logit\"'" if quotes else error.instead
        raise ScenarioError(what=error.what, where=shown, why=error.why, instead=instead) from None
    lines.of.clear()  # the command line has no lines
    return Layer("set", shown, table, lines)
