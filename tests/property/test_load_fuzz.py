"""Whatever bytes a scenario file holds: is it a scenario or a ScenarioError, soon, and nothing else?"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from experiments.loading.load import load
from experiments.storage.toml_scan import parse
from model.core.errors import ScenarioError
from model.scenario.scenario import Scenario

VALID = b"""format = 1
name = "town"
[decision]
b_peer = 0.9
b0 = { culture = -5.3, service = -7 }
terms = ["can", "like"]
"rule" = 'logit'
[population]
persons = 2_000
[status_quo.grants]
kind = "grant"
amount_yuan = 2e4
[policy.lunch.seats]
kind = "train_residents"
amount_yuan = 6000
target = { age_band = ["60-69", "70+"], migrant = true }
note = \"\"\"
more than
one line\"\"\"
"""

SNIPPETS = [
    *rb"""[ ] { } [[ ]] = . , # " ' \ - + _ nan inf 1e999 0x 1979-05-27 true [decision] [a.b]""".split(),
    *rb"""format extends kind 99999999999999999999 "\ud800" "\U0010ffff" """.split(),
    *(b"\n", b"\r\n", b"\0", b"\xff", b'"""', b"'" * 3),
    *(text.encode() for text in ("社区", "\u2028", "é", "\ufeff")),
]


@pytest.fixture(scope="module")
def file() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "x.toml"


def _loads_or_refuses(file: Path, raw: bytes, overrides: tuple[str, ...] = ()) -> None:
    file.write_bytes(raw)
    try:
        outcome: object = load(file, overrides).scenario
    except ScenarioError as error:
        outcome = str(error)
    if isinstance(outcome, str):
        assert outcome.strip()
        assert outcome.count("\n") <= 11
    else:
        assert isinstance(outcome, Scenario)


fuzz = settings(max_examples=150, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])


@fuzz
@given(raw=st.binary(max_size=300))
@example(raw=b"")
@example(raw=b"\xef\xbb\xbfformat = 1\r\n")
def test_any_bytes(file: Path, raw: bytes) -> None:
    _loads_or_refuses(file, raw)


@fuzz
@given(parts=st.lists(st.sampled_from(SNIPPETS), max_size=40))
def test_any_sequence_of_pieces_of_toml(file: Path, parts: list[bytes]) -> None:
    _loads_or_refuses(file, b"format = 1\n" + b"".join(parts))


@fuzz
@given(
    edits=st.lists(
        st.tuples(st.integers(0, len(VALID)), st.integers(0, 12), st.sampled_from(SNIPPETS)),
        min_size=1,
        max_size=4,
    )
)
def test_a_valid_file_with_mutations(file: Path, edits: list[tuple[int, int, bytes]]) -> None:
    raw = VALID
    for start, cut, piece in edits:
        raw = raw[:start] + piece + raw[start + cut :]
    _loads_or_refuses(file, raw)


@fuzz
@given(override=st.text(max_size=60) | st.from_regex(r"[a-z.]{1,12}=[^\n]{0,20}", fullmatch=True))
def test_any_override(file: Path, override: str) -> None:
    _loads_or_refuses(file, b"format = 1\n", (override,))


KEYS = st.text("ab-_1", min_size=1, max_size=3) | st.text(min_size=1, max_size=4).map(
    lambda key: '"' + "".join(f"\\U{ord(c):08x}" for c in key) + '"'
)
VALUES = st.recursive(
    st.sampled_from(["1", '"]"', "'{'", "true", '"""\n[x]\n"""', "1.5", "2024-01-01"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[\n" + ",\n".join(items) + "]")
        | st.dictionaries(st.text("cd", min_size=1, max_size=2), inner, max_size=3).map(
            lambda table: "{" + ", ".join(f"{key} = {value}" for key, value in table.items()) + "}"
        )
    ),
    max_leaves=6,
)


@fuzz
@given(entries=st.lists(st.tuples(KEYS, VALUES), max_size=5))
def test_every_key_of_a_valid_text_is_found_on_its_line(entries: list[tuple[str, str]]) -> None:
    text, expected = "", {}
    for number, (key, value) in enumerate(entries):
        text += f"[t{number}]\n"
        expected[number] = text.count("\n") + 1
        text += f"{key} = {value}\n"
    try:
        tables, lines = parse(text, "f")
    except ScenarioError:  # a surrogate in a key: not TOML, and no line to check
        return
    for number, (name, table) in enumerate(tables.items()):
        assert lines.of[name,] == expected[number] - 1
        for key in table:
            assert lines.of[name, key] == expected[number]
