"""Would the tests see a mistake in the engine? Each mutant is one, put into a copy of the sources.

The copy is tested as it is first, which also fills its kernel cache: a mutant that the process did not
see, because kernels of the old text were taken from that cache, would survive and be told.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from model.parameters.decision import TERMS

ROOT = Path(__file__).parent.parent
ORACLE = ("tests/exact/test_oracle.py",)
CREDITS = ("tests/exact/test_credits.py",)
ISSUES = ("tests/exact/test_issues.py",)
LAWS = ("tests/exact/test_laws.py",)
GOVERNMENT = ("tests/exact/test_government.py",)
CHOICES = ("tests/statistical/test_formulas.py", "-k", "choices_settle or habit_has")


@dataclass(frozen=True)
class Mutant:
    """One mistake: in ``file``, ``old`` becomes ``new``; each entry of ``tests`` alone should see it."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[tuple[str, ...], ...]


TERM_SWITCH = "            for m in range(9):\n                if p.term_on[m] == 0.0:"

MUTANTS = (
    Mutant("peer means unweighted", "model/week/perception.py", "w = weight[at]", "w = 1.0", (LAWS, ORACLE)),
    Mutant(
        "memory a week too long",
        "model/week/perception.py",
        "decision.memory - 1",
        "decision.memory * 2 - 1",
        (CHOICES, ORACLE),
    ),
    Mutant("yearly window a week short", "model/state/outcomes.py", "2**52 - 1", "2**51 - 1", (LAWS,)),
    Mutant(
        "one draw for all residents",
        "model/week/decide.py",
        "uniforms(model.luck, activity, people.id, model.week)",
        "uniforms(model.luck, activity, people.id[:1].repeat(n), model.week)",
        (CHOICES, ORACLE),
    ),
    Mutant(
        "one draw for all ids",
        "model/core/draws.py",
        "out[row] = draw(seed, stream, ids[row], week, k)",
        "out[row] = draw(seed, stream, ids[0], week, k)",
        (("tests/exact/test_draws.py",),),
    ),
    *(
        Mutant(
            f"sign of the term {name!r}",
            "model/week/decide.py",
            TERM_SWITCH,
            f"            term[{m}] = -term[{m}]\n{TERM_SWITCH}",
            (ORACLE,),
        )
        for m, name in enumerate(TERMS)
    ),
    Mutant(
        "a constant of exp, in kernels of other files",
        "model/core/arithmetic.py",
        "return (1.0 + (r + (r2 * tail + rest)))",
        "return (1.1 + (r + (r2 * tail + rest)))",
        (CHOICES,),
    ),
    Mutant(
        "what is asked for may expire",
        "model/week/serve/credits.py",
        "np.maximum(state.recent, people.credit_asked)",
        "state.recent",
        (CREDITS,),
    ),
    Mutant(
        "the queue is served from the end",
        "model/week/serve/redemption.py",
        "state.queue = np.concatenate((state.queue, rows))",
        "state.queue = np.concatenate((rows, state.queue))",
        (CREDITS,),
    ),
    Mutant(
        "redeemed minutes are given to those in need as well",
        "model/week/serve/care.py",
        "volunteer = book.volunteer - redeemed",
        "volunteer = book.volunteer",
        (CREDITS,),
    ),
    Mutant(
        "deadlines a week longer", "model/state/issues.py", "issue.due <= week", "issue.due < week", (ISSUES,)
    ),
    Mutant(
        "the overdue are not withdrawn",
        "model/state/issues.py",
        "queue[gone].week <= until",
        "queue[gone].week < until",
        (ISSUES, ORACLE),
    ),
    Mutant(
        "fractions of a capacity are lost",
        "model/state/issues.py",
        "self.carry[level] -= number",
        "self.carry[level] = 0.0",
        (ORACLE,),
    ),
    Mutant(
        "those who moved away hear of their issues",
        "model/week/deliberate.py",
        "for i in issues if people.id[i.row] == i.raiser",
        "for i in issues",
        (ISSUES, ORACLE),
    ),
    Mutant(
        "an issue waits at least a week",
        "model/week/deliberate.py",
        "    _raise_issues(model)\n    good = _handle(model)\n",
        "    good = _handle(model)\n    _raise_issues(model)\n",
        (("tests/statistical/test_formulas.py", "-k", "issues_queue"), ORACLE),
    ),
    Mutant(
        "government buys from everybody",
        "model/state/contracts.py",
        "organization.alive and organization.legal_form in purchase.buy_from",
        "organization.alive",
        (GOVERNMENT, ORACLE),
    ),
    Mutant(
        "the odd fen to the smallest remainder",
        "model/state/allocation.py",
        "-(amount * weights[i] % total)",
        "(amount * weights[i] % total)",
        (GOVERNMENT, ORACLE),
    ),
    Mutant(
        "the second instalment at the end",
        "model/week/disburse/contracts.py",
        "contract.first + (contract.last - contract.first + 1) // 2",
        "contract.last",
        (GOVERNMENT, ORACLE),
    ),
    Mutant(
        "kernels cached whatever the sources",
        "model/core/kernel_cache.py",
        'f"kernels-{fingerprint()}"',
        '"kernels"',
        (("tests/exact/test_compiled.py",),),
    ),
)


def copied(folder: Path) -> Path:
    """A copy of the sources, their tests and what these read in ``folder``."""
    ignored = shutil.ignore_patterns("__pycache__", ".*", "results", "build", "dist")
    return Path(shutil.copytree(ROOT, folder, ignore=ignored, dirs_exist_ok=True))


@contextmanager
def mutated(folder: Path, mutant: Mutant) -> Iterator[None]:
    """The copy with the mistake in it. Raises AssertionError unless its text stands there exactly once."""
    sound = (folder / mutant.file).read_text(encoding="utf-8")
    found = sound.count(mutant.old)
    assert found == 1, f"mutant {mutant.name!r}: {mutant.old!r} stands {found} times in {mutant.file}"
    with replaced(folder / mutant.file, sound.replace(mutant.old, mutant.new)):
        yield


@contextmanager
def replaced(file: Path, text: str) -> Iterator[None]:
    """Another text in ``file``, until the block ends; then it is as old as before, for the kernels' cache."""
    sound, was = file.read_text(encoding="utf-8"), file.stat()
    file.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(sound, encoding="utf-8")
        os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))


def in_copy(folder: Path, *arguments: str, most: float | None = None) -> subprocess.CompletedProcess[str]:
    """What Python says to ``arguments`` in the copy, after at most ``most`` seconds."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",  # two texts of one length within one second look alike to its cache
        "GONGZHI_CACHE": str(folder / "cache"),
    }
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=most,
    )


def first_failure(folder: Path, tests: tuple[str, ...], most: float | None = None) -> str | None:
    """The first of ``tests`` that fails in the copy, None if all pass; "timeout" after ``most`` seconds.

    Raises AssertionError if the tests cannot be run at all, or would not test the copy.
    """
    where = in_copy(
        folder, "-c", "from importlib.util import find_spec as f; print(f('model'), f('experiments'))"
    )
    assert where.stdout.count(f"'{folder}") >= 2, f"the copy in {folder} is not what would be tested: {where}"
    try:
        done = in_copy(folder, "-m", "pytest", "-x", "-rfE", "--tb=no", *tests, most=most)
    except subprocess.TimeoutExpired:
        return "timeout"
    assert done.returncode in (0, 1, 2), f"pytest ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    if done.returncode == 0:
        return None
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    assert failed, done.stdout
    return failed[1]
