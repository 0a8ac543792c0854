"""What do the columns of a study's answers mean, and in which unit?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_ENDS = (
    ("chance_low", "as in the column unit", "lower end of the 90 % interval of chance, over seeds"),
    ("chance_high", "as in the column unit", "its upper end"),
    ("settings_low", "as in the column unit", "lower end of the 90 % interval of settings, over draws"),
    ("settings_high", "as in the column unit", "its upper end"),
)
_POLICY = ("policy", "name", "policy that is added to the status quo")
_OUTCOME = ("outcome", "name", "what the row is about, as in the data dictionary of a comparison")
_UNIT = ("unit", "name", "unit of the row's figures")
_YUAN = (
    "yuan_per_household",
    "yuan per household and year",
    "budget to which the policy's money is scaled; none: as the scenario declares it",
)


def _in_yuan(name: str, unit: str) -> tuple[str, str, str]:
    return name, unit, {"low": "lower", "high": "upper"}[name.rpartition("_")[2]] + " end of its interval"


def _bought(what: str, unit: str, doc: str) -> tuple[tuple[str, str, str], ...]:
    one = what.rstrip("s")
    return (
        (f"added_{what}", f"{unit} a year", doc),
        *(
            (f"added_{what}_{kind}_{end}", f"{unit} a year", f"{place} end of its 90 % interval of {kind}")
            for kind in ("chance", "settings")
            for end, place in (("low", "lower"), ("high", "upper"))
        ),
        (f"cost_per_added_{one}_yuan", "yuan", f"(spent + owed a year) / added {what}"),
        (
            f"cost_per_added_{one}_low",
            "yuan",
            "the same at the widest upper end of both intervals, or of chance if settings are not drawn",
        ),
        (
            f"cost_per_added_{one}_high",
            "yuan",
            "the same at the widest lower end of both intervals, or of chance if settings are not drawn",
        ),
        (f"{what}_estimable", "true or false", "whether no interval of what was added reaches zero"),
    )


COLUMNS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "effects": (
        _POLICY,
        _OUTCOME,
        _UNIT,
        ("group", "name", "group of residents"),
        ("adults", "persons", "adults of the group"),
        ("baseline", "as in the column unit", "mean without the policy, last year"),
        ("effect", "as in the column unit", "mean difference from the run without the policy, last year"),
        *_ENDS,
    ),
    "gaps": (
        _POLICY,
        _OUTCOME,
        ("group", "name", "group of residents"),
        ("other", "name", "group that it is compared with"),
        _UNIT,
        ("baseline", "as in the column unit", "group less other without the policy, last year"),
        ("effect", "as in the column unit", "mean change of that difference by the policy, last year"),
        *_ENDS,
    ),
    "responses": (
        _POLICY,
        ("yuan_per_household", "yuan per household and year", "budget of the policy"),
        _OUTCOME,
        _UNIT,
        ("effect", "as in the column unit", "mean difference from the run without the policy, last year"),
        *_ENDS,
        ("spent_yuan_per_year", "yuan a year", "money spent, mean of the years"),
        ("added_participants", "persons a year", "added participants in anything, mean of the years"),
    ),
    "costs": (
        _POLICY,
        _YUAN,
        ("spent_yuan_per_year", "yuan a year", "money spent, mean of the years"),
        ("liability_yuan", "yuan", "owed in credits at the end"),
        ("returned_yuan_per_year", "yuan a year", "money returned, mean of the years"),
        ("unspent_yuan_per_year", "yuan a year", "money neither spent nor promised, mean of the years"),
        (
            "in_kind_yuan_per_year",
            "yuan a year",
            "worth of rooms and staff time given in kind, mean of the years; rooms that were hired are "
            "spent money, too: never add both",
        ),
        *_bought("participants", "persons", "took part in anything and would not have, less those lost"),
        *_bought("hours", "hours", "hours of service without Party duty"),
        ("estimable", "true or false", "the same as participants_estimable"),
    ),
    "net_benefit": (
        _POLICY,
        _YUAN,
        ("value_yuan", "yuan per added participant and year", "what one is taken to be worth"),
        (
            "net_benefit_yuan_per_year",
            "yuan a year",
            "value x added participants - (spent + owed a year), mean of the years",
        ),
        *((name, "yuan a year", doc) for name, _, doc in _ENDS),
        (
            "share_of_settings_positive",
            "share of draws",
            "in which the net benefit is above 0, luck taken out",
        ),
    ),
    "attribution": (
        ("what", "name", "package, or policy whose channels are split"),
        ("player", "name", "policy of the package, or terms of the decision"),
        _OUTCOME,
        _UNIT,
        ("share", "as in the column unit", "the player's share of the effect, last year (Shapley)"),
        *_ENDS,
    ),
    "ranking": (
        ("one", "name", "policy with the larger mean effect"),
        ("other", "name", "policy that it is compared with; none is the baseline"),
        ("more", "settings", "in which the first adds more participants than the second"),
        ("less", "settings", "in which it adds fewer"),
        ("settings", "settings", "settings that were looked at"),
        ("verdict", "words", "what is decided so far by the sequential rule"),
        ("responsible", "names", "inputs that order the settings most, where these disagree"),
        ("words", "words", "the row as a sentence"),
    ),
}
"""Column, unit and meaning by table, in the order of the columns."""

TABLES = tuple(COLUMNS)


def columns(table: str) -> list[str]:
    """The columns of a table."""
    return [name for name, _, _ in COLUMNS[table]]


def dictionary() -> pd.DataFrame:
    """All columns of all tables: table, column, unit, meaning."""
    import pandas as pd

    rows = [(table, *column) for table, found in COLUMNS.items() for column in found]
    return pd.DataFrame(rows, columns=["table", "column", "unit", "meaning"])
