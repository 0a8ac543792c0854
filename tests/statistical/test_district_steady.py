"""Does an untouched community of the district stand still, although nothing is fitted there?

Slow: four communities, three pairs of seeds, five years; compared are the first two years and the last
two. They may differ by a fifth: the standard error of the change, printed beside it, is some 10 % for
hours of service, since four communities have two dozen associations in all and some begin and end.
"""

from __future__ import annotations

import numpy as np
import pytest

from experiments.loading.load import load
from experiments.runs.simulate import simulate
from model.state.outcomes import COLUMNS

pytestmark = pytest.mark.slow

YEARS = 5


def test_the_district_stands_still() -> None:
    scenario = load("district110").scenario
    few = scenario.model_copy(update={"district": scenario.district.model_copy(update={"simulated": 4})})
    found = []
    for seed in (1, 2, 3):
        counts = simulate(few, "none", seed, seed, weeks=52 * YEARS).counts[1:, 0]
        found.append(counts.reshape(YEARS, 52, -1).sum(axis=1))
    for name in ("served_minutes", "attended_culture", "members", "registered"):
        yearly = np.array(found)[:, :, COLUMNS.index(name)]
        changes = yearly[:, -2:].mean(axis=1) / yearly[:, :2].mean(axis=1) - 1
        error = changes.std(ddof=1) / np.sqrt(len(changes))
        print(f"{name}: {changes.mean():+.3f} (standard error {error:.3f}) from years 1 and 2 to 4 and 5")
        assert abs(changes.mean()) < 0.2
