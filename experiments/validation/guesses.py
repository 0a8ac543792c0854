"""Writes the list of guesses, a chapter of the ODD: `make odd`."""

from __future__ import annotations

from pathlib import Path

from model.parameters.declare import declarations
from model.scenario.scenario import Scenario

ODD = Path(__file__).parents[2] / "model" / "ODD"
CHAPTER = ODD / "11_guesses.md"


def guesses() -> str:
    """The chapter of the ODD with every declared parameter whose default is a guess."""
    every = declarations(Scenario)
    rows = [d for d in every.values() if d.mark == "guess"]
    lines = [
        "# 11. List of guesses",
        "",
        f"{len(rows)} of {len(every)} declared parameters are guesses (written by `make odd`).",
        "",
        "| parameter | default | unit | plausible | what it is |",
        "|---|---|---|---|---|",
    ]
    for d in rows:
        plausible = "" if d.low is None else f"{d.low:g} to {d.high:g}"
        default = ", ".join(d.default) if isinstance(d.default, tuple) else d.default
        source = f" ({d.source})" if d.source else ""
        lines.append(f"| `{d.name}` | {default} | {d.unit} | {plausible} | {d.doc}{source} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    CHAPTER.write_text(guesses(), encoding="utf-8")
