"""Is a trial small, quick, and stamped as a trial wherever it is seen?"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments import load
from experiments.comparison.quick import PERSONS, SETTINGS, afforded, small_copy
from experiments.storage.folders import Experiment, refuse_mixture
from experiments.storage.stamps import Quick, stamped
from model.core.errors import GongzhiError
from tests.faults.test_endings import MINI
from tests.worlds import policy

ROOT = Path(__file__).parents[2]


def copied(name: str) -> tuple[Quick, float]:
    """The stamp of a trial, and its money over that of the whole community."""
    loaded = load(name)
    whole = loaded.scenario.policy_named("funding")
    _, (small,), _, stamp = small_copy(loaded, (whole,), 156)
    return stamp, small.yuan_a_year(stamp.weeks) / whole.yuan_a_year(stamp.weeks)


def test_a_community_becomes_a_small_copy_of_itself() -> None:
    stamp, money = copied("wangzhuang")
    assert stamp == Quick(PERSONS, 18_000, 52, 156, 26)
    assert money == pytest.approx(PERSONS / 18_000, rel=1e-3)
    district, _ = copied("district110")
    assert district.persons <= PERSONS < district.of_persons


def test_a_policy_that_begins_late_is_given_the_years_for_it() -> None:
    late = policy(late={"kind": "train_residents", "amount_yuan": 4000.0, "start": 53})
    for weeks, short in ((156, 104), (52, 52)):
        assert small_copy(load("wangzhuang"), (late,), weeks)[2] == short


def test_seeds_and_draws_are_at_most_those_asked_for_and_fewer_where_runs_are_dear() -> None:
    small = small_copy(load("wangzhuang"), (), 52)[0].scenario
    assert afforded(small, 1, 52, 10, 40) == (2, SETTINGS)
    assert afforded(small, 1, 52, 1, 0) == (1, 0)
    assert afforded(small, 4, 52, 10, 40) == (2, 2)
    assert afforded(small, 40, 52, 10, 40) == (2, 0)


def test_a_table_without_rows_is_stamped_by_its_header() -> None:
    stamp = Quick(2000, 18_000, 52, 156, 26)
    assert list(stamped(pd.DataFrame({"a": []}), (stamp,)).columns) == ["a", "quick"]
    table = stamped(pd.DataFrame({"a": [1, 2]}), (stamp,))
    assert table["quick"].tolist() == [str(stamp)] * 2
    assert "2000 of 18000 persons" in str(stamp)


def test_a_trial_does_not_replace_whole_results(tmp_path: Path) -> None:
    same = Experiment("compare", "mini", ("seats",))
    facts = {"command": "compare", "of": "mini", "policies": ["seats"], "files": {}}
    (tmp_path / "provenance.json").write_text(json.dumps(facts), encoding="utf-8")
    assert refuse_mixture(tmp_path, same) is not None
    with pytest.raises(GongzhiError, match="whole results"):
        refuse_mixture(tmp_path, same, trial=True)
    (tmp_path / "provenance.json").write_text(json.dumps(facts | {"quick": {}}), encoding="utf-8")
    assert refuse_mixture(tmp_path, same, trial=True) is not None


def own_tables(folder: Path) -> Path:
    """A community with residents and ties of its own."""
    luck = np.random.default_rng(7)
    pd.DataFrame({"skill": luck.random(486).round(3)}).to_csv(folder / "residents.csv", index=False)
    pairs = pd.DataFrame({"a": np.arange(0, 400), "b": np.arange(1, 401)})
    pairs.to_csv(folder / "ties.csv", index=False)
    tables = '[inputs]\nresidents = "residents.csv"\n[inputs.ties]\nfriends = "ties.csv"\n'
    (folder / "own.toml").write_text(MINI + tables, encoding="utf-8")
    return folder / "own.toml"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["wangzhuang", "district110", "own"])
def test_a_trial_of_any_scenario_says_that_it_is_one(name: str, tmp_path: Path) -> None:
    """About 30 s each, on two free cores."""
    scenario = str(own_tables(tmp_path)) if name == "own" else name
    gongzhi = [sys.executable, "-m", "experiments"]
    command = [*gongzhi, "compare", scenario, "--quick", "--out", str(tmp_path / "x")]
    subprocess.run([*gongzhi, "run", scenario, "--quick"], check=True, cwd=ROOT, capture_output=True)
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True)
    seconds = time.monotonic() - began
    stamp = "A trial, not a result:"
    assert done.stdout.startswith(f"**{stamp}**")
    out = tmp_path / "x"
    assert "quick" in json.loads((out / "provenance.json").read_text(encoding="utf-8"))
    for table in [*out.glob("*.csv"), *out.glob("*.parquet")]:
        found = pd.read_csv(table) if table.suffix == ".csv" else pd.read_parquet(table)
        assert "quick" in found.columns, table
        assert found["quick"].astype(str).str.startswith("a trial, not a result").all()
    for page in (*out.glob("page.*"), *out.glob("figure.*.svg")):
        text = page.read_text(encoding="utf-8")
        assert stamp in text or "试算，不是结果：" in text, page
    print(f"{name}: {seconds:.0f} s")  # 40 are promised of two free cores, which a test does not have
