"""Nothing that code of one's own writes makes a run go on with what is no number, or out of its range."""

import math
import warnings

import numpy as np
import pytest

from experiments.runs.simulate import simulate
from experiments.study import Study
from model import CommunityModel, Organization, column, default_phases, per_resident
from model.core.casts import whole
from model.core.errors import DataError, GongzhiError
from model.week.schedule import Phase, Schedule
from tests.studies import change, small_study
from tests.worlds import world

SPIN_UP = 1


def model(own, at="ask", **more) -> CommunityModel:
    scenario = world(60)
    quick = scenario.model_copy(update={"run": scenario.run.model_copy(update={"spin_up": SPIN_UP})})
    return CommunityModel(quick, world=1, luck=1, phases=default_phases().insert_after(at, own), **more)


def writing(write):
    """A phase that writes in week 1."""

    def vandal(model: CommunityModel) -> None:
        if model.week == 1:
            write(model)

    return vandal


def put(name, value, row=7):
    return lambda m: getattr(m.residents, name).__setitem__(row, value)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("skill", math.nan, "nan"),
        ("skill", math.inf, "inf"),
        ("skill", -math.inf, "-inf"),
        ("skill", 5.0, "5.0"),
        ("attachment", -0.1, "-0.1"),
        ("habit", math.nan, "nan"),
        ("asks", math.nan, "nan"),
        ("fatigue", -1.0, "-1.0"),
        ("aware", 200, "200"),
        ("registered", 3, "3"),
        ("credit_minutes", -15, "-15"),
        ("mood", math.nan, "nan"),
        ("mood", 2.0, "2.0"),
        ("kind", 9, "9"),
    ],
)
@pytest.mark.parametrize("at", ["ask", "observe"])
def test_f25_a_column_that_makes_no_sense_is_refused(name, value, told, at):
    mine = {
        "mood": column(0.5, unit="1", doc="Mood.", valid=(0, 1)),
        "kind": column("calm", unit="name", doc="Kind.", names=("calm", "angry")),
    }
    with pytest.raises(DataError) as refused:
        model(writing(put(name, value)), at, columns=mine).run(2)
    said = str(refused.value)
    for part in ("phase vandal", "week 1", name, "row 7", told):
        assert part in said


@pytest.mark.parametrize(
    ("write", "told"),
    [
        (lambda m: setattr(m.organizations[0], "drive", math.nan), "drive"),
        (lambda m: setattr(m.organizations[0], "reputation", 1.5), "reputation"),
        (lambda m: setattr(m.organizations[0], "carry", math.inf), "carry"),
        (lambda m: setattr(m.organizations[0], "balance", math.nan), "balance"),
        (lambda m: setattr(m.organizations[0], "balance", 0.5), "balance"),
        (lambda m: setattr(m.committee, "load", math.nan), "load"),
        (lambda m: setattr(m.credit_state, "liquidity", math.nan), "liquidity"),
        (lambda m: m.network.merged.weight.__setitem__(0, math.nan), "weight"),
        (lambda m: m.time_cost.__setitem__(3, math.inf), "time_cost"),
    ],
)
def test_f25_so_is_what_else_the_model_holds(write, told):
    with pytest.raises(DataError, match=told) as refused:
        model(writing(write)).run(2)
    assert "phase vandal, week 1" in str(refused.value)


def test_f25_a_cast_in_ones_own_phase_is_refused_on_every_platform():
    def write(m: CommunityModel) -> None:
        m.residents.credit_minutes[:] = np.full(len(m.residents), math.nan)

    with pytest.raises(DataError, match="whole numbers") as refused:
        model(writing(write)).run(2)
    assert "phase vandal, week 1" in str(refused.value)


def test_f25_other_warnings_of_ones_own_phase_stay_warnings():
    def write(m: CommunityModel) -> None:
        warnings.warn("mind the step", RuntimeWarning, stacklevel=1)

    with pytest.warns(RuntimeWarning, match="mind the step"):
        model(writing(write)).run(1)


def test_f25_phases_put_in_by_hand_and_the_slow_road_are_checked_too():
    def learn(m: CommunityModel) -> None:
        m.residents.skill[4] = math.nan

    def spoil(resident) -> None:
        resident.habit[1] = math.nan

    scenario = world(60)
    swapped = Schedule(Phase("learn", learn) if p.name == "learn" else p for p in default_phases())
    with pytest.raises(DataError, match=r"phase learn.*row 4"):
        CommunityModel(scenario, world=1, luck=1, phases=swapped).run(1)
    with pytest.raises(DataError, match=r"phase spoil.*habit.*row 0"):
        model(per_resident(spoil)).run(1)


def test_f25_in_a_district_too():
    from tests.district_worlds import district

    scenario = district(2)
    with pytest.raises(DataError, match=r"phase vandal, week 1.*skill.*row 7"):
        simulate(
            scenario,
            "none",
            weeks=1,
            phases=default_phases().insert_after("ask", writing(put("skill", math.nan))),
        )


def test_f25_what_is_written_between_weeks_is_not_counted():
    arm = model(writing(lambda m: None))
    arm.schedule = default_phases()
    arm.run_spin_up()
    arm.residents.skill[5] = math.nan
    with pytest.raises(DataError, match=r"week 1, column skill, row 5.*nan"):
        arm.step()
    arm = model(writing(lambda m: None))
    arm.schedule = default_phases()
    arm.run_spin_up()
    arm.residents.habit[5, 0] = math.nan
    with pytest.raises(DataError, match=r"after week 1, column habit, row 5.*nan"):
        arm.run(1)


def test_f25_organizations_of_ones_own_are_checked_every_week():
    class Odd(Organization):
        @property
        def quality(self) -> float:
            return math.nan if self.model.week == 1 else 0.5

    scenario = world(60)
    with pytest.raises(DataError, match=r"week 1, organization choir.*quality.*nan"):
        CommunityModel(scenario, world=1, luck=1, organization=Odd).run(1)


@pytest.mark.parametrize("value", ["np.nan", "np.inf", "5"])
def test_f25_the_run_of_a_study_fails_and_is_not_stored_as_ok(tmp_path, value):
    folder = change(small_study(tmp_path, seeds=1), 'name = "trial"', 'name = "trial"\ncode = "own.py"')
    (folder / "own.py").write_text(
        "import numpy as np\n"
        "def spoil(model):\n"
        "    if model.week == 1:\n"
        f"        model.residents.skill[:] = {value}\n"
        "def phases(default):\n"
        "    return default.insert_after('ask', spoil)\n"
    )
    study = Study(folder)
    outcome = study.run(1)
    assert (outcome.computed, outcome.failed) == (4, 4)
    table = study.table()
    assert set(table["status"]) == {"failed"}
    assert table["message"].str.contains("phase spoil, week 1, column skill, row 0").all()


def test_f25_sound_phases_of_ones_own_change_nothing():
    def idle(m: CommunityModel) -> None:
        """Nothing."""

    scenario = world(60)
    plain = CommunityModel(scenario, world=1, luck=1)
    plain.run(2)
    own = CommunityModel(scenario, world=1, luck=1, phases=default_phases().insert_after("ask", idle))
    own.run(2)
    for name, array in plain.residents.columns().items():
        assert np.array_equal(array, own.residents.columns()[name]), name


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 128.0, -129.0, 1e300])
def test_f25_a_cast_refuses_what_is_no_whole_number(bad):
    with pytest.raises(GongzhiError, match="entry 1"):
        whole(np.array([1.5, bad]), np.int8)


def test_f25_a_cast_cuts_towards_zero():
    values = np.array([-128.9, -1.5, -0.1, 0.0, 0.9, 127.9])
    assert whole(values, np.int8).tolist() == [-128, -1, 0, 0, 0, 127]
    assert whole(np.empty(0), np.int64).tolist() == []
