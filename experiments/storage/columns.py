"""What are the columns of the tables that we write: their units, meanings and types?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

    from experiments.storage.stamps import Stamp

TEXTS = frozenset({"name", "names", "words"})
WHOLES = frozenset({"number", "seed", "seeds", "week", "year", "settings"})


class Column(NamedTuple):
    """A column: its name, unit and meaning.

    The units name, names and words are of text, "true or false" is of flags; number, seed, seeds, week, year
    and settings are of whole numbers, as is whatever is ``whole``, all others of floats.
    """

    name: str
    unit: str
    meaning: str
    whole: bool = False

    @property
    def dtype(self) -> str:
        """The type of its values, as numpy calls it."""
        if self.unit in TEXTS:
            return "object"
        if self.unit == "true or false":
            return "bool"
        return "int64" if self.whole or self.unit in WHOLES else "float64"


def typed(rows: Iterable[object], columns: Sequence[Column]) -> pd.DataFrame:
    """The rows as a table of these columns with their types, which it has without rows, too."""
    import pandas as pd

    table = pd.DataFrame(list(rows), columns=[column.name for column in columns])
    return table.astype({column.name: column.dtype for column in columns if column.unit not in TEXTS})


def dictionary(
    tables: Mapping[str, Iterable[Column]], outcomes: Iterable[Sequence[str]] = (), *, wide: bool = False
) -> pd.DataFrame:
    """The data dictionary of some tables: table, column, outcome, unit, meaning.

    A row for every column of every table; then one for each of ``outcomes`` (name, unit, meaning), which are
    what the rows of long tables are about. In ``wide`` tables columns are outcomes themselves.
    """
    import pandas as pd

    rows: list[tuple[str, ...]] = [
        (table, column.name, column.name if wide else "", column.unit or "1", column.meaning)
        for table, columns in tables.items()
        for column in columns
    ]
    rows += [("", OUTCOME.name, *one) for one in outcomes]
    return pd.DataFrame(rows, columns=["table", "column", "outcome", "unit", "meaning"])


def stamps_of(stamps: Iterable[Stamp]) -> list[Column]:
    """The last columns of the tables of a result that is less than a full one."""
    return [Column(stamp.name, "words", "why this is less than a full result") for stamp in stamps]


def _persons(name: str, meaning: str) -> Column:
    return Column(name, "persons", f"{meaning}; none where the figure is not of persons")


def _bought(what: str, unit: str, doc: str) -> tuple[Column, ...]:
    one = what.rstrip("s")
    return (
        Column(f"added_{what}", f"{unit} a year", doc),
        *(
            Column(
                f"added_{what}_{kind}_{end}", f"{unit} a year", f"{place} end of its 90 % interval of {kind}"
            )
            for kind in ("chance", "settings")
            for end, place in (("low", "lower"), ("high", "upper"))
        ),
        Column(f"cost_per_added_{one}_yuan", "yuan", f"(spent + owed a year) / added {what}"),
        *(
            Column(
                f"cost_per_added_{one}_{end}",
                "yuan",
                f"the same at the widest {of} end of both intervals, or of chance if settings are not drawn",
            )
            for end, of in (("low", "upper"), ("high", "lower"))
        ),
        Column(f"{what}_estimable", "true or false", "whether no interval of what was added reaches zero"),
    )


POLICY = Column("policy", "name", "policy that is added to the status quo")
OUTCOME = Column("outcome", "name", "what the row is about; its outcomes stand in this dictionary, too")
UNIT = Column("unit", "name", "unit of the row's figures")
GROUP = Column("group", "name", "group of residents; all is everybody")
WEEK = Column("week", "week", "state after it; 0 is the end of the spin-up")
SEEDS = (
    Column("world", "seed", "people, ties and their start"),
    Column("luck", "seed", "everything weekly"),
)
SERIES = (WEEK, Column("community", "name", "community, or district for its totals"), GROUP)
EFFECT = Column(
    "effect", "as in the column unit", "mean difference from the run without the policy, last year"
)
CHANCE = (
    Column("chance_low", "as in the column unit", "lower end of the 90 % interval of chance, over seeds"),
    Column("chance_high", "as in the column unit", "its upper end"),
)
ENDS = (
    *CHANCE,
    Column("settings_low", "as in the column unit", "lower end of the 90 % interval of settings, over draws"),
    Column("settings_high", "as in the column unit", "its upper end"),
)
EFFECTS = (
    Column("adults", "persons", "adults of the group, mean over seeds"),
    Column("baseline", "as in the column unit", "mean without the policy, last year"),
    EFFECT,
    *ENDS,
)
GAPS = (
    *(POLICY, OUTCOME, GROUP),
    Column("other", "name", "group that it is compared with"),
    UNIT,
    Column("baseline", "as in the column unit", "group less other without the policy, last year"),
    Column("effect", "as in the column unit", "mean change of that difference by the policy, last year"),
    *ENDS,
)
COSTS = (
    Column("spent_yuan_per_year", "yuan a year", "money spent, mean of the years"),
    Column("liability_yuan", "yuan", "owed in credits at the end"),
    Column("returned_yuan_per_year", "yuan a year", "money returned, mean of the years"),
    Column("unspent_yuan_per_year", "yuan a year", "money neither spent nor promised, mean of the years"),
    Column(
        "in_kind_yuan_per_year",
        "yuan a year",
        "worth of rooms and staff time given in kind, mean of the years; rooms that were hired are spent "
        "money, too: never add both",
    ),
    *_bought("participants", "persons", "took part in anything and would not have, less those lost"),
    *_bought("hours", "hours", "hours of service without Party duty"),
    Column("estimable", "true or false", "the same as participants_estimable"),
)

COMPARISON: dict[str, tuple[Column, ...]] = {
    "table": (
        *(POLICY, OUTCOME, GROUP, UNIT, *EFFECTS),
        _persons("persons", "the effect in persons"),
        _persons("persons_low", "lower end of its 90 % interval of chance"),
        _persons("persons_high", "its upper end"),
        _persons("persons_settings_low", "lower end of its 90 % interval of settings"),
        _persons("persons_settings_high", "its upper end"),
        Column(
            "variance_reduction",
            "1",
            "variance of the effect if both runs had other people and luck / variance as it is",
        ),
        Column("variance_reduction_foreseen", "1", "the same for independent persons of whom few switch"),
    ),
    "gaps": GAPS,
    "costs": (POLICY, *COSTS),
    "years": (
        POLICY,
        Column("year", "year", "year after the spin-up, from 1"),
        *(OUTCOME, UNIT),
        Column(
            "effect", "as in the column unit", "mean difference from the run without the policy, that year"
        ),
        *CHANCE,
    ),
    "drift": (
        Column("outcome", "name", "figure of the community without a policy"),
        Column("drift_per_year", "share a year", "its relative change, last over first year"),
        Column("standard_error", "share a year", "standard error of that over seeds"),
        Column("seeds", "seeds", "pairs of seeds"),
        Column("limit", "share a year", "from which on it drifts"),
        Column("met", "true or false", "whether it is below the limit"),
    ),
    "patterns": (
        Column("pattern", "name", "pattern that a community is known to have"),
        Column(
            "class",
            "name",
            "calibrated (its figures were fitted), emergent, or wired (holds by construction)",
        ),
        Column("wanted", "words", "the pattern"),
        Column("found", "words", "what the community without a policy has, last year"),
        Column("met", "true or false", "whether that is the pattern"),
    ),
    "influence": (
        POLICY,
        Column("outcome", "name", "whose effect it moves"),
        Column("parameter", "name", "input that was drawn"),
        Column("mark", "name", "what the input rests on"),
        Column("rho", "-1 to 1", "rank correlation of the input and the effect over the draws"),
        Column("bound", "0 to 1", "beyond which one of twenty inputs without influence would be"),
    ),
    "settings_draws": (
        Column("draw", "number", "number of the draw, from 0"),
        Column("world", "seed", "its world"),
    ),
}
"""The columns of a comparison's tables; of ``settings_draws`` those before the drawn inputs and effects."""
