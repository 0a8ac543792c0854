"""What does a study cost beside its runs, how do two workers share them, and does its memory stay flat?

A study runs whole, by as many workers as asked for; in the same minutes, in turns, so do: a part of it by one
worker, all its runs by plain `simulate` in as many bare loops as there are workers, and loops that only
count, alone and side by side.

PYTHONPATH=. python -m benchmarks.study [--runs 2000] [--workers 2] [--persons 2000] [--turn 20]
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.sweep import POLICIES, sweep
from benchmarks.turns import Program, go, spin

SEEDS = 10
SPINS, SPIN_SECONDS = 4, 0.5


@dataclass(frozen=True)
class Round:
    """One round of turns: wall seconds and runs begun by all workers and by one, and the speeds of counting
    loops (loops per second, all of them together) side by side and alone."""

    many: tuple[float, int]
    one: tuple[float, int]
    spin_many: float
    spin_one: float


def efficiency(rounds: Sequence[Round]) -> float:
    """How much faster all workers are than one, over how much faster as many counting loops are than one."""

    def rate(turns: Sequence[tuple[float, int]]) -> float:
        return sum(runs for _, runs in turns) / sum(seconds for seconds, _ in turns)

    spins = sum(r.spin_many for r in rounds) / sum(r.spin_one for r in rounds)
    return rate([r.many for r in rounds]) / rate([r.one for r in rounds]) / spins


def overhead(spent: float, bare: float) -> float:
    """What is spent beyond the bare loops, as a share of them."""
    return spent / bare - 1


def growth(peaks: Sequence[float]) -> tuple[float, float, float]:
    """Mean over the first and over the last tenth, in the unit of ``peaks``, and the growth as a share."""
    tenth = max(1, len(peaks) // 10)
    first, last = sum(peaks[:tenth]) / tenth, sum(peaks[-tenth:]) / tenth
    return first, last, last / first - 1


def begun(folder: Path) -> int:
    """Runs that a study has begun so far."""
    log = folder / "provenance" / "begun.log"
    return log.read_bytes().count(b"\n") if log.exists() else 0


def taken(program: Program, folder: Path, seconds: float) -> tuple[float, int]:
    """Wall seconds of one turn of a study, and the runs begun in it."""
    before = begun(folder)
    return (0.0, 0) if program.ended else (go([program], seconds), begun(folder) - before)


def beside(processes: int, program: Program, folder: Path, seconds: float) -> tuple[tuple[float, int], float]:
    """One turn of a study, and the speed of as many counting loops as it has workers, before and after.

    Loops are begun again and again: one process counts up to 10 % faster than the next.
    """
    speeds = [spin(processes, SPIN_SECONDS) for _ in range(SPINS)]
    turn = taken(program, folder, seconds)
    speeds += [spin(processes, SPIN_SECONDS) for _ in range(SPINS)]
    return turn, sum(speeds) / len(speeds)


def measured(runs: int, workers: int, persons: int, turn: float) -> None:
    """Run everything and print the table."""
    points = runs // (SEEDS * len(POLICIES))
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        whole, part = Path(temporary, "whole"), Path(temporary, "part")
        total = sweep(whole, persons, points, SEEDS)
        fewer = sweep(part, persons, points, max(1, SEEDS // workers))
        command = ("-m", "experiments", "study", "run")
        warm = Path(temporary, "warm")
        sweep(warm, 200, 1, 1)
        go([stack.enter_context(Program(*command, str(warm), "--workers", "1"))], math.inf)
        many = stack.enter_context(Program(*command, str(whole), "--workers", str(workers)))
        one = stack.enter_context(Program(*command, str(part), "--workers", "1"))
        bare = [
            stack.enter_context(Program("-m", "benchmarks.bare_loop", str(whole), str(i), str(workers)))
            for i in range(workers)
        ]
        rounds = []
        while not all(program.ended for program in (many, one, *bare)):
            by_many, spin_many = beside(workers, many, whole, turn)
            by_one, spin_one = beside(1, one, part, turn)
            rounds.append(Round(by_many, by_one, spin_many, spin_one))
            go(bare, turn)
        log = (whole / "provenance" / "runs.jsonl").read_text(encoding="utf-8").splitlines()
        lines = [json.loads(line) for line in log]
        loops = [(int(n), float(cpu)) for n, cpu in (loop.output.split() for loop in bare)]
    if not sum(n for n, _ in loops) == len(lines) == total:
        raise RuntimeError(f"{total} runs were wanted: the study has {len(lines)}, the loops {loops}")
    alone = sum(cpu for _, cpu in loops)
    print(
        f"{total:,} runs of {persons:,} persons: {len(POLICIES)} policies x {points} points x {SEEDS} pairs "
        "of seeds; the policies of a point and pair share their spin-up\n"
    )
    _print_line(f"study, {workers} workers", total, many.seconds, many.cpu)
    _print_line("part of it, 1 worker", fewer, one.seconds, one.cpu)
    _print_line(f"bare loops, {workers} side by side", total, max(loop.seconds for loop in bare), alone)
    _print_efficiency(rounds, workers)
    _print_overhead(many, alone, sum(line["cpu_seconds"] for line in lines))
    first, last, grown = growth([line["peak_mb"] for line in lines])
    print(
        f"peak memory of a worker: {first:.0f} MB in the first tenth of the runs, {last:.0f} MB in the last, "
        f"{grown:+.1%} (wanted: below 3 %); parent {many.peak_mb:.0f} MB"
    )


def _print_line(name: str, runs: int, wall: float, cpu: float) -> None:
    print(f"{name:27}{runs:6,} runs{wall:9.1f} s{60 * runs / wall:8.1f} runs/minute{cpu:10.1f} CPU s")


def _print_efficiency(rounds: Sequence[Round], workers: int) -> None:
    spins = sum(r.spin_many for r in rounds) / sum(r.spin_one for r in rounds)
    each = [efficiency([r]) for r in rounds if r.many[1] and r.one[1]]
    print(
        f"\nparallel efficiency: {efficiency(rounds):.3f} (wanted: 0.9 or more), in single rounds "
        f"{min(each):.2f} to {max(each):.2f}\n"
        f"  runs a minute by {workers} workers over those by 1 ({efficiency(rounds) * spins:.2f}), over "
        f"loops that {workers} processes count over those of 1 ({spins:.2f})"
    )


def _print_overhead(study: Program, bare: float, in_runs: float) -> None:
    print(
        f"overhead: {overhead(study.cpu, bare):+.1%} (wanted: below 5 %)\n"
        "  CPU of the study and all its processes from start to end, imports too, over that of the bare\n"
        f"  loops without theirs; of it runs, with recording and storing {overhead(in_runs, bare):+.1%}, the "
        f"parent {study.own_cpu / bare:+.1%},\n"
        f"  the start of workers {(study.cpu - study.own_cpu - in_runs) / bare:+.1%}"
    )


def main() -> None:
    """Read what is asked for."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--runs", type=int, default=2000, help="a multiple of 40")
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--persons", type=int, default=2000)
    asked.add_argument("--turn", type=float, default=20.0, help="seconds of a turn")
    given = asked.parse_args()
    if given.runs < 40 or given.runs % 40 or given.workers < 2:
        asked.error("--runs is a multiple of 40, --workers 2 or more")
    measured(given.runs, given.workers, given.persons, given.turn)


if __name__ == "__main__":
    main()
