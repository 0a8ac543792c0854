"""Old names are understood for two minor versions, and one command rewrites files that use them."""

import subprocess
import sys
import tomllib

import pytest

import experiments
import model
from experiments.cli import app as command_line
from experiments.loading import renamed, upgrade
from experiments.loading.load import load
from experiments.loading.renamed import RENAMED, Renamed, flags_now, understood
from experiments.loading.upgrade import upgrade as upgraded
from experiments.study.design.spec import StudySpec
from model.core import renamed as python_names
from model.core._version import __version__
from model.core.errors import GongzhiError, ScenarioError
from model.core.renamed import over
from tests.studies import SCENARIO

NOW = ".".join(__version__.split(".")[:2])
ENTRIES = (
    Renamed("scenario", "run.length", "run.weeks", since=NOW),
    Renamed("scenario", "people.persons", "population.persons", since=NOW),
    Renamed("scenario", "organization.*.field", "organization.*.fields", since=NOW),
    Renamed("scenario", "association", "organization", since=NOW),
    Renamed("scenario", "decision.rule=logistic", "decision.rule=logit", since=NOW),
    Renamed("study", "seeds.number", "seeds.count", since=NOW),
    Renamed("flag", "study run --again", "study run --retry-failed", since=NOW),
    Renamed("flag", "compare --draws", "compare --settings", since=NOW),
)
TODAY = """# my community
format = 1
name = "mini"  # of ours

[run]
weeks = 4      # a month
spin_up = 2

[population]
persons = 240
households = 90

[decision]
rule = "logit" # the usual one

[organization.choir] # sings
fields = ["arts"]
members = 20

[organization."two words"]
fields = [ # many
  "sport",
]
members = 20
"""


@pytest.fixture
def old(monkeypatch):
    """As if these names had just been renamed."""
    monkeypatch.setattr(renamed, "RENAMED", ENTRIES)


def expired(monkeypatch):
    monkeypatch.setattr(renamed, "over", lambda since: True)


@pytest.mark.parametrize(
    ("since", "now", "refused"),
    [
        ("0.2", "0.2.0", False),
        ("0.2", "0.3.7", False),
        ("0.2", "0.4.0", True),
        ("0.2", "0.12.0", True),
        ("0.9", "1.0.0", True),
        ("1.0", "1.1.0", False),
        ("1.10", "1.11.0", False),
        ("1.10", "1.12.0", True),
    ],
)
def test_an_old_name_is_understood_in_two_minor_versions(since, now, refused):
    assert over(since, now) is refused


def test_no_entry_is_of_a_later_version_or_twice():
    names = [(entry.kind, entry.old) for entry in RENAMED]
    assert len(set(names)) == len(names)
    for entry in RENAMED:
        assert tuple(map(int, entry.since.split("."))) <= tuple(map(int, NOW.split(".")))
        assert entry.old != entry.new


CASES = [
    (("weeks = 4", "length = 4"), 6, "run.length is now run.weeks"),
    (("[population]", "[people]"), 10, "people.persons is now population.persons"),
    (('fields = ["arts"]', 'field = ["arts"]'), 17, "organization.choir.field is now"),
    (("fields = [ # many", "field = [ # many"), 21, "organization.two words.field is now"),
    (('rule = "logit"', 'rule = "logistic"'), 14, "'logistic' is now 'logit'"),
]


def written(tmp_path, *changes):
    text = TODAY
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    file = tmp_path / "mini.toml"
    file.write_bytes(text.encode())
    return file


@pytest.mark.parametrize(("change", "line", "told"), [case for case in CASES if case[1] != 10])
def test_an_old_key_is_understood_with_file_and_line(tmp_path, old, caplog, change, line, told):
    file = written(tmp_path, change)
    found = load(file)
    assert found.scenario == load(written(tmp_path)).scenario
    (said,) = [record.getMessage() for record in caplog.records]
    assert f"mini.toml, line {line}: " in said
    assert told in said
    assert "gongzhi upgrade" in said


def test_a_fault_in_the_value_of_an_old_key_names_its_line(tmp_path, old):
    file = written(tmp_path, ("weeks = 4", "length = 'x'"))
    with pytest.raises(ScenarioError, match="line 6"):
        load(file)


def test_an_old_key_of_the_command_line_is_understood(tmp_path, old, caplog):
    assert load(written(tmp_path), ["run.length=3"]).scenario.run.weeks == 3
    assert "--set run.length=3" in caplog.text


def test_an_old_key_is_refused_with_the_new_name_in_the_end(tmp_path, old, monkeypatch):
    expired(monkeypatch)
    with pytest.raises(ScenarioError, match=r"line 6: run\.length is now run\.weeks since") as refused:
        load(written(tmp_path, ("weeks = 4", "length = 4")))
    assert "gongzhi upgrade" in str(refused.value)


def test_both_names_of_one_key_are_refused(tmp_path, old):
    file = written(tmp_path, ("weeks = 4", "weeks = 4\nlength = 4"))
    before = file.read_bytes()
    for ask in (load, upgraded):
        with pytest.raises(ScenarioError, match=r"both run\.length and run\.weeks"):
            ask(file)
    assert file.read_bytes() == before


def test_upgrade_gives_the_file_of_today_with_its_comments(tmp_path, old):
    same = [change for change, line, _ in CASES if line != 10]
    file = written(tmp_path, *same)
    done = upgraded(file)
    assert file.read_text() == TODAY
    assert len(done.changes) == 4
    assert "line 6: run.length is now run.weeks" in done.changes
    assert upgraded(file).changes == ()
    assert file.read_text() == TODAY


def test_upgrade_moves_a_key_to_another_table(tmp_path, old):
    file = written(tmp_path, ("[population]\npersons = 240", "[people]\npersons = 240 # of us\n[population]"))
    upgraded(file)
    text = file.read_text()
    assert tomllib.loads(text)["population"] == {"persons": 240, "households": 90}
    assert "# of us" in text
    assert "# sings" in text


def test_upgrade_renames_a_whole_table(tmp_path, old):
    file = written(tmp_path, ("[organization.", "[association."))
    upgraded(file)
    assert file.read_text() == TODAY


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_upgrade_keeps_line_ends(tmp_path, old, end):
    file = written(tmp_path, ("weeks = 4", "length = 4"))
    file.write_bytes(file.read_bytes().replace(b"\n", end.encode()))
    upgraded(file)
    assert file.read_bytes() == TODAY.replace("\n", end).encode()


@pytest.mark.parametrize(
    "text",
    [
        "format = 1\nrun.length = 4\n",
        "format = 1\nrun = {length = 4, spin_up = 2}\n",
        'format = 1\n"run"."length" = 4\n',
        "format = 1\n[run]\nlength = 4 # length, not weeks\n",
        "format = 1\nname = 'length'\n[run]\nlength = 4\n",
    ],
)
def test_upgrade_finds_keys_however_they_are_written(tmp_path, old, text):
    file = tmp_path / "mini.toml"
    file.write_text(text)
    before = tomllib.loads(text)
    upgraded(file)
    after = tomllib.loads(file.read_text())
    assert after["run"].pop("weeks") == before["run"].pop("length") == 4
    assert after == before
    assert file.read_text().count("#") == text.count("#")


def test_a_failed_upgrade_leaves_the_file(tmp_path, old, monkeypatch):
    file = written(tmp_path, ("weeks = 4", "length = 4"))
    before = file.read_bytes()

    def full(*_):
        raise GongzhiError(what="no space left")

    monkeypatch.setattr(upgrade, "write_text", full)
    with pytest.raises(GongzhiError, match="no space"):
        upgraded(file)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["mini.toml"]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"run = ", None])
def test_upgrade_refuses_what_it_cannot_read(tmp_path, content):
    file = tmp_path / "mini.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(GongzhiError, match=r"mini\.toml"):
        upgraded(file)


def test_the_design_sobol_has_another_name_now(tmp_path, caplog):
    study = 'format = 1\nscenario = "wangzhuang"\n[design]\nkind = "sobol" # which\n'
    file = tmp_path / "study.toml"
    file.write_text(study)
    assert upgraded(file).changes == ("line 4: design.kind: 'sobol' is now 'sobol_sequence'",)
    assert file.read_text() == study.replace('"sobol"', '"sobol_sequence"')
    assert understood(tomllib.loads(study), "study", "study.toml", {}) == tomllib.loads(file.read_text())
    assert "sobol_sequence" in caplog.text


def test_an_old_key_of_a_study_is_understood(tmp_path, old, caplog):
    (tmp_path / "hamlet.toml").write_text(SCENARIO)
    file = tmp_path / "study.toml"
    file.write_text('format = 1\nscenario = "hamlet.toml"\n[seeds]\nnumber = 3\n')
    assert load(file, cls=StudySpec).scenario.seeds.count == 3
    assert "study.toml, line 4" in caplog.text


def test_an_old_flag_is_understood(old, caplog, monkeypatch):
    assert flags_now(["study", "run", "x", "--again"]) == ["study", "run", "x", "--retry-failed"]
    assert flags_now(["compare", "x", "--draws=3"]) == ["compare", "x", "--settings=3"]
    assert len(caplog.records) == 2
    for others in (["study", "plan", "--again"], ["run", "x", "--", "--draws"], ["compare", "--draw"], []):
        assert flags_now(others) == others
    expired(monkeypatch)
    with pytest.raises(GongzhiError, match="gongzhi compare: --draws is --settings since"):
        flags_now(["compare", "x", "--draws", "3"])


def test_an_old_flag_that_is_over_ends_with_exit_2(old, monkeypatch, capsys):
    expired(monkeypatch)
    with pytest.raises(SystemExit) as ended:
        command_line.main(["compare", "wangzhuang", "--draws", "3"])
    assert ended.value.code == 2
    assert "--settings" in capsys.readouterr().err


@pytest.mark.parametrize(("package", "new"), [(model, "Residents"), (experiments, "simulate")])
def test_an_old_name_of_python_is_understood(monkeypatch, package, new):
    name = package.__name__
    monkeypatch.setattr(python_names, "RENAMED", {f"{name}.Former": (new, NOW)})
    with pytest.warns(DeprecationWarning, match=f"{name}.Former is now {name}.{new}"):
        assert package.Former is getattr(package, new)
    monkeypatch.setattr(python_names, "over", lambda since: True)
    with pytest.raises(AttributeError, match=f"{name}.Former is {name}.{new} since version"):
        _ = package.Former
    with pytest.raises(AttributeError, match="no attribute 'Latter'"):
        _ = package.Latter


def test_the_version_stands_in_one_place_and_is_told():
    assert experiments.__version__ == model.__version__ == __version__
    done = subprocess.run(
        [sys.executable, "-m", "experiments", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"gongzhi {__version__}\n"
    citation = (command_line.__file__).replace("experiments/cli/app.py", "CITATION.cff")
    with open(citation, encoding="utf-8") as file:
        assert f"version: {__version__}\n" in file.read()


@pytest.mark.parametrize(
    ("old", "name", "new"),
    [
        *((old, "", new) for old, (new, _) in python_names.MOVED.items()),
        ("model.scenario", "Scenario", "model.scenario.scenario"),
        ("model.district", "DistrictModel", "model.district.district"),
    ],
)
def test_modules_of_public_names_are_found_where_they_lay(old, name, new):
    ask = f"from {old} import {name or '*'}" if name else f"import {old}"
    script = (
        f"import importlib, warnings\nwith warnings.catch_warnings(record=True) as told:\n"
        f"    warnings.simplefilter('always')\n    {ask}\n"
        f"there = importlib.import_module({new!r})\nold = importlib.import_module({old!r})\n"
        f"names = [n for n in vars(there) if n[0].isupper()]\n"
        f"assert names and all(getattr(old, n) is getattr(there, n) for n in names)\n"
        f"print([(str(w.message), w.filename) for w in told])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.count("DeprecationWarning") == 0
    assert f"{old}" in done.stdout
    assert f"is now {new}" in done.stdout
    assert "<string>" in done.stdout, "the warning points to the user's own line"
