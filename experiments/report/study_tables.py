"""What do the tables of a study say of effects, groups, budgets, costs, net benefit and attribution?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from experiments.comparison.effects import MEASURED
from experiments.comparison.summary import ENDS, SMALLEST_GROUP
from experiments.report import panels
from experiments.report.equity import gaps
from experiments.report.results import cost, decimals_of, interval, marked, policies_of
from experiments.words import names
from experiments.words.blocks import Block, Heading, Panels, Paragraph, Table
from experiments.words.words import Words, plain, rounded

if TYPE_CHECKING:
    import pandas as pd

    from experiments.comparison.compared import Compared
    from experiments.study.analysis.answers import Answers

FIGURES = tuple(e.name for e in MEASURED)
"""Outcomes that a page has words for; persons who switch are not an effect."""
POINTS = ("share", "share of offers")
SHOWN_VALUES = (0, 500, 1000, 1500, 2000)
"""Yuan that an added participant may be worth, for which the table tells the net benefit."""

Row = dict[str, Any]


def by_activity(words: Words, answers: Answers) -> Iterator[Block]:
    """Effects of the last year on all adults, every outcome, with both intervals."""
    _ = words._
    everybody = answers.effects[answers.effects["group"] == "all"]
    order = {name: i for i, name in enumerate(FIGURES)}
    rows = sorted(
        (row for row in records(everybody) if row["outcome"] in order and math.isfinite(row["effect"])),
        key=lambda row: order[row["outcome"]],
    )
    yield Paragraph(
        _(
            "All simulated adults, last year: with the policy less without it. Shares change in percentage "
            "points. Chance and settings as above."
        )
    )
    header = (
        *(_("outcome"), _("effect"), _("chance"), _("settings")),
        *(_("unit"), _("without the policy")),
    )
    for policy in policies_of(answers.comparison):
        body = tuple(
            (
                names.outcome(words, row["outcome"]),
                *three(words, row),
                measure(words, row["unit"]),
                level(words, row),
            )
            for row in rows
            if row["policy"] == policy
        )
        name = named(words, answers.comparison, policy)
        yield Table(header, body, caption=_("{policy}: effects in the last year, all adults", policy=name))


def by_group(words: Words, answers: Answers) -> Iterator[Block]:
    """Effects of the last year by group; groups too small to tell of anything but persons are withheld."""
    _ = words._
    table = answers.effects[answers.effects["group"] != "all"]
    if table.empty:
        yield Paragraph(
            _(
                "Not asked of this study: name groups of residents besides all in groups, under [record] in "
                "study.toml."
            )
        )
        return
    yield Paragraph(
        _(
            "Last year, among each group's own adults. Groups overlap and each interval stands for itself: "
            "among so many rows some lie clear of zero by luck. Groups of fewer than {n} simulated persons "
            "are withheld.",
            n=SMALLEST_GROUP,
        )
    )
    yield from gaps(words, answers.comparison)
    header = (
        *(_("group"), _("effect"), _("chance"), _("settings")),
        *(_("without the policy"), _("adults")),
    )
    for outcome in (name for name in FIGURES if name in set(table["outcome"])):
        rows = records(table[table["outcome"] == outcome])
        unit = measure(words, rows[0]["unit"])
        yield Heading(
            _("{outcome} (effects: {unit})", outcome=names.outcome(words, outcome), unit=unit),
            3,
        )
        for policy in policies_of(answers.comparison):
            body = tuple(_group_row(words, row) for row in rows if row["policy"] == policy)
            yield Table(header, body, caption=named(words, answers.comparison, policy))


def _group_row(words: Words, row: Row) -> tuple[str, ...]:
    name = names.group(words, row["group"])
    if row["adults"] < SMALLEST_GROUP:
        return (name, *(words._("withheld"),) * 4, words._("fewer than {n}", n=SMALLEST_GROUP))
    return (name, *three(words, row), level(words, row), rounded(row["adults"]))


def budgets(words: Words, answers: Answers) -> Iterator[Block]:
    """How effects grow with a year's money per household: curves, and the same as tables."""
    _ = words._
    table = answers.responses
    table = table[table["yuan_per_household"].notna()]
    policies = [p for p in policies_of(answers.comparison) if p in set(table["policy"])]
    if not policies:
        example = (policies_of(answers.comparison) or ("funding",))[0]
        yield Paragraph(
            _(
                "Not asked of this study: add arms such as {arms} to policies in study.toml, the number "
                "being yuan per household and year.",
                arms=words.listed(f'"{example}@{yuan}"' for yuan in (0, 10, 100)),
            )
        )
        return
    yield Paragraph(
        _(
            "A year's money is scaled, its split stays. Only the budgets marked on the axis were simulated; "
            "the lines between them are no results."
        )
    )
    titles = {p: named(words, answers.comparison, p) for p in policies}
    across = "yuan_per_household", _("budget (yuan per household and year)")
    for number, outcome in enumerate(dict.fromkeys(table["outcome"])):
        own = table[table["outcome"] == outcome]
        unit = measure(words, own["unit"].iloc[0])
        label = _("effect ({unit})", unit=unit)
        what = _bought(words, outcome, own["unit"].iloc[0])
        yield Heading(what, 3)
        yield Panels(
            panels.curves(words, own, across, ("effect", label), titles, f"budgets-{number}"),
            bands(words, bars=True, others=len(policies) > 1),
        )
        header = (
            *(_("policy"), _("budget (yuan per household and year)")),
            *(label, _("chance"), _("settings"), _("spent a year (yuan)")),
        )
        body = tuple(
            (
                titles[row["policy"]],
                plain(row["yuan_per_household"]),
                *three(words, row),
                rounded(row["spent_yuan_per_year"]),
            )
            for policy in policies
            for row in records(own.sort_values("yuan_per_household"))
            if row["policy"] == policy
        )
        caption = _("{outcome}, by budget", outcome=what)
        yield Table(header, body, caption=caption)


def _bought(words: Words, outcome: str, unit: str) -> str:
    """What money buys: an outcome in persons is told as participants, not as the share of its own name."""
    activity = outcome.removeprefix("reach_")
    if unit == "persons" and activity in names.TAKERS:
        return words._("added participants: {activity}", activity=words._(names.TAKERS[activity]))
    return names.outcome(words, outcome)


def costs(words: Words, answers: Answers) -> Iterator[Block]:
    """What an added participant and an added hour cost, at every budget that was run."""
    _ = words._
    header = (
        *(_("policy"), _("budget (yuan per household and year)"), _("spent a year (yuan)")),
        *(_("added participants a year"), _("chance"), _("settings")),
        *(_("per added participant (yuan)"), _("per added hour (yuan)")),
    )
    body = []
    table = answers.costs.sort_values("yuan_per_household", na_position="first", kind="stable")
    for policy in policies_of(answers.comparison):
        for row in records(table[table["policy"] == policy]):
            ends = [row[f"added_participants_{end}"] for end in ENDS]
            body.append(
                (
                    named(words, answers.comparison, policy),
                    budget(words, row),
                    rounded(row["spent_yuan_per_year"]),
                    rounded(row["added_participants"], sign=True),
                    interval(words, *ends[:2]),
                    interval(words, *ends[2:]),
                    cost(words, row, "participant"),
                    cost(words, row, "hour"),
                )
            )
    yield Paragraph(
        _(
            "Means of all years. The range behind a cost reaches to the widest ends of both intervals; where "
            "one of them holds zero, or is not known, the cost cannot be estimated."
        )
    )
    yield Table(header, tuple(body), names=2, caption=_("Cost per added participant and per added hour"))


def net_benefit(words: Words, answers: Answers) -> Iterator[Block]:
    """What a policy is worth beyond its cost, for whatever an added participant is held to be worth."""
    _ = words._
    table = _one_budget(answers.net_benefit)
    policies = [p for p in policies_of(answers.comparison) if p in set(table["policy"])]
    if not policies:
        yield Paragraph(_("Not asked of this study: no policy spends money."))
        return
    yield Paragraph(
        _(
            "What one more participant a year is worth is not for a simulation to say. For every such value "
            "the net benefit is the value times the added participants, less the money spent and owed. Below "
            "zero a policy costs more than it is held to be worth. In how many settings it lies above zero "
            "is told beside it (cost-effectiveness acceptability: Fenwick, Claxton & Sculpher 2001; net "
            "benefit: Stinnett & Mullahy 1998)."
        )
    )
    titles = {
        p: _at_budget(words, named(words, answers.comparison, p), records(table[table["policy"] == p])[0])
        for p in policies
    }
    across = "value_yuan", _("value of one added participant (yuan)")
    up = "net_benefit_yuan_per_year", _("net benefit (yuan a year)")
    yield Panels(
        panels.curves(words, table, across, up, titles, "net-benefit"),
        bands(words, bars=False, others=len(policies) > 1),
    )
    share = "share_of_settings_positive", _("settings with a net benefit above zero (%)")
    if table[share[0]].notna().any():
        yield Panels(
            (panels.shares(words, table, across, share, titles, "acceptability"),),
            _("Share of the settings in which the net benefit lies above zero, by policy."),
        )
    values = table["value_yuan"]
    near = {float(values.iloc[int((values - wanted).abs().to_numpy().argmin())]) for wanted in SHOWN_VALUES}
    header = (
        *(_("policy"), _("budget (yuan per household and year)"), _("value of one added participant (yuan)")),
        *(_("net benefit (yuan a year)"), _("chance"), _("settings"), _("above zero in settings")),
    )
    body = tuple(
        (
            named(words, answers.comparison, policy),
            budget(words, row),
            plain(row["value_yuan"]),
            rounded(row["net_benefit_yuan_per_year"], sign=True),
            *two(words, row),
            _known_percent(words, row["share_of_settings_positive"]),
        )
        for policy in policies
        for row in records(table[table["policy"] == policy])
        if row["value_yuan"] in near
    )
    yield Table(header, body, names=2, caption=_("Net benefit by the value of one added participant"))


def attribution(words: Words, answers: Answers) -> Iterator[Block]:
    """How much of an effect is due to each policy of a package, or each way on which it works."""
    _ = words._
    table = answers.attribution
    if table.empty:
        yield Paragraph(
            _(
                "Not asked of this study: the effect of a package is split over its policies once every "
                "combination of them is among policies in study.toml, and the effect of a policy over the "
                "ways on which it works once all its arms with ~ are (package_arms and channel_arms in "
                "experiments/study/analysis/attribution.py list them)."
            )
        )
        return
    yield Paragraph(
        _(
            "Shapley shares: the mean of what a part adds over all orders in which the parts can join. "
            "Shares add up to the whole effect and may be negative."
        )
    )
    header = (_("part"), _("share of the effect"), _("chance"), _("settings"))
    for (what, outcome), own in table.groupby(["what", "outcome"], sort=False):
        rows = records(own)
        body = [(_player(words, answers.comparison, row["player"]), *_share(words, row)) for row in rows]
        whole = rows[0] | {"share": sum(row["share"] for row in rows)}
        body.append((_("sum: the whole effect"), _share(words, whole)[0], "–", "–"))
        caption = _(
            "{policy}: {outcome} ({unit})",
            policy=named(words, answers.comparison, str(what).removeprefix("package ")),
            outcome=_bought(words, str(outcome), str(rows[0]["unit"])),
            unit=measure(words, rows[0]["unit"]),
        )
        yield Table(header, tuple(body), caption=caption)


def _share(words: Words, row: Row) -> tuple[str, ...]:
    return three(words, row | {"effect": row["share"]})


def _player(words: Words, comparison: Compared, player: str) -> str:
    if player in names.CHANNELS and player not in comparison.policies:
        return words._(names.CHANNELS[player])
    return named(words, comparison, player)


def named(words: Words, comparison: Compared, policy: str) -> str:
    """A policy's name with its numbered caveats, where the page above lists them."""
    parts = set(policy.split("+"))
    known = {part for one in policies_of(comparison) for part in one.split("+")}
    return marked(words, comparison, policy) if parts <= known else names.policy(words, policy)


def bands(words: Words, *, bars: bool, others: bool) -> str:
    """How to read the small figures."""
    _ = words._
    told = [_("Dark band: chance. Light band between dashed lines: settings. Both cover 90 %.")]
    if bars:
        told.append(_("The same stand as thick and thin lines where runs were made."))
    if others:
        told.append(_("Grey lines: the other policies."))
    return words.sentences(*told)


def measure(words: Words, unit: str) -> str:
    """An outcome's unit in words."""
    return words._(names.MEASURES[unit]) if unit in names.MEASURES else unit


def level(words: Words, row: Row) -> str:
    """The level without the policy: a share as a percentage."""
    if row["unit"] in POINTS:
        return words.percent(row["baseline"], 1)
    return rounded(row["baseline"], 3 if row["unit"] == "0 to 1" else 0)


def three(words: Words, row: Row) -> tuple[str, str, str]:
    """An effect, its chance and its settings interval."""
    scale, decimals = _written(row)
    return (rounded(scale * row["effect"], decimals, sign=True), *two(words, row))


def two(words: Words, row: Row) -> tuple[str, str]:
    """The chance and the settings interval of a row."""
    scale, decimals = _written(row)
    low, high, far_low, far_high = (scale * float(row[end]) for end in ENDS)
    return interval(words, low, high, decimals), interval(words, far_low, far_high, decimals)


def _written(row: Row) -> tuple[float, int]:
    """By what an effect is multiplied before it is written, and with how many decimals."""
    if row.get("unit") in POINTS:
        return 100.0, decimals_of(100 * row.get("effect", 1.0))
    return 1.0, 3 if row.get("unit") == "0 to 1" else 0


def budget(words: Words, row: Row) -> str:
    """Yuan per household and year of a row's arm."""
    yuan = float(row["yuan_per_household"])
    return plain(yuan) if math.isfinite(yuan) else words._("as declared")


def _known_percent(words: Words, share: float) -> str:
    return words.percent(share) if math.isfinite(share) else words._("not known")


def _at_budget(words: Words, name: str, row: Row) -> str:
    yuan = float(row["yuan_per_household"])
    if not math.isfinite(yuan):
        return name
    return words._("{policy}, {yuan} yuan per household", policy=name, yuan=plain(yuan))


def _one_budget(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of each policy at one budget: as declared, else the middle one of those above zero."""
    import pandas as pd

    chosen = []
    for _policy, own in table.groupby("policy", sort=False):
        declared = own[own["yuan_per_household"].isna()]
        above = sorted(own.loc[own["yuan_per_household"] > 0, "yuan_per_household"].unique())
        if len(declared) or not above:
            chosen.append(declared)
        else:
            chosen.append(own[own["yuan_per_household"] == above[len(above) // 2]])
    return pd.concat(chosen) if chosen else table


def records(table: pd.DataFrame) -> list[Row]:
    """Rows by the names of their columns."""
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
