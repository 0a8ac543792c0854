"""F22 and its like: can every design that makes sense be run, under the names of the literature?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.study import Study
from experiments.study.commands.export import export
from experiments.study.commands.new import new
from experiments.study.design.columns import plain_names
from experiments.study.design.declared import design_of
from experiments.study.design.keys import keys, text
from experiments.study.design.points import points
from experiments.study.design.spec import StudySpec
from model.core.errors import GongzhiError
from tests.studies import STUDY, small_study

DESIGN = 'kind = "list"\n[factor."decision.b_peer"]\nvalues = [0.0, 0.6]\n'
PEER = '[factor."decision.b_peer"]\nlow = 0.0\nhigh = 1.0\n'
HABIT = '[factor."decision.b_habit"]\nlow = 0.1\nhigh = 1.0\n'


def designed(folder: Path, design: str, seeds: int = 1) -> Path:
    """A small study with another design."""
    assert DESIGN in STUDY
    return small_study(folder, seeds, study=STUDY.replace(DESIGN, design))


@pytest.mark.parametrize("seed", range(1, 6))
def test_f22_a_morris_design_may_come_back_to_a_point(tmp_path: Path, seed: int) -> None:
    design = design_of(designed(tmp_path, f'kind = "morris"\ntrajectories = 8\nseed = {seed}\n{PEER}{HABIT}'))
    assert len(design.points) == 8 * 3
    different = {tuple(point.values()) for point in design.points}
    assert len(different) < len(design.points), "points coincide"
    assert len(design.once) == len(different) * 2
    assert len(design.runs) == 24 * 2
    by_point: dict[tuple[object, ...], set[str]] = {}
    for run in design.runs:
        place = (*design.points[run.point].values(), run.policy)
        by_point.setdefault(place, set()).add(run.key)
    assert all(len(own) == 1 for own in by_point.values()), "equal runs have one key"
    assert len({key for own in by_point.values() for key in own}) == len(by_point), "and others have others"


def test_f22_a_run_is_made_once_and_used_for_each_of_its_points(tmp_path: Path) -> None:
    folder = designed(tmp_path / "study", 'kind = "table"\nfile = "points.csv"\n')
    (folder / "points.csv").write_text("decision.b_peer\n0.6\n0\n0.6\n")
    outcome = Study(folder).run(1)
    assert (outcome.computed, outcome.status.total, outcome.status.pending) == (4, 6, 0)
    export(Study(folder), tmp_path / "out")
    runs = pd.read_csv(tmp_path / "out" / "runs.csv")
    assert runs["run"].to_list() == list(range(6))
    assert runs["b_peer"].to_list() == [0.6, 0.6, 0.0, 0.0, 0.6, 0.6]
    series = pd.read_csv(tmp_path / "out" / "series.csv").drop(columns=["run"])
    one, other = (series[series["point"] == p].drop(columns="point").to_numpy() for p in (0, 2))
    assert pd.DataFrame(one).equals(pd.DataFrame(other))
    told = pd.read_csv(tmp_path / "out" / "dictionary.csv").set_index("column")["parameter"]
    assert set(told.loc[["b_peer"]]) == {"decision.b_peer"}
    assert Study(folder).run(1).computed == 0


def test_f22_what_was_written_twice_by_hand_is_a_slip(tmp_path: Path) -> None:
    grid = 'kind = "grid"\n[factor."decision.b_peer"]\nvalues = [0.0, 0.6, 0.0]\n'
    with pytest.raises(GongzhiError, match="two points of the study are the same: 0 and 2"):
        design_of(designed(tmp_path, grid))


def spec(kind: str, **values: object) -> StudySpec:
    factor = {"a": {"low": 0.0, "high": 1.0}, "rule": {"values": ["logit", "fractional", "absolute"]}}
    table = {"kind": kind, "points": 16, "trajectories": 16, **values}
    return StudySpec.model_validate({"format": 1, "scenario": "x.toml", "design": table, "factor": factor})


def test_a_saltelli_sample_is_that_of_the_literature(tmp_path: Path) -> None:
    numbers = {"a": {"low": 0.0, "high": 1.0}, "b": {"low": 2.0, "high": 4.0}}
    for second, blocks in ((True, 2 * 2 + 2), (False, 2 + 2)):
        table = {"kind": "saltelli", "points": 8, "second_order": second}
        found = points(
            StudySpec.model_validate({"format": 1, "scenario": "x", "design": table, "factor": numbers}),
            tmp_path,
        )
        assert len(found) == 8 * blocks
        first = np.array([[p["a"], p["b"]] for p in found[::blocks]], float)
        mixed = np.array([[p["a"], p["b"]] for p in found[1::blocks]], float)
        assert (first[:, 1] == mixed[:, 1]).all(), "one factor comes from the other matrix"
        assert (first[:, 0] != mixed[:, 0]).any()


def test_the_old_name_of_the_sequence_warns_and_works(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old, new_ = (
        design_of(designed(tmp_path / name, f'kind = "{name}"\npoints = 4\n{PEER}{HABIT}')).points
        for name in ("sobol", "sobol_sequence")
    )
    assert old == new_
    assert [record.message for record in caplog.records if "sobol" in record.message] == [
        message for message in caplog.messages if "'sobol' is now 'sobol_sequence'" in message
    ]
    assert len([message for message in caplog.messages if "sobol" in message]) == 1


@pytest.mark.parametrize("kind", ["grid", "latin_hypercube", "sobol_sequence", "saltelli", "morris"])
def test_texts_are_factors_in_every_design(tmp_path: Path, kind: str) -> None:
    found = points(spec(kind), tmp_path)
    counts = pd.Series([point["rule"] for point in found]).value_counts()
    assert set(counts.index) == {"logit", "fractional", "absolute"}
    if kind != "morris":
        assert counts.max() <= 2 * counts.min()


def test_structural_choices_are_run(tmp_path: Path) -> None:
    design = (
        'kind = "grid"\n[factor."decision.rule"]\nvalues = ["logit", "fractional"]\n'
        '[factor."mobilisation.ask_rule"]\nvalues = ["random", "likely"]\n'
        '[factor."decision.allow_multiple_equilibria"]\nvalues = [true]\n'
    )
    study = Study(designed(tmp_path, design))
    assert [s.decision.rule for s in study.design.scenarios] == ["logit"] * 2 + ["fractional"] * 2
    assert [s.mobilisation.ask_rule for s in study.design.scenarios] == ["random", "likely"] * 2
    wrong = design.replace('"fractional"]', '"fractionl"]')
    with pytest.raises(GongzhiError, match=r"point 2 of the design.*decision\.rule = fractionl"):
        design_of(designed(tmp_path / "wrong", wrong))


@pytest.mark.parametrize(
    ("design", "told"),
    [
        ('kind = "list"\n[factor."decision.rule"]\nvalues = ["logit", 2]\n', "all numbers, all texts"),
        ('kind = "list"\n[factor."decision.b_peer"]\nvalues = ["much", "little"]\n', "point 0"),
        ('kind = "table"\nfile = "points.csv"\n', "points.csv, line 3, column decision.b_peer"),
    ],
)
def test_texts_in_place_of_numbers_are_refused(tmp_path: Path, design: str, told: str) -> None:
    folder = designed(tmp_path, design)
    (folder / "points.csv").write_text("decision.b_peer,decision.rule\n0.1,logit\nx,absolute\n")
    with pytest.raises(GongzhiError) as refused:
        design_of(folder)
    assert told in str(refused.value)


def test_a_table_may_have_texts(tmp_path: Path) -> None:
    folder = designed(tmp_path, 'kind = "table"\nfile = "points.csv"\n')
    (folder / "points.csv").write_text("decision.b_peer,decision.rule\n0.1,logit\n0.2,absolute\n")
    assert [point["decision.rule"] for point in design_of(folder).points] == ["logit", "absolute"]


@pytest.mark.parametrize(
    ("names", "plain"),
    [
        (["decision.b_peer"], ["b_peer"]),
        (["decision.b0.culture", "learning.culture"], ["b0_culture", "learning_culture"]),
        (["population.age_share.16-24"], ["age_share_16_24"]),
        (["policy.资金支持.拨款.amount_yuan"], ["amount_yuan"]),
        (["a.week", "b.policy"], ["a_week", "b_policy"]),
        (["policy.p.reach_culture_share"], ["p_reach_culture_share"]),
        (["a.b_c", "a_b.c", "a.lambda"], ["b_c", "c", "a_lambda"]),
        (["x.a_b", "x_a.b", "y.b", "y_x.a_b"], ["x_a_b", "x_a_b_2", "y_b", "y_x_a_b"]),
    ],
)
def test_columns_of_factors_have_plain_names(names: list[str], plain: list[str]) -> None:
    assert list(plain_names(names).values()) == plain
    assert list(plain_names(names)) == names


def test_what_the_template_offers_can_be_run(tmp_path: Path) -> None:
    file = new(tmp_path / "study", "wangzhuang", ["none", "funding"]).folder / "study.toml"
    offered = file.read_text(encoding="utf-8")
    for line in ('# [factor."decision.b_peer"]', "# values = [0.0, 0.5, 1.0]"):
        assert line in offered
        offered = offered.replace(line, line[2:])
    file.write_text(offered, encoding="utf-8")
    assert len(design_of(file.parent).points) == 3
    file.write_text(offered.replace("[0.0, 0.5, 1.0]", "[0.0, 0.6, 1.2]"), encoding="utf-8")
    with pytest.raises(GongzhiError, match=r"point 2 of the design cannot be run \(decision.b_peer = 1.2\)"):
        design_of(file.parent)


def test_every_key_of_a_study_is_told_with_its_meaning() -> None:
    names = {(table, key) for table, key, _, _ in keys()}
    of_designs = ("persons", "levels", "trajectories", "file", "second_order")
    assert {("[design]", key) for key in of_designs} <= names

    tables = ("seeds", "design", "factor", "record", "until")
    assert {key for table, key in names if not table} == set(StudySpec.model_fields) - set(tables)
    assert all(meaning for *_, meaning in keys())
    assert "saltelli" in text()
