"""Do layers merge and keep their origins, and is every wrong file refused in one plain message, in time?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, model_validator

from experiments.loading.load import Loaded, Origin, load
from experiments.loading.sources import names
from experiments.lookup.show import show
from experiments.storage.toml_scan import scan
from model.core.errors import ScenarioError
from model.parameters.declare import ByKey, Submodel, adds_to_one, param, per


class Decision(Submodel):
    b_peer: float = param(0.6, unit="logit/week", valid=(0, 20), low=0.0, high=1.5, doc="peers")
    b_habit: float = param(
        2.5, unit="logit/week", valid=(0, 20), mark="evidence", source="a paper", doc="habit"
    )
    memory: int = param(26, unit="weeks", valid=(1, 64), doc="weeks")
    rule: str = param("logit", unit="name", choices=("logit", "fractional"), doc="rule")
    terms: tuple[str, ...] = param(("can", "like"), unit="names", choices=("can", "like"), doc="terms")
    b0: ByKey = per(("culture", "service"), (-5.0, -7.0), unit="logit/week", valid=(-50, 5), doc="base")


class Population(Submodel):
    share: ByKey = per(("young", "old"), (0.75, 0.25), unit="share", valid=(0, 1), doc="ages")

    @model_validator(mode="after")
    def _shares(self) -> Population:
        adds_to_one("share", self.share)
        return self


class Grant(Submodel):
    kind: Literal["grant"]
    amount_yuan: float = Field(ge=0)
    start: int | None = None
    end: int | None = None
    target: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class Ask(Submodel):
    kind: Literal["ask"]
    source: Literal["letter", "grant"] = "letter"
    days: tuple[Literal["monday", "sunday"], ...] = Field(("monday",), min_length=1, max_length=2)


Instrument = Annotated[Grant | Ask, Field(discriminator="kind")]


class Small(Submodel):
    format: Literal[1]
    name: str = "small"
    decision: Decision = Decision()
    population: Population = Population()
    status_quo: dict[str, Instrument] = Field(default_factory=dict)
    policy: dict[str, dict[str, Instrument]] = Field(default_factory=dict)
    ties: dict[Literal["friends", "work"], str] = Field(default_factory=dict)


Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a file into an empty working folder, the lines after ``format = 1``; returns its name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(loading, "SCENARIOS", tmp_path / "bundled")
    (tmp_path / "bundled").mkdir()

    def written(*lines: str, name: str = "x.toml") -> str:
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text("\n".join(["format = 1", *lines]) + "\n", encoding="utf-8")
        return name

    return written


def told(*arguments: Any) -> str:
    """What the refusal of these arguments says."""
    with pytest.raises(ScenarioError) as caught:
        load(*arguments, cls=Small)
    return str(caught.value)


def loaded(*arguments: Any) -> Loaded:
    return load(*arguments, cls=Small)


def test_layers_lie_over_one_another_and_every_value_knows_its_own(write: Write) -> None:
    write(
        "[decision]", "b_peer = 1", "b_habit = 1", "memory = 1", 'terms = ["can"]', name="bundled/town.toml"
    )
    write("[provenance]", "seeds = 20", "[decision]", "b_habit = 2", name="bundled/town.calibrated.toml")
    file = write('extends = "town"', "[decision]", "b0.culture = -4", "memory = 3", 'terms = ["like"]')
    result = loaded(file, ["decision.b0.service=-6.5"])
    decision = result.scenario.decision
    assert (decision.b_peer, decision.b_habit, decision.memory) == (1.0, 2.0, 3)
    assert decision.terms == ("like",)
    assert decision.b0.values() == (-4.0, -6.5)
    assert result.origin_of("decision.b_peer") == Origin("case", "town.toml", 3)
    assert result.origin_of("decision.b_habit") == Origin("calibrated", "town.calibrated.toml", 5)
    assert result.origin_of("decision.b0.culture") == Origin("file", "x.toml", 4)
    assert result.origin_of("decision.b0.service") == Origin("set", "--set decision.b0.service=-6.5")
    assert result.origin_of("decision.rule") == Origin("default")
    assert result.provenance == {"town.calibrated.toml": {"seeds": 20}}
    assert names() == ["town"]
    assert loaded("town").origin_of("decision.b_peer").layer == "case"


def test_lines_are_found_in_every_way_of_writing_a_key() -> None:
    text = '''[a.b]
x = 1
"q.r".s = "[no]"  # y = 2
m = """
z = 3
"""
list = [
  1, [2], { k = 1 }
]
t = { u = { v = 1 }, w = "}" }
'''
    lines = scan(text, "f")
    wanted = {"x": 2, "q.r": 3, "m": 4, "list": 7, "t": 10}
    assert {key: lines.of["a", "b", key] for key in wanted} == wanted
    assert (lines.of["a", "b", "q.r", "s"], lines.of["a", "b", "t", "u", "v"]) == (3, 10)
    assert not any("z" in path or "y" in path for path in lines.of)
    assert lines.find(("a", "b", "list", "0")) == 7


ASK = ["[policy.p.s]", 'kind = "ask"']


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["[decision]", "b_pear = 1"], ["x.toml, line 3", "unknown key decision.b_pear", "'b_peer'"]),
        (["desision.b_peer = 1"], ["line 2", "unknown key desision", "'decision'"]),
        (["[decision]", "b_peer = 30"], ["line 3", "decision.b_peer = 30", "0 to 20 logit/week"]),
        (["[decision]", "b_peer = nan"], ["line 3", "not a finite number", "0 to 20"]),
        (["[decision]", 'b_peer = "1"'], ["line 3", '"1"', "write a number"]),
        (["[decision]", "b_peer = true"], ["line 3", "true", "write a number"]),
        (["[decision]", "memory = 1.0"], ["line 3", "write a whole number"]),
        (["decision = 3"], ["line 2", "decision = 3", "write a table"]),
        (["decision.b0 = [1, 2]"], ["line 2", "decision.b0 = [1, 2]", "write a table"]),
        (["[decision.b0]", "cultur = 1"], ["line 3", "decision.b0.cultur", "'culture'"]),
        (["[decision]", 'rule = "logti"'], ["line 3", "logit, fractional", "mean 'logit'"]),
        (["[decision]", 'terms = ["can", "can"]'], ["line 3", "terms names one twice", "each once"]),
        ([*ASK, 'days = ["x"]'], ["x.toml, line 4: policy.p.s.days", "'monday'"]),
        ([*ASK, "days = []"], ["line 4", "days = [] is too short", "at least 1"]),
        ([*ASK, 'days = ["monday", "sunday", "monday"]'], ["line 4", "is too long", "at most 2"]),
        (["[decision]", 'terms = ["can", "lik"]'], ["line 3", "mean 'like'"]),
        (["[population]", "[population.share]", "old = 0.5"], ["line 2", "[population]", "add up to 1.25"]),
        (["[status_quo.a]", 'kind = "grand"'], ["line 3", "the kinds are grant, ask", "mean 'grant'"]),
        (["[status_quo.a]", "amount_yuan = 1"], ["line 2", "status_quo.a", "does not say its kind"]),
        (
            ["[policy.funding.x]", "kind = 'grant'", "amount_yuan = 1", "[policy.fundng.x]", "start = 2"],
            ["line 5", "does not say its kind", "did you mean 'funding' by 'fundng'?"],
        ),
        (
            [
                "[status_quo.steady]",
                "kind = 'grant'",
                "amount_yuan = 1",
                "[status_quo.stedy]",
                "kind = 'grant'",
            ],
            ["line 5", "status_quo.stedy", "amount_yuan is missing", "did you mean 'steady' by 'stedy'?"],
        ),
        (["[policy.p.a]", 'kind = "grant"'], ["line 2", "policy.p.a.amount_yuan is missing"]),
        (
            ["[policy.p.a]", 'kind = "ask"', 'sorce = "letter"'],
            ["line 4", "unknown key policy.p.a.sorce", "mean 'source'"],
        ),
        (["[policy.p]", "a = 1"], ["line 3", "policy.p.a = 1", "write a table"]),
        (["[ties]", 'frends = "a"'], ["line 3", "unknown key ties.frends", "'friends'"]),
        (["[status_quo.a]", 'kind = "grant"', "amount_yuan = -1"], ["line 4", "greater than or equal to 0"]),
        (["a = 1", "b = 2", "a = 3"], ["line 4", "given twice", "line 2"]),
        (["[a]", "[b]", "[a]"], ["line 4", "given twice", "line 2"]),
        (["name = town"], ["line 2", "text stands in quotes"]),
        (["name = 'town", "a = 1"], ["line 2", "never closed"]),
        (['name = "town', "a = 1"], ["line 2", "close the text"]),
        (["a = [1,", "b = 1"], ["line 2", "never closed"]),
        (["社区 = 1"], ["line 2", "letters other than a to z"]),
        (["a.b.c.d.e.f.g.h.i = 1"], ["line 2", "more than 8 parts"]),
        (["[a.b.c.d.e.f.g.h.i]"], ["line 2", "more than 8 parts"]),
        (["a = " + "[" * 33 + "]" * 33], ["line 2", "nesting deeper than 32"]),
        (["a = " + "{a=" * 33 + "1" + "}" * 33], ["line 2", "nesting deeper than 32"]),
        (["decision.memory = " + "9" * 5000], ["line 2", "more than 400 digits"]),
        (["decision.memory = " + "9" * 399], ["line 2", "more than 60 digits", "1 to 64 weeks"]),
        (["decision.b_peer = " + "9" * 399], ["line 2", "too large", "0 to 20"]),
        (["decision.b_peer = 1e999"], ["line 2", "not a finite number"]),
        (["a = 2024-02-31"], ["line 2", "not readable as TOML"]),
        (["extends = 3"], ["line 2", "not text"]),
        (['extends = "/etc/x.toml"'], ["line 2", "leads out of the folder"]),
        (['extends = "../x.toml"'], ["line 2", "leads out of the folder"]),
        (['extends = "C:\\\\x.toml"'], ["line 2", "leads out of the folder"]),
        (['extends = "below/../x.toml"'], ["line 2", "leads back to"]),
        (['extends = "town"'], ["line 2", "no scenario named"]),
        (['extends = "y.toml"'], ["y.toml", "no such file", "'x.toml'"]),
        (['extends = "\\u0000.toml"'], ["leads out of the folder"]),
    ],
)
def test_a_refusal_says_what_where_and_what_instead(write: Write, lines: list[str], said: list[str]) -> None:
    message = told(write(*lines))
    assert [part for part in said if part not in message] == []
    assert "\n" not in message


def test_a_wrong_value_alone_in_its_array_is_one_fault(write: Write) -> None:
    assert "faults" not in told(write(*ASK, 'days = ["x"]'))


def test_files_that_are_none_are_refused(write: Write, tmp_path: Path) -> None:
    write(name="town.toml")
    os.mkfifo("pipe.toml")
    Path("folder.toml").mkdir()
    Path("latin.toml").write_bytes(b"format = 1\nname = '\xe4'\n")
    Path("large.toml").write_bytes(b"#" * (2**20 + 1))
    Path("away.toml").symlink_to(tmp_path.parent / "elsewhere.toml")
    Path("plain.toml").write_text("name = 'x'")
    assert "did you mean 'town.toml'" in told("twon.toml")
    assert "no such file" in told("nowhere/x.toml")
    assert "not an ordinary file" in told("pipe.toml")
    assert "a directory" in told("folder.toml")
    assert "byte 19 (0xe4) is not UTF-8" in told("latin.toml")
    assert "latin.toml, line 2" in told("latin.toml")
    assert "larger than 1 MiB" in told("large.toml")
    assert "no such file" in told("away.toml")
    assert "cannot be read" in told("a\0b.toml")
    assert "cannot be read" in told("x" * 5000 + ".toml")
    assert "begin the file with format = 1" in told("plain.toml")
    assert "no scenario named" in told("town")


def test_links_that_lead_out_of_the_folder_are_not_followed(write: Write, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside.toml"
    outside.write_text("format = 1\n")
    Path("inside.toml").symlink_to(outside)
    Path("loop.toml").symlink_to("loop.toml")
    assert "leads out of the folder" in told(write('extends = "inside.toml"'))
    assert "leads out of the folder" in told(write('extends = "loop.toml"'))


def test_extending_files_below_works_and_circles_and_long_chains_do_not(write: Write) -> None:
    write("[decision]", "memory = 5", name="below/base.toml")
    assert loaded(write('extends = "below/base.toml"')).scenario.decision.memory == 5
    for i in range(10):
        write(f'extends = "c{i + 1}.toml"', name=f"c{i}.toml")
    assert "more than 8 files" in told("c0.toml")
    write('extends = "x.toml"', name="y.toml")
    assert "leads back to x.toml" in told(write('extends = "y.toml"'))


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("decision.b_pear=1", "--set decision.b_pear=1: unknown key"),
        ("decision.b_peer=30", "0 to 20 logit/week"),
        ("decision.rule=logit", "text stands in quotes: --set"),
        ("decision.rule", "not key=value"),
        ("name='a'\nformat=2", "not key=value"),
        ("=1", "not key=value"),
        ("decision.memory=" + "9" * 5000, "more than 400 digits"),
    ],
)
def test_overrides_are_refused_like_files(write: Write, override: str, said: str) -> None:
    assert said in told(write(), [override])


def test_a_calibration_sets_parameters_and_nothing_else(write: Write) -> None:
    file = write("[decision]", "b_peer = 1")
    write("[decision]", "b_peer = 2", "[policy.p]", "x = 1", name="x.calibrated.toml")
    assert "x.calibrated.toml, line 5: a calibration cannot set policy.p.x" in told(file)
    write("provenance = 3", name="x.calibrated.toml")
    assert "x.calibrated.toml, line 2: provenance = 3" in told(file)


def test_ten_faults_are_told_and_the_rest_is_counted(write: Write) -> None:
    message = told(write(*(f"k{i} = 1" for i in range(25))))
    assert message.startswith("25 faults:\n")
    assert message.endswith("\nand 15 more")
    assert message.count("unknown key") == 10


HOSTILE = {
    "unknown keys": "format = 1\n" + "".join(f"k{i} = 1\n" for i in range(100_000)),
    "unknown keys below": "format = 1\n[decision]\n" + "".join(f"k{i} = 1\n" for i in range(100_000)),
    "wrong entries": "format = 1\n[status_quo]\n" + "".join(f"k{i} = {{}}\n" for i in range(80_000)),
    "entries just allowed": "format = 1\n[status_quo]\n" + "".join(f"k{i} = {{}}\n" for i in range(19_000)),
    "dotted keys": "".join(f"k{i}.b.c.d.e.f.g.h = 1\n" for i in range(40_000)),
    "deep tables": "".join(f"[a.b{i}.c.d.e.f.g]\n" for i in range(21_000)),
    "long key": "a." * 500_000 + "b = 1",
    "brackets": "[" * 2**20,
    "array": "format = 1\ndecision.terms = [" + "'x'," * 250_000 + "]",
    "quotes": "a = " + '"\\' * 500_000,
    "triple quotes": "a = " + '"""' + '""\\' * 300_000,
    "one digit": "a = " + "9" * 1_000_000,
}

CHILD = """
import json, re, resource, sys, time
from pathlib import Path
sys.path.insert(0, {folder!r})
from test_load import Small
from experiments.loading.load import load
from model.core.errors import ScenarioError
start = time.process_time()
try:
    load(sys.argv[1], cls=Small)
except ScenarioError as error:
    said = str(error)
seconds = time.process_time() - start
heavy = sorted({{"numpy", "numba", "mesa"}} & set(sys.modules))
status = Path("/proc/self/status")  # ru_maxrss also counts the parent from before the exec
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if status.exists():
    peak = int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1])
print(json.dumps([said, seconds, peak / 1024, heavy]))
"""

loading = sys.modules["experiments.loading.sources"]


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_refusal_takes_little_time_and_memory(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "hostile.toml"
    file.write_text(HOSTILE[kind])
    code = CHILD.format(folder=str(Path(__file__).parent))
    result = subprocess.run([sys.executable, "-c", code, file], capture_output=True, text=True, check=True)
    said, seconds, megabytes, heavy = json.loads(result.stdout)
    assert len(said) < 5000
    assert said.count("\n") <= 11
    assert seconds < 20  # of the processor; what is quadratic takes minutes
    assert megabytes < 300
    assert heavy == []


def test_show_tells_value_unit_range_mark_source_and_origin(write: Write) -> None:
    write("[provenance]", "seeds = 20", "[decision]", "memory = 13", name="x.calibrated.toml")
    file = write(
        "decision.b_peer = 1",
        "[status_quo.base]",
        'kind = "grant"',
        "amount_yuan = 20000",
        "[policy.more.extra]",
        'kind = "grant"',
        "amount_yuan = 5000.5",
        "start = 1",
        "end = 52",
        'target = { age = ["60-69", "70+"] }',
    )
    result = loaded(file)
    text = show(result)
    rows = {line.split()[0]: " ".join(line.split()) for line in text.splitlines() if line.strip()}
    assert rows["decision.b_peer"].startswith("decision.b_peer 1 logit/week 0 to 1.5 given file x.toml:2")
    assert rows["decision.b_habit"].startswith("decision.b_habit 2.5 logit/week evidence default")
    assert rows["decision.b_habit"].endswith("source: a paper")
    assert "decision.memory 13 weeks calibrated calibrated x.calibrated.toml:5" in rows["decision.memory"]
    assert "status quo:\n  base: grant: amount 20,000 yuan a year, for all, in all weeks" in text
    assert "extra: grant: amount 5,000.5 yuan a year, for age 60-69, 70+, weeks 1 to 52" in text
    assert "calibrated in x.calibrated.toml:\n  seeds: 20" in text
    guesses = show(result, guesses=True)
    assert guesses.endswith("6 of 9 parameters are guesses.")
    assert "b_habit" not in guesses
    assert "decision.memory" not in guesses
