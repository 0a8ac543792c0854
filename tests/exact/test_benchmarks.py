"""Do the benchmarks of studies compute what they say, and do both sides of them compute the same runs?"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from benchmarks.batch_run import by_batch_run, by_study, extrapolated, refuse_difference
from benchmarks.study import Round, efficiency, growth, overhead
from benchmarks.sweep import COMMUNITY, FACTORS, sweep
from benchmarks.turns import Program, go
from experiments.loading.load import load
from experiments.study import Study
from model.scenario.scaling import scaled


def test_efficiency_is_relative_to_what_the_machine_can() -> None:
    alone = Round(many=(10.0, 40), one=(10.0, 20), spin_many=200.0, spin_one=100.0)
    assert efficiency([alone]) == pytest.approx(1.0)
    shared = Round(many=(20.0, 60), one=(10.0, 20), spin_many=150.0, spin_one=100.0)
    assert efficiency([shared]) == pytest.approx((3.0 / 2.0) / 1.5)
    assert efficiency([alone, shared]) == pytest.approx((100 / 30) / (40 / 20) / (350 / 200))
    ended = Round(many=(0.0, 0), one=(5.0, 10), spin_many=200.0, spin_one=100.0)
    assert efficiency([alone, ended]) == pytest.approx(1.0), "a study that has ended has no more turns"


def test_overhead_growth_and_extrapolation() -> None:
    assert overhead(105.0, 100.0) == pytest.approx(0.05)
    assert overhead(90.0, 100.0) == pytest.approx(-0.1)
    peaks = [300.0] * 10 + [500.0] * 80 + [306.0] * 10
    assert growth(peaks) == pytest.approx((300.0, 306.0, 0.02))
    assert growth([200.0, 210.0]) == pytest.approx((200.0, 210.0, 0.05))
    assert extrapolated(4.0, 20, 260) == pytest.approx(52.0)


def test_the_community_is_wangzhuang_scaled(tmp_path: Path) -> None:
    assert sweep(tmp_path / "study", 300, points=50, seeds=5, first=7) == 1000
    renamed = {"name": "benchmark", "title": "", "title_zh": "", "note": ""}
    expected = scaled(load("wangzhuang").scenario, 300).model_copy(update=renamed)
    assert load(tmp_path / "study" / COMMUNITY).scenario == expected
    design = Study(tmp_path / "study").design
    assert len(design.runs) == 1000
    assert tuple(design.points[0]) == FACTORS
    assert {run.luck for run in design.runs} == set(range(7, 12))


def test_both_sides_compute_the_same(tmp_path: Path) -> None:
    short = "run.spin_up = 8\nrun.weeks = 52\n"
    sweep(tmp_path / "start", 60, points=0, seeds=1, more=short)
    _, found = by_batch_run(tmp_path / "start" / COMMUNITY, 3, 60)
    _, stored = by_study(tmp_path / "study", 60, 3, short)
    assert [run["policy"] for run in found] == list(stored)
    refuse_difference(found, stored)
    assert len({tuple(values.values()) for values in stored.values()}) > 1, "policies differ"
    found[1]["reach_culture_share"] += 1e-9
    with pytest.raises(RuntimeError, match="reach_culture_share of funding, seed 3"):
        refuse_difference(found, stored)


def test_a_program_runs_in_its_turns_only() -> None:
    with Program("-c", "import time\nwhile time.process_time() < 0.6: pass\nprint('done')") as program:
        go([program], 0.3)
        used = program.own_cpu
        time.sleep(0.5)
        program.look()
        assert program.own_cpu <= used + 0.1, "it stands still between turns"
        assert not program.ended
        while not program.ended:
            go([program], 0.3)
        assert program.output == "done\n"
        assert program.cpu >= 0.6
        assert go([program], 5.0) < 1.0


def test_a_program_that_fails_is_told() -> None:
    with (
        Program("-c", "raise SystemExit('no luck')") as program,
        pytest.raises(RuntimeError, match="no luck"),
    ):
        go([program], 10.0)
