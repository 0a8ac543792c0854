"""Does every mistake of `tests.mutants` make a test fail?"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants import MUTANTS, Mutant, copied, first_failure, mutated

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy whose tests pass, kernels compiled."""
    folder = copied(tmp_path_factory.mktemp("mutants"))
    for tests in sorted({tests for mutant in MUTANTS for tests in mutant.tests}):
        assert first_failure(folder, tests) is None
    return folder


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mistake_is_seen(sound: Path, mutant: Mutant) -> None:
    with mutated(sound, mutant):
        for tests in mutant.tests:
            failed = first_failure(sound, tests)
            print(f"\n{mutant.name}: {failed or 'SURVIVED ' + ' '.join(tests)}", end="")
            assert failed
