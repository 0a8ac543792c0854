"""On which line of a TOML text does each key stand, and is the text safe to parse at all?

The parser of the standard library says nothing of lines, and needs quadratic time for very long keys, deep
recursion for deep nesting and a limit of its own for very long numbers. So one linear pass over the text,
before the parser sees it, records the lines and refuses what is out of all proportion. It does not judge
syntax: where the text makes no sense, the pass ends or goes on, and the parser says what is wrong.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from model.core.errors import ScenarioError

MAX_BYTES = 2**20
MAX_KEY_PARTS = 8
MAX_NESTING = 32
MAX_DIGITS = 400
MAX_NAMES = 150_000

Path = tuple[str, ...]

# Possessive repetition keeps every alternative linear; a string without its end matches up to where it
# should have ended and is told from a complete one by its last characters.
TOKEN = re.compile(
    r"""
      (?P<blank>[ \t\r]++ | \#[^\n]*+)
    | (?P<newline>\n)
    | (?P<text>\"{3} (?:[^"\\]++ | \\. | \"{1,2}+ (?!\") )*+ (?:\"{3,5}+)?
             | '{3} (?:[^']++ | '{1,2}+ (?!') )*+ (?:'{3,5}+)?
             | " (?:[^"\\\n]++ | \\[^\n])*+ "?
             | ' [^'\n]*+ '?)
    | (?P<open>[\[{])
    | (?P<close>[\]}])
    | (?P<mark>[=.,])
    | (?P<word>[^\s\#"'\[\]{}=.,]++)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass
class Lines:
    """The line, counted from 1, on which each key or table first stands.

    ``again`` leads from the line of a repeated key to the line of the first; ``unclosed`` is the line of the
    innermost quote or bracket that is never closed, 0 if there is none.
    """

    of: dict[Path, int] = field(default_factory=dict)
    again: dict[int, int] = field(default_factory=dict)
    unclosed: int = 0

    def find(self, path: Path) -> int:
        """The line of ``path``, or of the nearest table above it that is written out; 0 if there is none."""
        while path and path not in self.of:
            path = path[:-1]
        return self.of.get(path, 0)

    def note(self, path: Path, line: int) -> None:
        """Record that ``path`` stands on ``line``."""
        if self.of.setdefault(path, line) != line:
            self.again.setdefault(line, self.of[path])


def parse(text: str, file: str) -> tuple[dict[str, Any], Lines]:
    """The tables of a TOML text and the lines of its keys; ScenarioError with ``file`` and line otherwise."""
    lines = scan(text, file)
    try:
        return tomllib.loads(text), lines
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(str(error), file, text, lines) from None
    except ValueError as error:  # a date that does not exist, or a number the parser cannot hold
        raise ScenarioError(what=f"not readable as TOML: {error}", where=file) from None


def decoded(raw: bytes, file: str) -> str:
    """The text of a file's bytes; ScenarioError if there are too many or they are not UTF-8."""
    if len(raw) > MAX_BYTES:
        raise ScenarioError(
            what="the file is larger than 1 MiB",
            where=file,
            instead="put tables of data into files of their own",
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ScenarioError(
            what=f"byte {error.start} (0x{raw[error.start]:02x}) is not UTF-8",
            where=f"{file}, line {line}",
            instead="save the file with the encoding UTF-8",
        ) from None


def scan(text: str, file: str) -> Lines:
    """The lines of all keys; ScenarioError for a key, a nesting or a number beyond the limits above."""
    scanner = _Scanner(file)
    for match in TOKEN.finditer(text):
        kind, token = match.lastgroup, match.group()
        if kind == "newline":
            scanner.newline()
        elif kind == "text":
            if not _complete(token):
                scanner.lines.unclosed = scanner.line
                return scanner.lines
            scanner.word(token, quoted=True)
            scanner.line += token.count("\n")
        elif kind == "word":
            scanner.word(token, quoted=False)
        elif kind == "open":
            scanner.open(token)
        elif kind == "close":
            scanner.close()
        elif kind == "mark":
            scanner.mark(token)
    if scanner.brackets:
        scanner.lines.unclosed = scanner.brackets[-1].line
    return scanner.lines


class _Bracket(NamedTuple):
    """An open bracket, the name of the value it opens, and its line."""

    sign: str
    path: Path
    line: int


class _Scanner:
    """Where in the text the scan is: in which table, which brackets, in a key or in a value."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.line = 1
        self.lines = Lines()
        self.table: Path = ()
        self.brackets: list[_Bracket] = []
        self.key: list[str] = []
        self.value_of: Path | None = None  # None while a key is being read
        self.header = False

    def newline(self) -> None:
        if self.header:
            self.table = tuple(self.key)
            self.brackets.clear()
            self.note(self.table, below=0)
        if not self.brackets:
            self.key, self.value_of, self.header = [], None, False
        self.line += 1

    def word(self, token: str, *, quoted: bool) -> None:
        if self.value_of is None:
            self.key.append(_unquoted(token) if quoted else token)
            if len(self.key) > MAX_KEY_PARTS:
                self.refuse(f"a key of more than {MAX_KEY_PARTS} parts", "no valid key has as many")
        elif not quoted and len(token) > MAX_DIGITS and sum(map(str.isdigit, token)) > MAX_DIGITS:
            self.refuse(f"a number of more than {MAX_DIGITS} digits", "no parameter takes such a number")

    def mark(self, token: str) -> None:
        if token == "=" and self.value_of is None and not self.header:
            above = self.brackets[-1].path if self.brackets else self.table
            self.value_of = (*above, *self.key)
            self.depth(len(self.value_of))
            self.note(self.value_of, below=len(above))
        elif token == "," and self.brackets and self.brackets[-1].sign == "{":
            self.key, self.value_of = [], None

    def open(self, token: str) -> None:
        if self.value_of is None and not self.brackets and not self.key:
            self.header = True
        self.brackets.append(_Bracket(token, self.value_of or (), self.line))
        self.depth(len(self.brackets))
        if token == "{":
            self.key, self.value_of = [], None

    def close(self) -> None:
        if self.brackets:
            path = self.brackets.pop().path
            if not self.header:
                self.value_of = path

    def note(self, path: Path, below: int) -> None:
        for size in range(below + 1, len(path)):
            self.lines.of.setdefault(path[:size], self.line)
        self.lines.note(path, self.line)
        if len(self.lines.of) > MAX_NAMES:
            self.refuse(f"more than {MAX_NAMES:,} keys", "no scenario has as many")

    def depth(self, depth: int) -> None:
        if depth > MAX_NESTING:
            self.refuse(f"nesting deeper than {MAX_NESTING}", "no scenario is nested as deep")

    def refuse(self, what: str, why: str) -> None:
        raise ScenarioError(what=what, where=f"{self.file}, line {self.line}", why=why)


def _complete(token: str) -> bool:
    """Whether a quoted token has its closing quotes."""
    quote = token[0]
    if token.startswith(quote * 3):
        return len(token) >= 6 and token.endswith(quote * 3)
    return len(token) >= 2 and token.endswith(quote)


def _unquoted(token: str) -> str:
    if "\\" not in token or token[0] == "'":
        return token[1:-1]
    try:
        return str(tomllib.loads(f"key = {token}")["key"])
    except tomllib.TOMLDecodeError:
        return token[1:-1]


def _unreadable(message: str, file: str, text: str, lines: Lines) -> ScenarioError:
    """The parser's message as an error with a line, and a word on what is usually meant."""
    found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
    said = message[: found.start()] if found else message
    line = int(found[1]) if found and found[1] else 0
    if lines.unclosed and (not line or lines.unclosed < line or said.startswith("Unclosed")):
        said, line = "what is opened here is never closed", lines.unclosed
    line = line or text.count("\n") + 1
    where = f"{file}, line {line}"
    if "overwrite" in said or "twice" in said:
        first = lines.again.get(line)
        seen = f"it stands on line {first} already" if first else "it stands in the file already"
        return ScenarioError(what="a key or table is given twice", where=where, why=seen, instead="keep one")
    hints = {
        "Invalid value": 'text stands in quotes: name = "value"; numbers, true and false do not',
        "Invalid statement": "a line is: key = value; letters other than a to z stand in quotes, in keys too",
        "Expected '=' after a key": "a line is: key = value",
        "Illegal character '\\n'": "close the text with the quotes it was opened with",
    }
    hint = next((hint for start, hint in hints.items() if said.startswith(start)), "")
    return ScenarioError(what=f"not readable as TOML: {said[:200]}", where=where, instead=hint)
