"""Does a study run what it declares, say what it cannot, and give the same whoever runs it?"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from distributed import Client, LocalCluster

from experiments.cli import main
from experiments.runs.simulate import simulate
from experiments.storage.disk import lock
from experiments.study import Dask, Study
from experiments.study.analysis.attribution import (
    CLEAR,
    OUTSIDE,
    channel_arms,
    package_arms,
    shapley,
    split_channels,
    split_package,
)
from experiments.study.commands.again import diff, reproduce
from experiments.study.commands.export import export
from experiments.study.commands.new import add_seeds, new
from experiments.study.commands.plan import plan
from experiments.study.design.declared import design_of
from experiments.study.design.points import points
from experiments.study.design.spec import StudySpec
from experiments.study.identity import software
from experiments.study.running import executors
from experiments.study.running.executors import Processes
from experiments.study.running.work import work
from model.core.errors import GongzhiError, StudyError
from model.instruments.policies import Policy
from tests.studies import STUDY, change, refused_before_the_first_run, small_study, tables


def spec(**values: object) -> StudySpec:
    return StudySpec.model_validate({"format": 1, "scenario": "hamlet.toml", **values})


RANGE = {"a": {"low": 0.0, "high": 1.0}, "b": {"low": 10.0, "high": 20.0}}


# designs


def test_the_designs_have_their_points(tmp_path: Path) -> None:
    listed = spec(design={"kind": "list"}, factor={"a": {"values": [1, 2]}, "b": {"values": [3, 4]}})
    assert points(listed, tmp_path) == [{"a": 1, "b": 3}, {"a": 2, "b": 4}]
    grid = spec(design={"kind": "grid", "levels": 3}, factor={"a": RANGE["a"], "b": {"values": [3, 4]}})
    assert [p["a"] for p in points(grid, tmp_path)] == [0.0, 0.0, 0.5, 0.5, 1.0, 1.0]
    for kind, n in (("latin_hypercube", 7), ("sobol_sequence", 8)):
        found = points(spec(design={"kind": kind, "points": n}, factor=RANGE), tmp_path)
        assert len(found) == n
        a = np.sort([p["a"] for p in found])
        assert ((a * n).astype(int) == np.arange(n)).all(), "one point in every stratum"
        assert all(10 <= p["b"] <= 20 for p in found)
        assert found == points(spec(design={"kind": kind, "points": n}, factor=RANGE), tmp_path)
    morris = points(spec(design={"kind": "morris", "trajectories": 5}, factor=RANGE), tmp_path)
    assert len(morris) == 5 * 3
    moved = [sum(p[k] != q[k] for k in p) for p, q in zip(morris[::3], morris[1::3], strict=False)]
    assert moved == [1] * 5, "one factor at a time"
    (tmp_path / "points.csv").write_text("a,b\n1,2.5\n3,4\n")
    assert points(spec(design={"kind": "table", "file": "points.csv"}), tmp_path) == [
        {"a": 1.0, "b": 2.5},
        {"a": 3.0, "b": 4.0},
    ]
    assert points(spec(), tmp_path) == [{}]


def test_seeds_are_axes_of_their_own() -> None:
    assert spec(seeds={"count": 2}).seeds.pairs() == [(1, 1), (2, 2)]
    assert spec(seeds={"world": [5], "count": 2}).seeds.pairs() == [(5, 1), (5, 2)]
    assert spec(seeds={"world": [5, 6], "luck": [7]}).seeds.pairs() == [(5, 7), (6, 7)]


@pytest.mark.parametrize(
    ("swap", "told"),
    [
        (("b_peer", "b_pear"), "b_peer"),
        (("0.6]", "0.6, -3.0]"), "point 2"),
        (("funding", "fundin"), "funding"),
        (('"list"', '"lost"'), "list"),
        (("hamlet.toml", "../hamlet.toml"), "leads out"),
        (("every = 4", 'outcomes = ["reach_cultur_share"]'), "reach_culture_share"),
        (("every = 4", 'groups = ["age:60"]'), "age:60-69"),
        (("every = 4", 'code = "x"\nevery = 4'), "unknown key"),
        (('"none", "funding"', '"none", "none"'), "twice"),
        (('"none", "funding"', '"none", "funding~charm"'), "charm"),
        (("[0.0, 0.6]", "[0.6, 0.6]"), "the same"),
        (("count = 3", "count = 0"), "count"),
        (('"funding"', '"funding+funding"'), "names 'funding' twice"),
        (('"funding"]', '"funding+training", "training+funding"]'), "are the same arm"),
        (('"funding"]', '"funding@30", "funding@30.0"]'), "are the same arm"),
        (('"funding"', '"funding+none"'), "names 'none' with more"),
        (('"funding"', '"none~can"'), "names 'none' with more"),
        (('"funding"', '"funding~"'), "the term ''"),
        (('"funding"', '"funding~can,can"'), "can twice"),
        (('"funding"', '"funding@ 30"'), "yuan per household"),
        (('"funding"', '"funding@1_0"'), "yuan per household"),
        (("decision.b_peer", "run.weeks"), "run.weeks is no factor"),
        (("every = 4", "groups = []"), "groups"),
        (("every = 4", "every = 21"), "every = 20 or less"),
        (("[0.0, 0.6]", "[0.0, -0.0]"), "two points of the study are the same"),
        (("count = 3", "count = 3\nluck = [1, 2]"), "count would not be used"),
        (("count = 3", "luck = [-1]"), "seeds.luck"),
        (("[0.0, 0.6]", f"[0, 1{'0' * 350}]"), "a factor lies between"),
        (('kind = "list"', 'kind = "list"\npersons = 5000'), "more than the community has"),
        (('kind = "list"', 'kind = "table"\nfile = "ragged.csv"'), "ragged.csv, line 2"),
        (('kind = "list"', 'kind = "table"\nfile = "empty.csv"'), "has no rows"),
        (('name = "trial"', 'name = "trial"\ncode = "exits.py"'), "SystemExit"),
    ],
)
def test_mistakes_are_caught_before_the_first_run(tmp_path: Path, swap: tuple[str, str], told: str) -> None:
    folder = change(small_study(tmp_path / "s"), *swap)
    (folder / "ragged.csv").write_text("decision.b_peer\n0.1,0.2\n")
    (folder / "empty.csv").write_text("decision.b_peer\n")
    (folder / "exits.py").write_text("raise SystemExit(3)")
    if "table" in swap[1]:
        text = (folder / "study.toml").read_text()
        (folder / "study.toml").write_text(text[: text.index("[factor")])
    assert told in refused_before_the_first_run(folder)


@pytest.mark.parametrize("name", ["a@5", "a~can", "a+b"])
def test_a_policy_whose_name_a_study_reads_otherwise_is_refused(tmp_path: Path, name: str) -> None:
    folder = small_study(tmp_path)
    with (folder / "hamlet.toml").open("a") as file:
        file.write(f'[policy."{name}".grants]\nkind = "grant"\namount_yuan = 1\n')
    assert "choose a name without it" in refused_before_the_first_run(folder)


def test_too_many_draws_are_refused_before_they_are_made(tmp_path: Path) -> None:
    folder = small_study(tmp_path)
    text = (folder / "study.toml").read_text()
    settings = 'kind = "settings"\npoints = 1_000_000\n'
    (folder / "study.toml").write_text(text[: text.index('kind = "list"')] + settings)
    assert "6,000,006 runs" in refused_before_the_first_run(folder)


def test_a_sobol_sequence_has_a_power_of_two_points(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="8 or 16"):
        points(spec(design={"kind": "sobol_sequence", "points": 12}, factor=RANGE), tmp_path)


# running


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Study:
    study = Study(small_study(tmp_path_factory.mktemp("study")))
    assert study.run(1).computed == 12
    return study


def test_the_series_is_that_of_simulate(whole: Study) -> None:
    series = whole.series()
    assert len(series) == 12 * 6
    assert list(series["point"]) == sorted(series["point"])
    run = series[(series["point"] == 1) & (series["policy"] == "funding") & (series["luck"] == 2)]
    own = simulate(whole.design.scenarios[1], "funding", 2, 2, weeks=20).series
    own = own[(own["group"] == "all") & (own["week"] % 4 == 0)]
    for name in own.columns:
        np.testing.assert_array_equal(run[name].to_numpy(), own[name].to_numpy(), err_msg=name)


def test_what_is_stored_is_not_run_again(whole: Study) -> None:
    assert whole.run(1).computed == 0
    assert whole.status().pending == 0


def test_dask_gives_the_same_tables_although_a_worker_is_killed(
    whole: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent.parent))
    study = Study(small_study(tmp_path / "dask"))
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as cluster:
        killed: list[int] = []

        def kill_one(label: str, done: int, total: int) -> None:
            if done >= 3 and not killed:
                killed.append(next(iter(cluster.workers.values())).pid)
                os.kill(killed[0], signal.SIGKILL)

        outcome = study.run(Dask(cluster.scheduler_address), progress=kill_one)
    assert killed
    assert outcome.status.pending == 0
    assert outcome.status.failed == 0
    export(study, tmp_path / "tables")
    export(whole, tmp_path / "one")
    assert tables(tmp_path / "one") == tables(tmp_path / "tables")


def test_no_scheduler_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def impatient(address: str, **how: Any) -> Client:
        assert how["timeout"] == "5s"
        return Client(address, **how | {"timeout": "0.2s"})

    monkeypatch.setattr("distributed.Client", impatient)
    study = Study(small_study(tmp_path))
    with pytest.raises(StudyError, match="no Dask scheduler answers"):
        study.run(Dask("tcp://127.0.0.1:1"))


def test_more_seeds_only_add_runs(tmp_path: Path) -> None:
    study = Study(small_study(tmp_path, 2))
    study.run(1)
    before = (tmp_path / "runs" / "shard-00000.parquet").stat().st_mtime_ns
    assert before
    add_seeds(study, 1)
    assert study.run(1).computed == 4
    whole = Study(small_study(tmp_path / "whole", 3))
    whole.run(1)
    export(study, tmp_path / "a")
    export(whole, tmp_path / "b")
    assert tables(tmp_path / "a") == tables(tmp_path / "b")


def test_seeds_that_cannot_be_added_leave_the_file_as_it_is(tmp_path: Path) -> None:
    study = Study(small_study(tmp_path))
    before = (tmp_path / "study.toml").read_bytes()
    with pytest.raises(StudyError, match="1,000,000 are stored"):
        add_seeds(study, 99_999_999)
    with lock(tmp_path), pytest.raises(StudyError, match="written by process"):
        add_seeds(study, 1)
    assert (tmp_path / "study.toml").read_bytes() == before


def test_runs_are_keyed_by_the_code_that_records_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = small_study(tmp_path / "study")
    keys = {design_of(folder).runs[0].key}
    recording = ("runs/simulate.py", "outcomes/record.py", "study/running/work.py", "study/design/code.py")
    for name in (*recording, "outcomes/years.py"):
        changed = tmp_path / name.replace("/", "-")
        shutil.copytree(software.EXPERIMENTS, changed)
        before, told = len(keys), "keys as before: line ends and comments carry no meaning"
        for more in ("# changed\r\n", "changed = 1\n"):
            with (changed / name).open("a", encoding="utf-8", newline="") as file:
                file.write(more)
            software.recording.cache_clear()
            monkeypatch.setattr(software, "EXPERIMENTS", changed)
            keys.add(design_of(folder).runs[0].key)
            monkeypatch.undo()
            assert len(keys) == before + (more[0] != "#"), told
    software.recording.cache_clear()
    assert len(keys) == 6


FAULT = """
import os

def breaks(model):
    if model.luck == {luck} and model.week == 5 and model.policy.name == "funding":
        {what}

def phases(default):
    return default.insert_after("ask", breaks)
"""


def faulty(folder: Path, what: str, luck: int = 2) -> Study:
    """A study of 12 runs with a phase of its own, in which two runs break."""
    return with_phases(folder, FAULT.format(luck=luck, what=what))


def with_phases(folder: Path, code: str) -> Study:
    """A study of 12 runs with phases of its own."""
    change(small_study(folder), 'name = "trial"', 'name = "trial"\ncode = "own.py"')
    (folder / "own.py").write_text(code)
    return Study(folder)


def test_a_run_that_raises_is_a_row_and_not_the_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = faulty(tmp_path, "raise RuntimeError('no luck today')")
    outcome = study.run(1)
    assert (outcome.computed, outcome.failed) == (12, 2)
    table = study.table()
    bad = table[table["status"] == "failed"]
    assert set(bad["luck"]) == {2}
    assert set(bad["policy"]) == {"funding"}
    assert set(bad["stage"]) == {"run"}
    assert set(bad["error"]) == {"RuntimeError"}
    assert set(bad["message"]) == {"no luck today"}
    traces = [s.row["traceback"] for _, s in study.stored() if not s.ok]
    assert all("own.py" in trace for trace in traces)
    assert len(study.series()["run"].unique()) == 10
    assert study.run(1).computed == 0
    assert study.run(1, retry_failed=True).computed == 2
    with pytest.raises(SystemExit) as ended:
        main(["study", "status", str(tmp_path), "--failed"])
    assert not ended.value.code
    assert capsys.readouterr().out.count("no luck today") == 2


COUNTING = """
import gc

def counts(model):
    if model.week % 5:
        return
    alive = sum(isinstance(one, type(model)) for one in gc.get_objects())
    if alive > 4:
        raise RuntimeError(f"{alive} models are alive")

def phases(default):
    return default.insert_after("ask", counts)
"""


def test_a_worker_keeps_no_model_of_an_earlier_job(tmp_path: Path) -> None:
    """Four may live: the spun-up ones of the job before and of this one, and those of its two arms."""
    outcome = with_phases(tmp_path, COUNTING).run(Processes(1))
    assert (outcome.computed, outcome.failed) == (12, 0)


def test_a_run_that_kills_its_worker_does_not_burn_the_others(tmp_path: Path) -> None:
    change(faulty(tmp_path, "os.kill(os.getpid(), 9)").folder, "[0.0, 0.6]", "[0.6]")
    study = Study(tmp_path)
    outcome = study.run(Processes(1))
    assert outcome.status.stored == 6
    table = study.table()
    assert (table["status"] == "ok").sum() == 5
    bad = table[table["status"] == "failed"]
    assert set(bad["stage"]) == {"process"}
    assert set(bad["luck"]) == {2}


def test_two_processes_give_the_same_tables_and_kernels_are_compiled_once_before(
    whole: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[str] = []

    def note(_: object, policies: list[Policy]) -> None:
        assert not multiprocessing.active_children()
        compiled.extend(policy.name for policy in policies)
        raise ValueError("what fails here fails again where it is recorded")

    monkeypatch.setattr(executors, "compile_kernels", note)
    two = Study(small_study(tmp_path / "two"))
    jobs = two._jobs(two.runs)
    two._make()
    with Processes(2) as pool:
        assert len(list(pool.run(jobs[:2]))) == 2
        assert two.run(pool).computed == 8
    assert compiled == ["none", "funding"]
    export(whole, tmp_path / "one")
    export(two, tmp_path / "tables")
    assert tables(tmp_path / "one") == tables(tmp_path / "tables")


def test_a_reader_finds_what_is_folded_meanwhile(tmp_path: Path) -> None:
    study = Study(small_study(tmp_path))
    study._make()
    for job in study._jobs(study.runs):
        work(job)
    first, *others = (run.key for run in study.runs)
    reader = study.store.read(["not stored, so that the shards are asked", first, *others])
    assert next(reader).row["key"] == first
    study.store.fold(study.runs, everything=True)
    assert [stored.row["key"] for stored in reader] == others


def test_a_repaired_run_replaces_the_failed_one(tmp_path: Path) -> None:
    marker = tmp_path / "repaired"
    study = faulty(tmp_path, f"assert os.path.exists({str(marker)!r}), 'not yet'")
    assert study.run(1).failed == 2
    marker.write_text("")
    outcome = study.run(1, retry_failed=True)
    assert (outcome.computed, outcome.failed, outcome.status.failed) == (2, 0, 0)
    assert (study.table()["status"] == "ok").all()


def test_stale_rows_are_seen(tmp_path: Path) -> None:
    study = Study(small_study(tmp_path, 1))
    study.run(1)
    text = (tmp_path / "hamlet.toml").read_text()
    (tmp_path / "hamlet.toml").write_text(text.replace("persons = 240", "persons = 250"))
    again = Study(tmp_path)
    assert again.status().pending == 4
    assert again.status().stale == 4
    assert "changed since" in again.status().text()
    again.run(1)
    (tmp_path / "hamlet.toml").write_text(text)
    back = Study(tmp_path)
    assert (back.status().pending, back.status().stale) == (0, 4), "the first design's runs are still there"
    assert back.run(1).computed == 0


def test_runs_stay_stored_where_a_policy_moves_them_into_another_shard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.study.running.store.SHARD", 4)
    study = Study(small_study(tmp_path, 2))
    study.run(1)
    before = {row["key"]: row["policy"] for _, row in study.table().iterrows()}
    text = (tmp_path / "study.toml").read_text()
    (tmp_path / "study.toml").write_text(text.replace('"funding"]', '"training", "funding"]'))
    more = Study(tmp_path)
    outcome = more.run(1)
    assert (outcome.computed, outcome.status.pending) == (4, 0)
    assert set(more.table()["key"]) > set(before)
    whole = Study(small_study(tmp_path / "whole", 2))
    (whole.folder / "study.toml").write_text((tmp_path / "study.toml").read_text())
    whole.run(1)
    export(more, tmp_path / "a")
    export(whole, tmp_path / "b")
    assert tables(tmp_path / "a") == tables(tmp_path / "b")


# looking


def test_reproduce_says_same_or_by_how_much(whole: Study, tmp_path: Path) -> None:
    assert [v.text() for v in reproduce(whole, [0, 5])] == ["run 0: same", "run 5: same"]
    with pytest.raises(StudyError, match="there is no run 12"):
        reproduce(whole, [12])
    copy = Study(small_study(tmp_path, 1))
    copy.run(1)
    shard = copy.folder / "series" / "shard-00000.parquet"
    table = pd.read_parquet(shard)
    table.loc[2, "skill_mean"] += 0.25
    table.to_parquet(shard, index=False)
    [verdict] = reproduce(copy, [0])
    assert not verdict.same
    assert verdict.outcome == "skill_mean"
    assert verdict.by == pytest.approx(0.25)


def test_a_stored_number_of_adults_is_compared_too(tmp_path: Path) -> None:
    study = Study(small_study(tmp_path, 1))
    study.run(1)
    shard = tmp_path / "runs" / "shard-00000.parquet"
    rows = pq.read_table(shard)
    adults = rows["adults"].to_pylist()
    at = rows.column_names.index("adults")
    pq.write_table(rows.set_column(at, "adults", pa.array([adults[0] + 7, *adults[1:]])), shard)
    assert [verdict.text() for verdict in reproduce(study, [0, 1])] == [
        "run 0: differs by 7 in adults",
        "run 1: same",
    ]


def test_a_study_that_is_done_takes_no_more_time(whole: Study) -> None:
    assert plan(whole, 1).minutes == 0


def test_diff_tells_causes_and_numbers(whole: Study, tmp_path: Path) -> None:
    other = small_study(tmp_path / "other")
    (other / "hamlet.toml").write_text(
        (other / "hamlet.toml")
        .read_text()
        .replace("members = 20\nlent_sessions = 3\n[status", "members = 25\nlent_sessions = 3\n[status")
    )
    changed = Study(other)
    changed.run(1)
    told = diff(whole, changed)
    assert "organization.helpers.members: 20 -> 25" in told
    assert "members_share" in told
    assert "rows in common are equal" in diff(whole, whole)


@pytest.mark.parametrize(
    ("swap", "told"),
    [
        (("[record]\n", '[record]\ngroups = ["all", "sex:female"]\n'), "groups that are recorded"),
        (("every = 4", "every = 5"), "record.every: 4 -> 5"),
        (('kind = "list"', 'kind = "list"\npersons = 120'), "design.persons: None -> 120"),
        (('name = "trial"', 'name = "trial"\ncode = "own.py"'), "the phases of one's own differ"),
    ],
)
def test_diff_names_every_cause(whole: Study, tmp_path: Path, swap: tuple[str, str], told: str) -> None:
    folder = small_study(tmp_path)
    (folder / "own.py").write_text("def phases(default):\n    return default\n")
    assert told in diff(whole, Study(change(folder, *swap)))


def test_diff_of_an_amount_that_the_other_study_does_not_have_tells_the_causes(
    whole: Study, tmp_path: Path
) -> None:
    folder = change(small_study(tmp_path, 1), "decision.b_peer", "policy.funding.grants.amount_yuan")
    change(folder, "[0.0, 0.6]", "[1000.0, 2000.0]")
    varied = Study(folder)
    varied.run(1)
    lacking = small_study(tmp_path / "lacking", 1)
    (lacking / "hamlet.toml").write_text((lacking / "hamlet.toml").read_text().replace("funding", "fund"))
    other = Study(change(lacking, '"funding"', '"fund"'))
    other.run(1)
    told = diff(varied, other)
    assert "points of the design: they differ" in told
    assert "no run in common" in told
    assert "pairs of seeds: they differ (3 and 1)" in diff(whole, varied)


def test_diff_matches_points_by_what_was_run(whole: Study, tmp_path: Path) -> None:
    """A study without the factor has only the points at which the other has the same value."""
    folder = small_study(tmp_path, 1)
    text = (folder / "study.toml").read_text()
    factor = text[text.index("[factor") : text.index("[record]")]
    (folder / "study.toml").write_text(text.replace(factor, ""))
    (folder / "hamlet.toml").write_text(
        (folder / "hamlet.toml")
        .read_text()
        .replace("[decision.b0]", "[decision]\nb_peer = 0.6\n[decision.b0]")
    )
    alone = Study(folder)
    alone.run(1)
    assert "All 12 rows in common are equal." in diff(alone, whole)


def test_a_district_does_not_differ_from_itself(tmp_path: Path) -> None:
    folder = small_study(tmp_path, 1)
    with (folder / "hamlet.toml").open("a") as file:
        file.write("[district]\ncommunities = 2\n")
    study = Study(folder)
    study.run(1)
    assert len(set(study.series()["community"])) == 3
    assert f"All {len(study.series())} rows in common are equal." in diff(study, study)


def test_an_amount_is_a_factor_beside_the_baseline(tmp_path: Path) -> None:
    """The baseline, which does not read it, is run at every point all the same, and gives the same."""
    folder = small_study(tmp_path, 1)
    text = (folder / "study.toml").read_text()
    (folder / "study.toml").write_text(
        text.replace("decision.b_peer", "policy.funding.grants.amount_yuan").replace("0.6", "90_000.0")
    )
    study = Study(folder)
    study.run(1)
    last = study.series().query("week == 20").set_index(["point", "policy"])
    assert (last.loc[(0, "none"), "members_share"] == last.loc[(1, "none"), "members_share"]).all()
    assert last.loc[(0, "funding"), "spent_yuan"] == 0
    assert last.loc[(1, "funding"), "spent_yuan"] > 0


def test_points_are_those_that_are_run(tmp_path: Path) -> None:
    """A parameter that counts has whole numbers in the tables, too."""
    folder = small_study(tmp_path, 1)
    text = (folder / "study.toml").read_text()
    (folder / "study.toml").write_text(
        text.replace("decision.b_peer", "decision.memory").replace("0.0, 0.6", "3.4, 7.6")
    )
    design = Study(folder).design
    assert [point["decision.memory"] for point in design.points] == [3, 8]
    assert [s.decision.memory for s in design.scenarios] == [3, 8]


def test_the_plan_names_dead_factors(tmp_path: Path) -> None:
    folder = small_study(tmp_path)
    text = (folder / "study.toml").read_text()
    more = '[factor."credits.enrol_rate"]\nvalues = [0.1, 0.5]\n'
    (folder / "study.toml").write_text(text + more)
    found = plan(Study(folder), workers=2)
    assert found.dead == ("credits.enrol_rate",)
    assert (found.runs, found.points, found.pairs) == (12, 2, 3)
    assert found.minutes > 0
    assert found.megabytes > 0
    assert "credits.enrol_rate" in found.text()


def test_provenance_stays_out_of_the_exports(whole: Study, tmp_path: Path) -> None:
    export(whole, tmp_path)
    names = set(pd.read_csv(tmp_path / "runs.csv").columns) | set(
        pd.read_csv(tmp_path / "series.csv").columns
    )
    assert not {n for n in names if "second" in n or "host" in n or "traceback" in n}
    lines = (whole.folder / "provenance" / "runs.jsonl").read_text().splitlines()
    assert {"cpu_seconds", "peak_mb", "host"} <= set(json.loads(lines[0]))
    dictionary = pd.read_csv(tmp_path / "dictionary.csv")
    assert set(pd.read_csv(tmp_path / "series.csv").columns) <= set(dictionary["outcome"])


def test_an_unfinished_study_is_exported_only_on_request(tmp_path: Path) -> None:
    study = Study(small_study(tmp_path))
    study.store.make()
    with pytest.raises(StudyError, match="still to do"):
        export(study, tmp_path / "tables")
    export(study, tmp_path / "tables", partly=True)


def test_a_new_study_can_be_run_as_it_is(tmp_path: Path) -> None:
    source = small_study(tmp_path / "source")
    made = new(tmp_path / "made", str(source / "hamlet.toml"), ["none", "training"], seeds=1)
    assert made.run(1).computed == 2
    assert (tmp_path / "made" / "hamlet.toml").exists()
    with pytest.raises(StudyError, match="there is a study already"):
        new(tmp_path / "made", "wangzhuang")
    with pytest.raises(GongzhiError, match="wangzhuang"):
        new(tmp_path / "other", "wangzuang")


# attribution


def test_shares_add_up_and_follow_the_axioms() -> None:
    rng = np.random.default_rng(1)
    table = {}

    def worth(coalition: frozenset[str]) -> np.ndarray:
        if coalition not in table:
            table[coalition] = rng.normal(size=5)
        return table[coalition]

    players = ["a", "b", "c", "d"]
    shares = shapley(players, worth)
    total = worth(frozenset(players)) - worth(frozenset())
    assert np.abs(sum(shares.values()) - total).max() < 1e-12
    additive = shapley(players, lambda c: np.array([float(len(c & {"a", "b"})) + 3.0 * ("c" in c)]))
    assert [float(s[0]) for s in additive.values()] == pytest.approx([1.0, 1.0, 3.0, 0.0], abs=1e-12)


def test_a_package_is_split_over_its_policies(tmp_path: Path) -> None:
    arms = package_arms(["funding", "training"])
    text = STUDY.replace('["none", "funding"]', json.dumps(arms)).replace("[0.0, 0.6]", "[0.6]")
    study = Study(small_study(tmp_path, 3, study=text))
    study.run(1)
    outcome = "skill_mean"
    shares = split_package(study, ["funding", "training"], outcome)
    last = study.series().query("week == 20").set_index(["policy", "luck"])[outcome]
    whole = (last["funding+training"] - last["none"]).mean()
    assert shares.total == pytest.approx(whole, abs=1e-9)
    by = shares.table.set_index("player")["share"]
    assert by["training"] > 10 * abs(by["funding"])


def test_an_effect_is_split_over_its_channels(tmp_path: Path) -> None:
    arms = channel_arms("training")
    assert len(arms) == 1 + 2 ** len(CLEAR)
    text = STUDY.replace('["none", "funding"]', f"{json.dumps(arms)}\nweeks = 4").replace(
        "[0.0, 0.6]", "[0.6]"
    )
    folder = small_study(tmp_path, 2, study=text)
    scenario = (folder / "hamlet.toml").read_text()
    (folder / "hamlet.toml").write_text(scenario.replace("amount_yuan = 30000", "amount_yuan = 300_000"))
    study = Study(folder)
    study.run(1)
    outcome = "skill_mean"
    shares = split_channels(study, "training", outcome)
    last = study.series().query("week == 4").set_index(["policy", "luck"])[outcome]
    assert shares.total == pytest.approx((last["training"] - last["none"]).mean(), abs=1e-9)
    assert set(shares.table["player"]) == {*CLEAR, OUTSIDE}
    share = shares.table.set_index("player")["share"]
    assert share[OUTSIDE] > 0.1
    assert 1e-6 < abs(share["can"]) < 0.01, "who is trained does more at once"


def test_the_design_is_keyed_by_content(tmp_path: Path) -> None:
    a = design_of(small_study(tmp_path / "a"))
    b = design_of(small_study(tmp_path / "b"))
    assert [r.key for r in a.runs] == [r.key for r in b.runs]
    assert len({r.key for r in a.runs}) == 12
