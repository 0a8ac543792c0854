"""One's own community: what follows its size, what it inherits, and what is odd about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.loading.load import Loaded, load
from experiments.loading.oddities import Oddity
from model.core.errors import GongzhiError, ScenarioError
from model.parameters.population import Population
from model.parameters.replace import replaced
from model.scenario.scaling import resized, scaled
from model.scenario.scenario import Scenario

OWN = 'format = 1\nextends = "wangzhuang"\nname = "ours"\ntitle = "Ours"\n'
NONSENSE = """format = 1
name = "ours"
title = "Our community"
title_zh = "我们社区"
[population]
persons = 6000
{more}
[organization.dance]
fields = ["sport"]
members = 60
[organization.volunteers]
fields = ["elder_care"]
members = 120
[organization.reading]
fields = ["learning"]
members = 30
[policy.time_bank.scheme]
kind = "credits"
amount_yuan = 80000
[policy.venues.rooms]
kind = "premises"
amount_yuan = 80000
"""


def read(tmp_path: Path, text: str, *overrides: str) -> Loaded:
    file = tmp_path / "x.toml"
    file.write_text(text, encoding="utf-8")
    return load(file, overrides)


def codes(loaded: Loaded) -> dict[str, Oddity]:
    return {one.code: one for one in loaded.warnings}


def test_households_follow_persons(tmp_path: Path) -> None:
    loaded = read(tmp_path, NONSENSE.format(more=""))
    assert 2.2 <= 6000 / loaded.scenario.population.households <= 3.2
    given = read(tmp_path, NONSENSE.format(more="household_size = 3"))
    assert given.scenario.population.households == 2000
    own = read(tmp_path, NONSENSE.format(more="households = 2100"))
    assert own.scenario.population.households == 2100
    assert Population(persons=5).households == 2
    assert Population.model_validate({"persons": 1}).households == 1


def test_households_given_for_other_persons_lapse(tmp_path: Path) -> None:
    assert read(tmp_path, OWN + "[population]\npersons = 6000\n").scenario.population.households == 2290
    assert load("wangzhuang", ["population.persons=6000"]).scenario.population.households == 2290
    assert load("wangzhuang", ["population.persons=18000"]).scenario.population.households == 5400
    assert load("wangzhuang", ["population.household_size=3"]).scenario.population.households == 6000
    both = ["population.persons=6000", "population.households=2000"]
    assert load("wangzhuang", both).scenario.population.households == 2000


def test_a_replaced_size_is_followed() -> None:
    scenario = Scenario(format=1)
    assert replaced(scenario, {"population.persons": 6000}).population.households == 2290
    assert replaced(scenario, {"population.female_share": 0.5}).population.households == 763
    given = Scenario.model_validate({"format": 1, "committee": {"staff": 7}})
    assert replaced(given, {"committee.staff_per_1000": 2.0}).committee.staff is None
    assert replaced(given, {"committee.load": 0.5}).committee.staff == 7
    assert replaced(resized(given, 4000), {"committee.load": 0.5}).committee.staff == 14
    assert replaced(resized(given, 4000), {"population.female_share": 0.5}).population.households == 1527


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[population]\nhouseholds = 700\nhousehold_size = 3\n", "both given"),
        ("[committee]\nstaff = 7\nstaff_per_1000 = 2\n", "both given"),
    ],
)
def test_two_answers_to_one_question_are_refused(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(ScenarioError, match=what) as caught:
        read(tmp_path, "format = 1\n" + text)
    assert "x.toml, line 2" in caught.value.where


def test_staff_may_be_a_head_count(tmp_path: Path) -> None:
    committee = read(tmp_path, "format = 1\n[committee]\nstaff = 7\n").scenario.committee
    assert committee.persons_of(1011) == 7
    case = load("wangzhuang", ["committee.staff=7"])
    assert case.scenario.committee.persons_of(18000) == 7
    assert scaled(case.scenario, 9000).committee.staff == 3.5


def test_one_key_turns_a_district_off() -> None:
    scenario = load("district110", ["district.communities=0"]).scenario
    assert scenario.district.count == 1
    assert scenario.district.simulated == 0


def test_inherited_things_are_removed(tmp_path: Path) -> None:
    removed = 'remove = ["organization.taiji", "status_quo.one_hour_a_month", "policy.package"]\n'
    loaded = read(tmp_path, OWN + removed + "[organization]\nchoir = false\n[policy]\ncredits = false\n")
    scenario = loaded.scenario
    assert {"taiji", "choir"}.isdisjoint(scenario.organization)
    assert scenario.status_quo["culture_money"].target == {"name": ("arts", "sports", "line_dance")}
    assert set(scenario.policy) == {"funding", "training"}
    assert "one_hour_a_month" not in scenario.status_quo
    assert load("wangzhuang", ["organization.taiji=false"]).scenario.organization.keys() == (
        load("wangzhuang").scenario.organization.keys() - {"taiji"}
    )


def test_what_was_for_the_removed_alone_goes_with_it_and_is_told(tmp_path: Path) -> None:
    loaded = read(tmp_path, OWN + 'remove = ["organization.volunteers"]\n')
    assert "service_money" not in loaded.scenario.status_quo
    assert "service_money" not in loaded.scenario.free
    told = [str(one) for one in loaded.warnings if one.code == "left_out"]
    assert len(told) == 2
    assert "x.toml:5: status_quo.service_money is left out as well" in told[0]


def test_a_removed_thing_can_be_declared_anew(tmp_path: Path) -> None:
    text = OWN + 'remove = ["organization.choir"]\n[organization.choir]\nfields = ["arts"]\nmembers = 40\n'
    choir = read(tmp_path, text).scenario.organization["choir"]
    assert (choir.members, choir.lent_sessions, choir.title) == (40, 0.0, "")


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ('remove = ["organization.taji"]\n', "organization.taiji", 5),
        ("[organization]\ntaji = false\n", "organization.taiji", 6),
        ('remove = ["status_quo.cultur_money"]\n', "status_quo.culture_money", 5),
        ('remove = "organization.taiji"\n', "no list", 5),
        ('remove = [""]\n', "cannot be removed", 5),
        ('remove = ["a\\nb"]\n', "removed", 5),
        ("remove = [3]\n", "no list", 5),
        ("scaled = 1\n", "wrong type", 5),
        ("scaled = true\n", "number of persons to scale to is not given", 5),
        ("[scale]\npersons = 0\n", "no size", 5),
        ("[scale]\nfactor = 0.3\n", "does not say", 5),
        ("[scale]\npersons = 10\n[population]\npersons = 12\n", "differ", 6),
    ],
)
def test_what_cannot_be_removed_or_scaled_is_refused(tmp_path: Path, text: str, said: str, line: int) -> None:
    with pytest.raises(GongzhiError, match=said) as caught:
        read(tmp_path, OWN + text)
    assert f"x.toml, line {line}" in caught.value.where


@pytest.mark.parametrize("how", ["scaled = true\n[population]\npersons = {n}\n", "[scale]\npersons = {n}\n"])
@pytest.mark.parametrize("persons", [6000, 36000])
def test_a_case_is_brought_to_another_size(tmp_path: Path, how: str, persons: int) -> None:
    case, own = load("wangzhuang").scenario, read(tmp_path, OWN + how.format(n=persons))
    f = persons / 18000
    scenario = own.scenario
    assert scenario == resized(case, persons).model_copy(
        update={k: getattr(scenario, k) for k in ("name", "title", "title_zh", "note", "free")}
    )
    assert scenario.population.persons == persons
    assert scenario.population.households == 5400 * f
    assert scenario.organization["volunteers"].members == round(2500 * f)
    assert scenario.organization["taiji"].lent_sessions == 60 * f
    assert scenario.organization["volunteers"].lent_sessions == min(250, 250 * f)
    assert scenario.sitting["hearing"].places == 60 * f
    assert scenario.policy["funding"]["awards"].amount_yuan == 16200 * f
    assert scenario.costs == case.costs
    assert scenario.life == case.life
    assert scenario.free["culture_money"].low == 300_000 * f
    assert own.origin_of("organization.taiji.members").layer == "scaled"


def test_what_a_file_says_itself_is_not_scaled(tmp_path: Path) -> None:
    text = OWN + "scaled = true\n[population]\npersons = 6000\n[organization.choir]\nmembers = 40\n"
    assert read(tmp_path, text).scenario.organization["choir"].members == 40


def test_a_scaled_size_cannot_have_own_residents_nor_come_from_nothing(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="nothing to scale"):
        read(tmp_path, "format = 1\n[scale]\npersons = 60\n")
    (tmp_path / "case.toml").write_text('format = 1\n[inputs]\nresidents = "r.csv"\n')
    with pytest.raises(ScenarioError, match="cannot be scaled"):
        read(tmp_path, 'format = 1\nextends = "case.toml"\n[scale]\npersons = 60\n')


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("[population]\npersons = 6000\n", ("population",)),
        (
            "scaled = true\n[population]\npersons = 6000\n",
            ("population", "organization", "sitting", "status_quo"),
        ),
        ("[organization.choir]\nmembers = 40\n", ("organization",)),
        ("[status_quo.more]\nkind = 'grant'\namount_yuan = 5\n", ("status_quo",)),
        ("[decision]\nb_peer = 0.7\n", ("decision",)),
        ("[population]\npersons = 18000\n[run]\nweeks = 52\n[organization.choir]\ntitle = 'Choir'\n", ()),
        ("[policy.more.grants]\nkind = 'grant'\namount_yuan = 5\n", ()),
    ],
)
def test_fitted_is_said_only_of_what_was_fitted(tmp_path: Path, text: str, tables: tuple[str, ...]) -> None:
    loaded = read(tmp_path, OWN + text)
    assert loaded.unfitted == tables
    assert loaded.fitted is not bool(tables)
    told = codes(loaded)
    assert ("not_calibrated" in told) is bool(tables)
    if tables:
        assert told["not_calibrated"].words().startswith("not fitted: ")
    assert load("wangzhuang").fitted


def test_titles_of_a_case_stay_with_its_name(tmp_path: Path) -> None:
    scenario = read(tmp_path, 'format = 1\nextends = "wangzhuang"\nname = "ours"\n').scenario
    assert (scenario.title, scenario.title_zh, scenario.note) == ("", "", "")


def test_the_newcomers_file_gets_its_warnings(tmp_path: Path) -> None:
    told = codes(read(tmp_path, NONSENSE.format(more="")))
    assert {"no_money", "credits_without_place", "not_calibrated", "idle"} <= set(told)
    assert "household_size" not in told
    assert told["credits_without_place"].line == 17
    assert told["credits_without_place"].severe
    assert not told["not_calibrated"].severe
    crowded = codes(read(tmp_path, NONSENSE.format(more="households = 763")))["household_size"]
    assert (crowded.line, crowded.severe) == (7, True)
    assert "7.9 persons" in str(crowded)


def test_the_bundled_scenarios_have_no_oddity_but_their_calibration() -> None:
    assert not load("wangzhuang").warnings
    assert set(codes(load("district110"))) == {"not_calibrated"}


SOUND = """format = 1
name = "sound"
[population]
persons = 6000
[organization.dance]
fields = ["sport"]
members = 120
[organization.volunteers]
fields = ["elder_care"]
members = 150
[sitting.forum]
every = "quarter"
places = 60
[status_quo.money]
kind = "grant"
amount_yuan = 60000
"""


PLANTED = {
    "household_size": "[population]\nhouseholds = 700\n",
    "members": "[organization.dance]\nmembers = 3000\n",
    "no_money": "[status_quo.money]\namount_yuan = 0\n",
    "zero_amount": "[status_quo.money]\namount_yuan = 0\n",
    "idle": '[organization.lonely]\nfields = ["arts"]\nmembers = 20\n'
    '[status_quo.money]\ntarget = { field = ["sport", "elder_care"] }\n',
    "credits_without_place": '[policy.p.c]\nkind = "credits"\namount_yuan = 9000\n'
    '[status_quo.money]\ntarget = { field = "sport" }\n',
    "purchase_without_seller": '[policy.p.b]\nkind = "purchase"\namount_yuan = 9000\n',
    "no_staff": "[committee]\nstaff = 0\n",
    "unknown_target": '[targets.x]\noutcome = "reach_cultur"\nvalue = 0.3\ntolerance = 0.1\nsource = "own"\n',
    "double_target": '[targets.x]\noutcome = "reach_culture"\nvalue = 0.3\ntolerance = 0.1\nsource = "ours"\n'
    '[targets.y]\noutcome = "reach_culture"\nvalue = 0.4\ntolerance = 0.1\nsource = "ours"\n',
    "target_value": '[targets.x]\noutcome = "reach_culture"\nvalue = 30\ntolerance = 0.1\nsource = "ours"\n',
    "targets_without_free": '[targets.x]\noutcome = "reach_culture"\nvalue = 0.3\ntolerance = 0.1\n'
    'source = "ours"\n',
    "free_without_targets": '[free.x]\nparameter = "decision.b0.culture"\nlow = -7.0\nhigh = -4.0\n',
    "unknown_free": '[free.x]\nparameter = "decision.b0.cultur"\nlow = -7.0\nhigh = -4.0\n',
    "idle_free": '[committee]\nstaff = 9\n[free.x]\nparameter = "committee.staff_per_1000"\nlow = 1.0\n'
    "high = 4.0\n",
    "free_range": '[free.x]\nparameter = "decision.b0.culture"\nlow = -4.0\nhigh = -3.0\n',
    "double_free": '[free.x]\nparameter = "decision.b0.culture"\nlow = -7.0\nhigh = -3.0\n'
    '[free.y]\nparameter = "decision.b0.culture"\nlow = -7.0\nhigh = -3.0\n',
    "amount": '[policy.p.g]\nkind = "grant"\namount_yuan = 80_000_000\n',
    "large_policy": '[policy.p.g]\nkind = "grant"\namount_yuan = 800_000\n',
    "seats": '[policy.p.t]\nkind = "train_residents"\namount_yuan = 900_000\n',
    "no_volunteers": '[policy.p.t]\nkind = "train_volunteers"\namount_yuan = 9000\n'
    '[organization.volunteers]\nfields = ["arts"]\n',
    "contacts": '[policy.p.t]\nkind = "publicity"\namount_yuan = 900_000\n',
    "places": "[sitting.forum]\nplaces = 5000\n",
    "no_deliberation": "[sitting]\nforum = false\n",
    "never_in_force": '[policy.p.g]\nkind = "grant"\namount_yuan = 9000\nstart = 500\n',
    "spin_up": "[run]\nspin_up = 8\n",
    "weeks": "[run]\nweeks = 100\n",
    "age_share": "[population.age_share]\nunder_16 = 0.5\n16-24 = 0.0\n25-34 = 0.0\n35-44 = 0.074\n",
    "district": "[district]\ncommunities = 1\n",
    "no_receiver": '[policy.p.g]\nkind = "grant"\namount_yuan = 9000\ntarget = { field = "arts" }\n',
    "rooms_without_money": '[policy.p.r]\nkind = "premises"\namount_yuan = 9000\n'
    'target = { field = "elder_care" }\n'
    '[status_quo.money]\ntarget = { field = "sport" }\n',
    "rooms_not_needed": '[policy.p.r]\nkind = "premises"\namount_yuan = 9000\ntarget = { field = "sport" }\n'
    "[organization.dance]\nlent_sessions = 60\n",
    "nothing_to_ask_for": '[policy.p.a]\nkind = "ask"\nactivity = "service"\nevery_weeks = 4\n'
    '[organization.volunteers]\nfields = ["arts"]\n',
    "staff_time": '[policy.p.v]\nkind = "visit"\nvisits_per_year = 40\n',
    "few_adults": "[population]\npersons = 90\n[organization.dance]\nmembers = 5\n[organization.volunteers]\n"
    "members = 5\n",
    "empty_policy": '[policy.p]\ntitle = "Nothing"\n',
    "same_policy": '[policy.p.g]\nkind = "grant"\namount_yuan = 9000\n'
    '[policy.q.h]\nkind = "grant"\namount_yuan = 9000\n',
    "many_staff": "[committee]\nstaff = 90\n",
    "implausible": "[learning]\ngain = 0.99\n",
    "no_members": "[organization.dance]\nmembers = 0\n",
    "more_free_than_targets": '[free.x]\nparameter = "decision.b0.culture"\nlow = -7.0\nhigh = -3.0\n'
    '[free.y]\nparameter = "decision.b0.service"\nlow = -9.0\nhigh = -3.0\n'
    '[targets.x]\noutcome = "reach_culture"\nvalue = 0.3\ntolerance = 0.1\nsource = "ours"\n',
}


@pytest.mark.parametrize("code", PLANTED)
def test_a_planted_oddity_gets_its_warning(tmp_path: Path, code: str) -> None:
    (tmp_path / "sound.toml").write_text(SOUND, encoding="utf-8")
    assert set(codes(load(tmp_path / "sound.toml"))) == {"not_calibrated"}
    own = read(tmp_path, 'format = 1\nextends = "sound.toml"\n' + PLANTED[code])
    found = codes(own)[code]
    assert found.words("zh") != found.words("en")
    assert found.file.endswith(".toml")
    if code != "no_deliberation":
        assert found.line > 0


def test_members_of_all_associations_together(tmp_path: Path) -> None:
    text = SOUND.replace("members = 120", "members = 1000").replace("members = 150", "members = 900")
    assert "1,900 members" in str(codes(read(tmp_path, text))["members"])


def test_values_a_calibration_left_outside_their_range_are_marked() -> None:
    from experiments.lookup.show import show

    rows = [line for line in show("wangzhuang").splitlines() if "outside its plausible range" in line]
    assert any("membership.join.service" in line for line in rows)
