"""Does a study add seeds until enough is known, and stop at the same place whatever happens to it?"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from experiments.cli import main
from experiments.runs.simulate import simulate
from experiments.study import Study
from experiments.study.commands.again import behind
from experiments.study.commands.export import export
from experiments.study.commands.new import add_seeds, new
from experiments.study.commands.plan import plan
from experiments.study.design.runs import Run
from experiments.study.design.spec import RecordSpec
from experiments.study.running.executors import Ended
from experiments.study.running.store import Stored
from experiments.study.running.until import figure
from experiments.study.running.work import Done, Job, failed, succeeded
from model.core.errors import StudyError
from tests.district_worlds import district
from tests.killing import killed_somewhere
from tests.studies import STUDY, change, refused_before_the_first_run, small_study, tables

OUTCOME = "sessions_service_sessions"
UNTIL = f"""
[until]
outcome = "{OUTCOME}"
between = ["funding", "none"]
most = 20
batch = 3
"""
BEGIN = 4

Figure = Callable[[Run], float | None]


def study_in(folder: Path, count: int = BEGIN, until: str = UNTIL, study: str = STUDY) -> Study:
    return Study(small_study(folder, count, until, study))


class Invented:
    """Stores what ``figure`` says in place of runs: None for one that fails. In a scattered order."""

    def __init__(self, study: Study, figure: Figure, order: int = 1) -> None:
        self.study, self.figure, self.luck = study, figure, random.Random(order)
        self.ran: list[Run] = []

    def run(self, jobs: Sequence[Job]) -> Iterator[Ended]:
        for job in self.luck.sample(jobs, len(jobs)):
            done = []
            for run in job.runs:
                value = self.figure(run)
                row = failed(run, "run", RuntimeError("no luck")) if value is None else ok(run)
                self.study.store.commit(row, rows(0.0 if value is None else value))
                self.ran.append(run)
                done.append(Done(run.key, value is not None, 0.0, 1.0))
            yield job, done


def ok(run: Run) -> dict[str, object]:
    return failed(run, "", RuntimeError("")) | {"status": "ok", "error": ""}


def rows(value: float) -> pa.Table:
    """The last week is 20; another week, group or community of the district must not be taken for it."""
    return pa.table(
        {
            "week": [0, 0, 20, 20, 20, 20],
            "community": [*["hamlet"] * 4, *["a part of it"] * 2],
            "group": ["all", "women", "women", "all", "all", "women"],
            OUTCOME: [99.0, 99.0, 77.0, value, 55.0, 55.0],
        }
    )


def noise(run: Run, sd: float = 1.0) -> float:
    """What every run has by chance: its own, so that differences vary."""
    place = {"none": 0, "funding": 1}[run.policy]
    return float(np.random.default_rng([run.luck, run.point, place]).normal(0.0, sd))


def gain(*effects: float) -> Figure:
    """Funding adds ``effects[point]`` to the outcome."""
    return lambda run: 10.0 + noise(run) + effects[run.point] * (run.policy == "funding")


def invented(folder: Path, figure: Figure, **how: object) -> tuple[Study, Invented]:
    study = study_in(folder, **how)  # type: ignore[arg-type]
    executor = Invented(study, figure)
    study.run(executor)
    return study, executor


# when it stops


def test_it_stops_as_soon_as_it_is_clear(tmp_path: Path) -> None:
    study, executor = invented(tmp_path, gain(5.0, 8.0))
    reached = study.reached()
    assert reached is not None
    assert reached.ended
    assert (reached.pairs, reached.looked) == (BEGIN + 3, BEGIN + 3)
    assert len(executor.ran) == 4 * 7
    assert (study.decision().verdict, study.decision().more) == ("more", 2)
    assert study.decision().intervals[1].mean == pytest.approx(
        np.mean([8 + noise(a) - noise(b) for a, b in both(study, 1)])
    )
    status = study.status()
    assert (status.total, status.pending, status.beyond) == (28, 0, 0)
    assert "funding does more than none in 2 of 2 settings" in status.text()
    assert "No more seeds are needed" in status.text()
    told = json.loads((tmp_path / "status.json").read_text())["until"]
    assert (told["pairs"], told["verdict"], told["final"]) == (7, "more", True)
    assert told["points"][0]["low"] > 0
    assert study.run(Invented(study, gain(0.0, 0.0))).computed == 0


def both(study: Study, point: int) -> list[tuple[Run, Run]]:
    of = {(r.luck, r.policy): r for r in study.runs if r.point == point}
    return [(of[luck, "funding"], of[luck, "none"]) for luck, name in of if name == "none"]


def test_policies_that_are_equal_take_all_that_is_allowed(tmp_path: Path) -> None:
    study, executor = invented(tmp_path, gain(0.0, 0.0))
    assert len(executor.ran) == 4 * 20
    reached = study.reached()
    assert reached is not None
    assert (reached.pairs, reached.ended) == (20, True)
    assert study.decision().verdict == "undecided"
    assert not study.decision().final
    assert "need not be equal" in study.status().text()


def test_settings_that_disagree_end_it_and_name_what_orders_them(tmp_path: Path) -> None:
    more = '[factor."decision.b_habit"]\nvalues = [0.02, 0.05, 0.03, 0.04]\n'
    text = STUDY.replace("values = [0.0, 0.6]", "values = [0.0, 0.2, 0.4, 0.6]\n" + more)
    study, _ = invented(tmp_path, gain(-9.0, -3.0, 3.0, 9.0), study=text)
    decision = study.decision()
    assert decision.verdict == "undecided, because the settings disagree"
    assert decision.final
    assert decision.responsible[0] == "decision.b_peer"
    assert "most depends on decision.b_peer and decision.b_habit" in study.status().text()
    reached = study.reached()
    assert reached is not None
    assert reached.pairs < 20


def test_it_goes_on_until_the_width_is_reached(tmp_path: Path) -> None:
    study, _ = invented(tmp_path, gain(9.0, 9.0), until=UNTIL + "half_width = 1.2\n")
    reached = study.reached()
    assert reached is not None
    assert reached.looked > 10
    assert all(i.half_width <= 1.2 for i in study.decision().intervals)
    assert "known to 1.2 either way" in study.status().text()


def test_one_setting_is_not_taken_for_all(tmp_path: Path) -> None:
    text = STUDY.replace("[0.0, 0.6]", "[0.6]")
    study, _ = invented(tmp_path, gain(6.0), study=text)
    assert "chance alone" in study.status().text()


def test_where_it_stops_does_not_depend_on_the_order_or_the_way_there(tmp_path: Path) -> None:
    figure = gain(2.0, 1.8)
    one, _ = invented(tmp_path / "one", figure)
    reached = one.reached()
    assert reached is not None
    assert BEGIN + 3 < reached.pairs < 20, "else the test shows nothing"
    other = study_in(tmp_path / "other")
    other.store.make()
    late = Invented(other, figure)
    for run in reversed(other.design.runs[4 * 2 :]):  # all later pairs lie there before the first
        other.store.commit(ok(run), rows(figure(run) or 0.0))
    assert other.status().pending == 8
    other.run(late)
    assert len(late.ran) == 8
    assert other.reached() == reached
    assert other.status().beyond == 4 * (20 - reached.pairs)
    assert "beyond the look" in other.status().text()
    assert exported(one) == exported(other)


def exported(study: Study) -> dict[str, bytes]:
    export(study, study.folder / "tables")
    return tables(study.folder / "tables")


def test_a_changed_rule_is_applied_to_what_is_stored(tmp_path: Path) -> None:
    strict, _ = invented(tmp_path / "a", gain(2.0, 1.8), until=UNTIL + "alpha = 0.0001\n")
    plain, _ = invented(tmp_path / "b", gain(2.0, 1.8))
    assert len(strict.runs) > len(plain.runs)
    file = tmp_path / "a" / "study.toml"
    file.write_text(file.read_text().replace("alpha = 0.0001", "alpha = 0.1"))
    strict.reread()
    assert strict.run(1).computed == 0
    assert exported(strict) == exported(plain)


# what fails


def test_pairs_with_a_failed_run_or_no_figure_are_left_out_and_counted(tmp_path: Path) -> None:
    def figure(run: Run) -> float | None:
        if run.policy == "funding" and run.luck == 2:
            return None
        return float("nan") if (run.point, run.policy, run.luck) == (1, "none", 3) else gain(5.0, 8.0)(run)

    study, _ = invented(tmp_path, figure)
    reached = study.reached()
    assert reached is not None
    assert (reached.failed, reached.empty) == (2, 1)
    assert [i.n for i in study.decision().intervals] == [reached.looked - 1, reached.looked - 2]
    assert "Left out: 2 pairs in which a run failed, counted at every point." in study.status().text()
    assert "Left out: 1 pair without such a figure" in study.status().text()
    assert study.status().failed == 2


def test_failures_alone_end_it_and_a_repair_gives_what_never_failed(tmp_path: Path) -> None:
    figure = gain(2.0, 1.8)
    study, executor = invented(tmp_path / "a", lambda run: None)
    assert len(executor.ran) == 4 * BEGIN, "no seeds are added where every run fails"
    assert "more seeds would not give them" in study.status().text()
    study.run(Invented(study, figure), retry_failed=True)
    whole, _ = invented(tmp_path / "b", figure)
    assert study.reached() == whole.reached()
    assert exported(study) == exported(whole)


def test_one_point_that_always_fails_is_bounded(tmp_path: Path) -> None:
    study, executor = invented(tmp_path, lambda run: None if run.point else gain(5.0)(run))
    assert len(executor.ran) == 4 * 20
    assert study.decision().verdict == "undecided"


# kills and workers


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Study:
    study = study_in(tmp_path_factory.mktemp("whole"))
    study.run(1)
    reached = study.reached()
    assert reached is not None
    assert BEGIN < reached.pairs < 20
    assert study.decision().verdict == "more"
    export(study, study.folder / "tables")
    return study


@pytest.mark.skipif(sys.platform == "win32", reason="signals of this platform")
@pytest.mark.parametrize(
    ("who", "workers"),
    [
        ("parent", 1),
        pytest.param("parent", 2, marks=pytest.mark.slow),
        pytest.param("everybody", 2, marks=pytest.mark.slow),
    ],
)
def test_a_killed_study_ends_where_another_does(
    tmp_path: Path, uninterrupted: Study, who: str, workers: int
) -> None:
    """With one worker the study's own process runs all, with two it is killed with or without them."""
    study_in(tmp_path)
    assert killed_somewhere(tmp_path, random.Random(3), who, len(uninterrupted.runs), workers)
    study = Study(tmp_path)
    outcome = study.run(1)
    assert outcome.computed < len(uninterrupted.runs)
    assert study.reached() == uninterrupted.reached()
    assert exported(study) == tables(uninterrupted.folder / "tables")


def test_two_workers_end_where_one_does_and_the_command_says_it(
    tmp_path: Path, uninterrupted: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    study_in(tmp_path)
    words = [sys.executable, "-m", "experiments", "study", "run", str(tmp_path), "--workers", "2"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "funding does more than none in 2 of 2 settings" in done.stdout
    with pytest.raises(SystemExit) as ended:
        main(["study", "status", str(tmp_path)])
    assert not ended.value.code
    assert capsys.readouterr().out == done.stdout
    begun = (tmp_path / "provenance" / "begun.log").read_text().splitlines()
    assert len({line.split()[1] for line in begun}) <= 2, "workers are kept from look to look"
    assert exported(Study(tmp_path)) == tables(uninterrupted.folder / "tables")


# more of it


def test_more_seeds_are_counted_from_what_is_reached(tmp_path: Path) -> None:
    study, _ = invented(tmp_path, gain(5.0, 8.0))
    add_seeds(study, 2)
    more = Invented(study, gain(5.0, 8.0))
    study.run(more)
    assert len(more.ran) == 2 * 4
    assert (study.design.spec.seeds.count, study.design.spec.until.most) == (9, 20)  # type: ignore[union-attr]
    add_seeds(study, 30)
    study.run(Invented(study, gain(5.0, 8.0)))
    assert (study.design.spec.seeds.count, study.design.spec.until.most) == (39, 39)  # type: ignore[union-attr]
    assert study.status().total == 39 * 4


def test_the_plan_tells_the_least_and_the_most(tmp_path: Path, uninterrupted: Study) -> None:
    found = plan(study_in(tmp_path), 2)
    assert found.least is not None
    assert (found.least.runs, found.runs) == (16, 80)
    assert (found.least.pending, found.pending) == (16, 80)
    assert found.minutes == pytest.approx(5 * found.least.minutes)
    assert "16 to 80 runs: 2 points x 4 to 20 pairs" in found.text()
    ended = plan(uninterrupted, 2)
    assert (ended.least, ended.pending) == (None, 0)
    assert ended.runs == len(uninterrupted.runs)


def test_policies_are_ranked_by_what_is_stored(uninterrupted: Study) -> None:
    found = uninterrupted.ranking(OUTCOME)
    assert found.order == ("funding", "none")
    decision = found.pairs["funding", "none"]
    assert [i.mean for i in decision.intervals] == pytest.approx(
        [i.mean for i in uninterrupted.decision().intervals]
    )
    with pytest.raises(StudyError, match=OUTCOME):
        uninterrupted.ranking("sessions_service_session")
    with pytest.raises(StudyError, match="group 'women'"):
        uninterrupted.ranking(OUTCOME, "women")


def test_without_a_rule_there_is_no_decision(tmp_path: Path) -> None:
    study = study_in(tmp_path / "fixed", until="")
    assert study.reached() is None
    with pytest.raises(StudyError, match=r"add \[until\]"):
        study.decision()
    with pytest.raises(StudyError, match="no pair of seeds"):
        study.ranking(OUTCOME)
    with pytest.raises(StudyError, match="the first is at 4 pairs"):
        study_in(tmp_path / "begun").decision()


# the runs behind a figure


def test_the_runs_behind_an_effect_are_run_again(
    uninterrupted: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = uninterrupted.reached().pairs  # type: ignore[union-attr]
    every = behind(uninterrupted, OUTCOME, "funding", 1, most=100)
    assert (every.found, len(every.verdicts)) == (2 * pairs, 2 * pairs)
    assert every.same
    assert {v.run.point for v in every.verdicts} == {1}
    mean = uninterrupted.decision().intervals[1].mean
    assert every.effects == {1: (pairs, pytest.approx(mean))}
    assert f"{2 * pairs} of {2 * pairs} runs gave the same again" in every.text()
    few = behind(uninterrupted, OUTCOME, "funding", most=4)
    assert [v.run.policy for v in few.verdicts] == ["none", "funding"] * 2
    assert set(few.effects) == {0, 1}
    assert f"--most {4 * pairs}" in few.text()
    words = ("--outcome", OUTCOME, "--policy", "funding", "--most", "2")
    with pytest.raises(SystemExit) as ended:
        main(["study", "reproduce", str(uninterrupted.folder), *words])
    assert ended.value.code == 0
    assert "2 of 2 runs gave the same again" in capsys.readouterr().out


def test_a_run_behind_a_figure_that_differs_is_told(tmp_path: Path) -> None:
    study, _ = invented(tmp_path, gain(5.0, 8.0))
    found = behind(study, OUTCOME, "funding", 0, most=2)
    assert not found.same
    assert "0 of 2 runs gave the same again" in found.text()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--outcome", "sessions_service_session", "--policy", "funding"), f"'{OUTCOME}'"),
        (("--outcome", OUTCOME, "--policy", "fundin"), "did you mean 'funding'"),
        (("--outcome", OUTCOME, "--policy", "none"), "the baseline has no effect"),
        (("--outcome", OUTCOME, "--policy", "funding", "--point", "2"), "from 0 to 1"),
        (("--outcome", OUTCOME), "which runs are meant"),
        (("--run", "0", "--outcome", OUTCOME, "--policy", "funding"), "which runs are meant"),
        ((), "which runs are meant"),
    ],
)
def test_runs_that_cannot_be_found_are_told(
    uninterrupted: Study, words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["study", "reproduce", str(uninterrupted.folder), *words])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert told in " ".join(said.split())
    assert "Traceback" not in said


# what is refused


@pytest.mark.parametrize(
    ("swap", "told"),
    [
        ((OUTCOME, "sessions_service_session"), f"did you mean '{OUTCOME}'"),
        (('["funding", "none"]', '["fundin", "none"]'), "did you mean 'funding'"),
        (('["funding", "none"]', '["funding", "funding"]'), "one policy twice"),
        (('["funding", "none"]', '["funding"]'), "between"),
        (("most = 20", "most = 3"), "below seeds.count = 4"),
        (("most = 20", "group = 'all'"), "most"),
        (("batch = 3", "batch = 0"), "batch"),
        (("batch = 3", "half_width = 0"), "half_width"),
        (("batch = 3", "half_width = -0.1"), "half_width"),
        (("batch = 3", "half_width = nan"), "half_width"),
        (("batch = 3", "alpha = 1.0"), "alpha"),
        (("batch = 3", "alfa = 0.1"), "alfa"),
        (("batch = 3", 'group = "age:70+"'), "add it to groups"),
        (("batch = 3", 'group = "wimmin"'), "until.group"),
        (("every = 4", 'outcomes = ["skill_mean"]'), "add it to outcomes"),
        (("every = 4", "every = 52"), "every = 20 or less"),
        (("count = 4", "luck = [1, 2, 3, 4]"), "give first and count"),
        (("count = 4", "world = [1, 2]"), "give first and count"),
        (("most = 20", "most = 900_000"), "at most 1,000,000"),
    ],
)
def test_mistakes_are_caught_before_the_first_run(tmp_path: Path, swap: tuple[str, str], told: str) -> None:
    assert told in refused_before_the_first_run(change(small_study(tmp_path, BEGIN, UNTIL), *swap))


def test_of_a_district_the_figure_is_that_of_the_whole(tmp_path: Path) -> None:
    result = simulate(district(), weeks=4)
    run = study_in(tmp_path).design.runs[0]
    row, series = succeeded(run, result, RecordSpec(every=2))
    whole = result.series.query("week == 4 and group == 'all'").set_index("community")["members_share"]
    assert len(set(whole)) > 1
    assert figure(Stored(row, series), "members_share", "all") == whole["town"]


def test_the_block_of_the_template_can_be_used(tmp_path: Path) -> None:
    source = small_study(tmp_path / "source")
    made = new(tmp_path / "made", str(source / "hamlet.toml"), ["none", "funding"], seeds=3)
    file = made.folder / "study.toml"
    head, _, block = file.read_text().partition("# [until]")
    block = block.replace("\n# ", "\n")
    file.write_text(f"{head.replace('every = 52', 'every = 20')}[until]{block}")
    until = Study(made.folder).design.spec.until
    assert until is not None
    assert (until.between, until.most, until.half_width) == (("funding", "none"), 60, 0.005)


def test_seeds_can_be_added_to_a_file_that_does_not_count_them(tmp_path: Path) -> None:
    study = study_in(tmp_path, study=STUDY.replace("count = {seeds}", "first = 5"), until="")
    add_seeds(study, 3)
    assert [run.luck for run in study.runs[::4]] == list(range(5, 18))


def test_one_world_may_meet_more_and_more_luck(tmp_path: Path) -> None:
    study = study_in(tmp_path, study=STUDY.replace("[seeds]", "[seeds]\nworld = [7]"))
    assert {run.world for run in study.runs} == {7}
    assert len(study.runs) == 16
    assert len(study.design.runs) == 80
