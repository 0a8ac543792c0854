"""Do workers start wherever work is started from, or is one message said before any run?"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from experiments.runs import parallel
from experiments.runs.parallel import Pool, RunFailed, Workers
from model.core.errors import GongzhiError

MAPPED = "from experiments import map_tasks\n{guard}print(map_tasks(abs, [-1, 2], {workers}))\n"
GUARD = 'if __name__ == "__main__":\n    '


def python(*arguments: str, cwd: Path, **given: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=cwd,
        env=environment,
        **given,  # type: ignore[call-overload]
    )


@pytest.mark.parametrize("guard", ["", GUARD])
def test_f07_a_script_from_standard_input_is_told_before_anything_runs(guard: str, tmp_path: Path) -> None:
    done = python("-", cwd=tmp_path, input=MAPPED.format(guard=guard, workers=2))
    assert done.returncode != 0
    assert done.stdout == ""
    said = done.stderr.strip().splitlines()
    assert said[-1].startswith("model.core.errors.GongzhiError: ")
    assert "<stdin>" in said[-1]
    assert "workers=1" in said[-1]
    assert done.stderr.count("Traceback") == 1  # the caller's own: no worker has started


def test_f07_a_script_that_is_gone_is_told(tmp_path: Path) -> None:
    script = tmp_path / "mine.py"
    script.write_text(f"import os\nos.remove(__file__)\n{MAPPED.format(guard=GUARD, workers=2)}")
    done = python("mine.py", cwd=tmp_path)
    assert done.returncode != 0
    assert f"{script}: worker processes cannot be started from here" in done.stderr
    assert done.stderr.count("Traceback") == 1


def test_f07_a_module_that_moved_away_is_told(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        f"import os\nos.remove(__file__)\n{MAPPED.format(guard=GUARD, workers=2)}"
    )
    done = python("-m", "mine", cwd=tmp_path)
    assert "worker processes cannot be started from here" in done.stderr


def test_f07_a_relative_script_is_found_from_another_folder(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(f"import os\nos.chdir('/')\n{MAPPED.format(guard=GUARD, workers=2)}")
    done = python("mine.py", cwd=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "[1, 2]"), done.stderr


def _dies(*_: object) -> None:
    os._exit(3)


def test_f07_workers_that_cannot_start_are_told_from_one_that_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    dying = Pool(1)
    with pytest.raises(BrokenProcessPool):
        dying.submit(_dies, None).result(timeout=60)
    dying.refuse_if_none_began()
    dying.kill()

    monkeypatch.setattr(parallel, "begin_worker", _dies)
    with Workers(2) as workers, pytest.raises(RunFailed, match="no worker process could be started"):
        workers.map(abs, [-1, 2])


@pytest.mark.parametrize("text", ["", "if True:\n    ", "def main():\n    "])
def test_f31_one_worker_needs_no_guard(text: str, tmp_path: Path) -> None:
    call = "\nmain()\n" if "main" in text else ""
    (tmp_path / "mine.py").write_text(MAPPED.format(guard=text, workers=1) + call)
    done = python("mine.py", cwd=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "[1, 2]"), done.stderr


@pytest.mark.parametrize(("workers", "said"), [(1, "nothing of the kind"), (2, "no guard")])
def test_f31_a_comparison_asks_for_the_guard_of_several_workers_only(
    workers: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from experiments import compare  # not above: workers import this file, and would import numba

    def refuse() -> None:
        raise GongzhiError(what="no guard")

    monkeypatch.setattr(parallel, "refuse_without_guard", refuse)
    with pytest.raises(GongzhiError, match=said):
        compare("wangzhuang", ["nothing of the kind"], workers=workers)


def test_s01_the_script_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    monkeypatch.setattr(parallel, "refuse_without_guard", lambda: read.append(1))
    with Workers(2) as workers:
        for _ in range(2):
            assert workers.map(abs, [-1, 2]) == [1, 2]
            workers._pool = None
    assert read == [1]


def test_s01_the_console_script_may_be_replaced_meanwhile(tmp_path: Path) -> None:
    script = tmp_path / "gongzhi"
    script.write_text(
        "import sys\n"
        "from experiments.__main__ import main\n"
        "import experiments.cli\n"
        "from experiments.runs.parallel import Workers, map_tasks\n"
        "def instead():\n"
        "    workers = Workers(2)\n"
        "    open(sys.argv[0], 'w', encoding='utf-8').write('an update that is half written (')\n"
        "    print(workers.map(abs, [-1, 2]), map_tasks(abs, [-3, 4], 2))\n"
        "experiments.cli.main = instead\n"
        "main()\n"
    )
    done = python(str(script), cwd=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "[1, 2] [3, 4]"), done.stderr


def test_a_refusal_names_the_guard_and_the_line(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MAPPED.format(guard="", workers=2))
    done = python("mine.py", cwd=tmp_path)
    last = done.stderr.strip().splitlines()[-1]
    assert GUARD.strip() in last
    assert "mine.py, line 2" in last


def test_no_worker_is_no_number_of_workers() -> None:
    with pytest.raises(GongzhiError, match="0 workers"):
        Workers(0)


def test_f07_files_beside_a_user_are_not_taken_for_libraries(tmp_path: Path) -> None:
    for name in ("numpy", "json", "calendar", "typer", "mesa", "numba"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('this is not the library')\n")
    done = python("-m", "experiments", "list", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "wangzhuang" in done.stdout
