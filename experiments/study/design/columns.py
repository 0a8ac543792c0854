"""What are the columns of a study's tables called? Factors by plain names, which formulas take as they
are."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Sequence

PLACE = ("run", "point")
SEEDS = ("policy", "world", "luck")
OF_A_RUN = ("key", "status", "stage", "error", "message")
OF_A_ROW = ("week", "community", "group")


def plain_names(factors: Iterable[str]) -> dict[str, str]:
    """A plain name for every dotted one: its last part, and as many before it as make it one of its own.

    >>> plain_names(["decision.b_peer", "population.age_share.16-24"])
    {'decision.b_peer': 'b_peer', 'population.age_share.16-24': 'age_share_16_24'}
    """
    names = list(factors)
    taken = {*PLACE, *SEEDS, *OF_A_RUN, *OF_A_ROW, *_outcomes()}
    depth = dict.fromkeys(names, 1)
    while True:
        found = {name: _last(name, depth[name]) for name in names}
        every = list(found.values())
        bad = [
            name
            for name, plain in found.items()
            if plain in taken or every.count(plain) > 1 or not _is_name(plain)
        ]
        deeper = [name for name in bad if depth[name] < name.count(".") + 1]
        if not deeper:
            return _numbered(found, taken)
        for name in deeper:
            depth[name] += 1


def _numbered(found: dict[str, str], taken: set[str]) -> dict[str, str]:
    """Whole names that are still no names of their own, such as "a.b_c" beside "a_b.c", with a number."""
    used = set(taken)
    plain: dict[str, str] = {}
    for name, wanted in found.items():
        stem = wanted if _is_name(wanted) else f"x_{wanted}"
        one, n = stem, 2
        while one in used:
            one, n = f"{stem}_{n}", n + 1
        used.add(one)
        plain[name] = one
    return plain


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)


def _last(name: str, parts: int) -> str:
    return re.sub(r"\W", "_", "_".join(name.split(".")[-parts:]))


def _outcomes() -> Sequence[str]:
    from experiments.outcomes import OUTCOMES

    return list(OUTCOMES)
