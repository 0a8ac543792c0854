"""Which commands and which files does the README print?"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    """The code blocks of a language, "" for none."""
    return [text for name, text in BLOCK.findall(README.read_text(encoding="utf-8")) if name == language]


def commands() -> list[list[str]]:
    """The arguments of every ``gongzhi`` line in a block, in order, without comments."""
    lines = [line for block in blocks("") for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("gongzhi ")]


def scenarios() -> list[str]:
    """The scenario files that are printed whole."""
    return [text for text in blocks("toml") if text.startswith("format = 1\n")]
