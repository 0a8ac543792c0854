"""Rewrites the golden hashes, on purpose and only so: `make golden`.

Only after a change that is meant to move numbers, in a commit of its own, with its reason in CHANGELOG.md.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.golden.cases import QUICK, SLOW
from tests.golden.hashing import Hashes

FOLDER = Path(__file__).parent


def stored(case: str) -> dict[str, Hashes]:
    """The committed hashes of a case; none if it was never made."""
    file = FOLDER / f"{case}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def differences(before: Mapping[str, Hashes], now: Mapping[str, Hashes]) -> list[str]:
    """``moved``, ``gone`` and ``new`` columns, a line each, in the order of the columns."""
    old, new = ({(p, c): h for p, hashes in of.items() for c, h in hashes.items()} for of in (before, now))
    return [
        f"{'gone' if at not in new else 'new' if at not in old else 'moved'}: {at[0]}: {at[1]}"
        for at in dict.fromkeys((*old, *new))
        if old.get(at) != new.get(at)
    ]


def main(folder: Path = FOLDER) -> None:
    """Write every case to ``folder`` and say what differs from what stands committed."""
    for name, case in (QUICK | SLOW).items():
        now = case()
        moved = differences(stored(name), now)
        print(f"{name}: {len(moved)} of {sum(map(len, now.values()))} columns differ", *moved, sep="\n  ")
        text = json.dumps(now, indent=1, ensure_ascii=False)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
