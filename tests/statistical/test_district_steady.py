"""Does an untouched community of the district stand still, although nothing is fitted there?

Slow: four communities, three pairs of seeds, five years; what matters are the means of the first two years and of
the last two. They may differ by a fifth: a dozen communities in all, of some eight associations each, of which one
in a hundred ends or begins in a month, leave a standard error of about 6 % (hours of service).
"""

from __future__ import annotations

import numpy as np
import pytest

from experiments.load import load
from experiments.simulate import simulate
from model.outcomes import COLUMNS

pytestmark = pytest.mark.slow

YEARS = 5


def test_the_district_stands_still() -> None:
    scenario = load("district110").scenario
    few = scenario.model_copy(update={"district": scenario.district.model_copy(update={"simulated": 4})})
    found = []
    for seed in (1, 2, 3):
        counts = simulate(few, "none", seed, seed, weeks=52 * YEARS).counts[1:, 0]
        found.append(counts.reshape(YEARS, 52, -1).sum(axis=1))
    by_year = np.mean(found, axis=0)
    for name in ("served_minutes", "attended_culture", "members", "registered"):
        yearly = by_year[:, COLUMNS.index(name)]
        change = yearly[-2:].mean() / yearly[:2].mean() - 1
        print(f"{name}: {change:+.3f} from years 1 and 2 to years 4 and 5")
        assert abs(change) < 0.2
