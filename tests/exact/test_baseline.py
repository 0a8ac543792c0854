"""Has any number moved? If it was meant: `make baseline`, and a line in CHANGELOG.md."""

from __future__ import annotations

import json

from tests.baseline.refresh import FILE, figures


def test_no_number_moved_unnoticed() -> None:
    stored, now = json.loads(FILE.read_text()), json.loads(json.dumps(figures()))
    moved = [
        f"{arm}.{table}.{name}: {stored[arm][table].get(name)} -> {value}"
        for arm in now
        for table in now[arm]
        for name, value in now[arm][table].items()
        if stored[arm][table].get(name) != value
    ]
    assert not moved, "numbers moved (make baseline if this is meant):\n" + "\n".join(moved)
