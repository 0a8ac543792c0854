"""Are parameters declared once, refused when wrong, found by name, and the same number in a kernel?"""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from typing import Any

import numba
import pytest
from pydantic import BaseModel, ValidationError, model_validator

from model.core.errors import ScenarioError
from model.parameters.declare import ByKey, Submodel, adds_to_one, declarations, param, per, resolve
from model.parameters.record import record
from model.parameters.replace import replaced

ACTIVITIES = ("culture", "service", "deliberation")


class Decision(Submodel):
    b_peer: float = param(0.6, unit="logit/week", valid=(0, 20), low=0.0, high=1.5, doc="peers")
    memory: int = param(26, unit="weeks", valid=(1, 64), doc="weeks remembered")
    rule: str = param("logit", unit="name", choices=("logit", "fractional"), doc="rule")
    terms: tuple[str, ...] = param(("can",), unit="names", choices=("can", "like"), doc="terms")
    loud: bool = param(False, unit="yes/no", doc="a switch")
    b0: ByKey = per(
        ACTIVITIES,
        (-5.3, -7.1, -8.0),
        unit="logit/week",
        valid=(-50, 5),
        low=(-6, -8, -9),
        high=0.0,
        mark="evidence",
        source="a table",
        doc="intercepts",
    )


class Population(Submodel):
    persons: int = param(2000, unit="persons", doc="all")
    share: ByKey = per(("16-24", "70+"), {"16-24": 0.25, "70+": 0.75}, unit="share", valid=(0, 1), doc="ages")

    @model_validator(mode="after")
    def _shares(self) -> Population:
        adds_to_one("share", self.share)
        return self


class Scenario(Submodel):
    decision: Decision = Decision()
    population: Population = Population()
    note: str = ""


def test_declarations_come_in_order_with_all_that_was_declared() -> None:
    declared = declarations(Scenario)
    assert list(declared) == [
        "decision.b_peer",
        "decision.memory",
        "decision.rule",
        "decision.terms",
        "decision.loud",
        "decision.b0.culture",
        "decision.b0.service",
        "decision.b0.deliberation",
        "population.persons",
        "population.share.16-24",
        "population.share.70+",
    ]
    service = declared["decision.b0.service"]
    assert (service.default, service.low, service.high, service.valid) == (-7.1, -8, 0.0, (-50, 5))
    assert (service.unit, service.mark, service.source) == ("logit/week", "evidence", "a table")
    assert (service.type, service.doc) == (float, "intercepts")
    assert declared["decision.rule"].choices == ("logit", "fractional")
    assert declared["decision.b_peer"].bounds() == "0 to 20 logit/week"


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ({"b_peer": "0.5"}, "float_type"),
        ({"b_peer": True}, "float_type"),
        ({"b_peer": float("nan")}, "finite_number"),
        ({"b_peer": float("inf")}, "finite_number"),
        ({"b_peer": 20.1}, "out_of_bounds"),
        ({"memory": 1.0}, "int_type"),
        ({"memory": True}, "int_type"),
        ({"memory": 65}, "out_of_bounds"),
        ({"loud": 1}, "bool_type"),
        ({"rule": "absolute"}, "out_of_bounds"),
        ({"terms": ["can", "must"]}, "out_of_bounds"),
        ({"b_pear": 1.0}, "extra_forbidden"),
        ({"b0": {"cultures": 1.0}}, "extra_forbidden"),
        ({"b0": {"culture": 6}}, "out_of_bounds"),
        ({"b0": 1.0}, "model_type"),
    ],
)
def test_nothing_is_guessed(table: dict[str, Any], kind: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Decision.model_validate(table)
    assert [error["type"] for error in caught.value.errors()] == [kind]


def test_whole_numbers_and_arrays_of_a_file_are_taken() -> None:
    decision = Decision.model_validate({"b_peer": 2, "terms": ["like", "can"], "b0": {"culture": -4}})
    assert type(decision.b_peer) is float
    assert decision.terms == ("like", "can")
    assert decision.b0.culture == decision.b0["culture"] == -4.0
    assert decision.b0.values() == (-4.0, -7.1, -8.0)
    assert dict(decision.b0.items()) == dict(zip(ACTIVITIES, decision.b0.values(), strict=True))


def test_a_number_beyond_64_bits_is_refused_where_no_range_is_declared() -> None:
    assert Population(persons=2**63 - 1).persons == 2**63 - 1
    with pytest.raises(ValidationError, match="64 bits"):
        Population(persons=2**63)


@pytest.mark.parametrize(
    "field",
    [
        {"mark": "evidence"},
        {"low": 0.7, "high": 0.9},
        {"low": 0.1},
        {"valid": (1, 2)},
        {"valid": (0, 1), "low": -1.0, "high": 1.0},
        {"choices": (1.0, 2.0)},
    ],
)
def test_a_declaration_that_contradicts_itself_fails_at_import(field: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"Wrong\.x"):
        type(
            "Wrong",
            (Submodel,),
            {
                "__annotations__": {"x": float},
                "__module__": __name__,
                "x": param(0.5, unit="1", doc="x", **field),
            },
        )


def test_keys_and_defaults_of_a_table_must_fit() -> None:
    with pytest.raises(TypeError, match="2 numbers for 3 keys"):
        per(ACTIVITIES, (1.0, 2.0), unit="1", doc="x")
    with pytest.raises(TypeError, match="defaults are for"):
        per(("a", "b"), {"b": 1.0, "a": 2.0}, unit="1", doc="x")


def test_replaced_validates_the_whole_and_leaves_the_original() -> None:
    before = Scenario()
    after = replaced(before, {"decision.b0.culture": -4, "decision.b_peer": 1.5})
    assert resolve(after, "decision.b0.culture") == -4.0
    assert resolve(after, "decision.b_peer") == 1.5
    assert resolve(after, "decision.b0.service") == -7.1
    assert before == Scenario()
    halves = {"population.share.16-24": 0.5, "population.share.70+": 0.5}
    assert replaced(before, halves).population.share.values() == (0.5, 0.5)
    with pytest.raises(ScenarioError, match=r"add up to 1\.25"):
        replaced(before, {"population.share.16-24": 0.5})
    with pytest.raises(ScenarioError, match=r"decision\.b_peer = 30 is out of range.*0 to 20 logit/week"):
        replaced(before, {"decision.b_peer": 30})


def test_unknown_names_are_refused_with_near_ones() -> None:
    with pytest.raises(ScenarioError, match="did you mean 'b_peer'"):
        resolve(Scenario(), "decision.b_pear")
    with pytest.raises(ScenarioError, match="did you mean 'culture'"):
        replaced(Scenario(), {"decision.b0.cultur": 1})
    with pytest.raises(ScenarioError, match="no parameter"):
        resolve(Scenario(), "decision.b_peer.x")


def test_submodels_are_frozen_and_survive_copies_and_processes() -> None:
    scenario = replaced(Scenario(), {"decision.b0.culture": -4})
    with pytest.raises(ValidationError):
        setattr(scenario.decision.b0, "culture", 1.0)  # noqa: B010
    for copied in (pickle.loads(pickle.dumps(scenario)), copy.deepcopy(scenario)):
        assert copied == scenario
        assert copied.decision.b0.culture == -4.0
    assert Scenario.model_validate(scenario.model_dump()) == scenario
    assert scenario.model_dump()["decision"]["b0"] == dict(scenario.decision.b0.items())


@numba.njit  # type: ignore[untyped-decorator]
def _in_a_kernel(p: Any) -> float:
    return float(p.b_peer + 10 * p.b0[1] + p.memory + p.gain[2] + (1000 if p.loud else 0))


def test_a_kernel_reads_the_same_numbers_by_the_same_names() -> None:
    scenario = replaced(Scenario(), {"decision.b0.service": -3, "decision.loud": True})
    p = record(scenario, {"gain": [1.0, 2.0, 4.0], "half": 0.5})
    assert p.b0.shape == (3,)
    assert p.persons == 2000
    assert p.half == 0.5
    assert "rule" not in (p.dtype.names or ())
    assert _in_a_kernel(p) == 0.6 + 10 * -3 + 26 + 4.0 + 1000


def test_two_fields_of_one_name_cannot_share_a_record() -> None:
    class Other(Submodel):
        b_peer: float = param(1.0, unit="1", doc="the same name")

    tables: dict[str, BaseModel] = {"decision": Decision(), "other": Other()}
    with pytest.raises(TypeError, match="b_peer: of decision and of other"):
        record(tables)
    with pytest.raises(TypeError, match="memory"):
        record(Scenario(), {"memory": 1.0})


def test_declaring_parameters_needs_no_numerical_library() -> None:
    heavy = "{'numpy', 'numba', 'mesa', 'scipy', 'pandas'}"
    code = f"import sys, model.parameters.refusals, experiments.show; print({heavy} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"
