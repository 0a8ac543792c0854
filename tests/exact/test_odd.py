"""Does the ODD keep up with the code?"""

from __future__ import annotations

import re
import sys
from typing import Any

import numpy as np

from experiments.validation.guesses import CHAPTER, ODD, guesses
from model.community import CommunityModel
from model.core.draws import STREAMS
from model.instruments import KINDS
from model.instruments.base import Funded
from model.parameters.credits import USES
from model.state.organizations import Organization
from model.state.residents import COLUMNS
from model.week.schedule import OF_THE_MODEL
from tests.worlds import EVERYTHING, GOVERNED, LIVELY, PARTY, policy, world

FILES = sorted(path.name for path in ODD.glob("*.md"))
TEXTS = {name: (ODD / name).read_text(encoding="utf-8") for name in FILES}
TEXT = "\n".join(TEXTS.values())


def test_the_list_of_guesses_is_that_of_the_declarations() -> None:
    assert CHAPTER.read_text(encoding="utf-8") == guesses(), "run `make odd`"


def test_each_phase_has_a_chapter_in_the_order_of_the_schedule() -> None:
    chapters = [name for name in FILES if name.startswith("07_")]
    assert chapters[1:] == [f"07_{i:02d}_{name}.md" for i, name in enumerate(OF_THE_MODEL, 1)]
    for i, name in enumerate(OF_THE_MODEL, 1):
        assert TEXTS[chapters[i]].startswith(f"# 7.{i} {name}\n")


def test_the_contents_name_every_chapter_once_and_in_order() -> None:
    named = re.findall(r"\]\(([\w.]+)\)", TEXTS["README.md"])
    assert named == [name for name in FILES if name != "README.md"]
    numbers = [TEXTS[name].split()[1].rstrip(".") for name in FILES if name[0].isdigit()]
    assert numbers == re.findall(r"^\| \[([\d.]+)\]", TEXTS["README.md"], re.M)


def test_every_stream_is_named() -> None:
    own = {"culture", "service", "deliberation"}  # "k's own stream"
    assert [s for s in STREAMS if s not in own and f'"{s}"' not in TEXT] == []


def named_of(entity: str) -> set[str]:
    """What chapter 2 names in its paragraph on an entity, between backticks."""
    paragraph = TEXTS["02_what_there_is.md"].partition(f"**{entity}**")[2].partition("\n\n")[0]
    return set(re.findall(r"`(\w+)(?:\[[^]`]+\])?`", paragraph))


def test_chapter_2_names_every_column_of_residents() -> None:
    assert named_of("Resident") == set(COLUMNS)


def test_chapter_2_names_every_changing_field_of_organizations() -> None:
    changing = {name for name, whose in Organization.ownership.items() if whose == "Own"}
    named = named_of("Organization") - {"balance_yuan"}  # a parameter
    assert changing <= named
    assert named <= set(Organization.ownership)


def drawn() -> dict[str, dict[str, str]]:
    """What the drawing of a week says that each phase reads and changes."""
    found: dict[str, dict[str, str]] = {}
    phase = key = ""
    for line in TEXTS["drawing_resident_week.md"].splitlines():
        if head := re.match(r" +\d+  (\w+) ", line):
            phase = head[1]
            found[phase] = {"reads": "", "changes": ""}
        elif phase and (said := re.match(r"     [| ] +(?:(reads|changes) +)?(\S.*)", line)):
            key = said[1] or key
            found[phase][key] += " " + said[2]
    return found


def columns_in(text: str) -> set[str]:
    return set(re.findall(r"\w+", text)) & set(COLUMNS)


def test_the_drawing_of_a_week_has_its_phases_and_changes_what_they_change() -> None:
    assert list(drawn()) == list(OF_THE_MODEL)
    says = {phase: columns_in(text["changes"]) for phase, text in drawn().items()}
    says["move"] = set(COLUMNS) - {"household", "cell"}
    seen: dict[str, set[str]] = {phase: set() for phase in OF_THE_MODEL}
    scenario = world(
        90,
        life=LIVELY,
        movement={"move_rate": {"local": 1.0, "migrant": 3.0}},
        mobilisation={"ask_rule": "likely"},
        learning={"c_int": 0.5},
        status_quo={**GOVERNED, **{name + "_of_party": one for name, one in PARTY.items()}},
    )
    credits = {"kind": "credits", "amount_yuan": 6_000.0, "controlling": 0.7, "uses": list(USES)}
    everything: dict[str, Any] = {**EVERYTHING, "credits": credits}
    arm = CommunityModel(scenario, world=1, luck=1).branch(policy(**everything))
    for _ in range(58):
        arm.begin_week()
        for phase in arm.schedule:
            before = {name: column.copy() for name, column in arm.residents.columns().items()}
            arm.run_phase(phase)
            after = arm.residents.columns()
            seen[phase.name] |= {name for name in COLUMNS if not np.array_equal(before[name], after[name])}
    assert {phase: seen[phase] - says[phase] for phase in seen if seen[phase] - says[phase]} == {}
    never = {phase: says[phase] - seen[phase] for phase in seen if phase != "move"}
    assert {phase: names for phase, names in never.items() if names} == {}


def test_the_drawing_of_a_week_names_what_the_kernels_of_a_phase_read() -> None:
    for phase, function in OF_THE_MODEL.items():
        kinds = [v for v in vars(sys.modules[function.__module__]).values() if hasattr(v, "_field_defaults")]
        taken = {name for kind in kinds for name in kind._fields} & set(COLUMNS)
        said = drawn()[phase]
        assert phase == "observe" or taken <= columns_in(said["reads"] + said["changes"]), phase


def test_the_drawing_of_a_yuan_has_every_kind_with_money() -> None:
    table = TEXTS["drawing_yuan.md"].partition("## Out of the account")[2].partition("## ")[0]
    kinds = re.findall(r"^  ([a-z_]+)  ", table, re.M)
    assert sorted(set(kinds) - {"instrument"}) == sorted(k for k, c in KINDS.items() if issubclass(c, Funded))
