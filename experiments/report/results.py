"""What does the page say of effects, costs, groups and displacement?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from experiments.comparison.summary import SMALLEST_GROUP
from experiments.words import names
from experiments.words.blocks import Block, Bullets, Heading, Paragraph, Table
from experiments.words.words import Words, rounded, significant
from model.instruments import KINDS

if TYPE_CHECKING:
    import pandas as pd

    from experiments.comparison.compared import Compared

SHOWN_GROUPS = 2

UNSPENT = 500.0
"""Yuan a year from which unspent money is told."""


def policies_of(comparison: Compared) -> tuple[str, ...]:
    """The policies compared, without the baseline."""
    return tuple(p for p in comparison.policies if p != "none")


def caveats(comparison: Compared, policy: str) -> list[str]:
    """English texts of what the evidence for a policy's instruments cannot carry, each once."""
    kinds = [named.instrument.kind for named in comparison.scenario.policy_named(policy).instruments]
    return list(dict.fromkeys(KINDS[kind].caveat for kind in kinds if KINDS[kind].caveat))


def marked(words: Words, comparison: Compared, policy: str) -> str:
    """A policy's name with the numbers of the caveats below that touch its results, such as "credits [3]"."""
    order = all_caveats(comparison)
    numbers = sorted(order.index(text) + 1 for text in caveats(comparison, policy))
    name = names.policy(words, policy)
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{name} [{numbers[0]}–{numbers[-1]}]"
    return f"{name} [{', '.join(map(str, numbers))}]" if numbers else name


def numbered_caveats(words: Words, comparison: Compared) -> tuple[str, ...]:
    """The caveats that the numbers behind the policies' names refer to, in words."""
    return tuple(f"[{i}] {words._(text)}{words._('.')}" for i, text in enumerate(all_caveats(comparison), 1))


def all_caveats(comparison: Compared) -> list[str]:
    """The caveats of all policies in the order of their numbers."""
    return list(dict.fromkeys(text for p in policies_of(comparison) for text in caveats(comparison, p)))


def effects(words: Words, comparison: Compared) -> Iterator[Block]:
    """Added participants of the last year, persons first, then points, each with both intervals."""
    _ = words._
    rows = reach(comparison)
    yield Heading(_("Effects in the last year"))
    yield Paragraph(
        _(
            "Added participants are residents who take part at least once in the year, less those who would "
            "have without the policy. Points are percentage points of all simulated adults. Both intervals "
            "cover 90 %: chance, what other luck would give if every input were right; settings, what we do "
            "not know about the inputs. Decisions rest on the wider one."
        )
    )
    header = (
        *(_("policy"), _("activity"), _("added participants (persons)"), _("chance"), _("settings")),
        *(_("in points"), _("chance"), _("settings")),
    )
    body = tuple(_effect_row(words, comparison, row) for row in rows)
    yield Table(header, body, names=2)
    clear = [row for row in rows if is_clear(row) and is_a_person(row)]
    if clear:
        named = _("; ").join(
            _(
                "{policy}: {activity} {persons} persons",
                policy=names.policy(words, row["policy"]),
                activity=_(names.TAKERS[row["activity"]]),
                persons=rounded(row["persons"], sign=True),
            )
            for row in clear
        )
        yield Paragraph(named + _("."), _("Clear of zero by both intervals:"))
    if not comparison.settings_counts["kept"]:
        unknown = _("What settings do is not known, so that no result is shown to be clear of zero.")
        yield Paragraph(unknown)
        yield Bullets(numbered_caveats(words, comparison))
        return
    unclear = len(rows) - len(clear)
    outside = sum(map(is_outside, rows))
    told = [
        words.ngettext(
            "{n} of {total} results could be zero or have the other sign.",
            "{n} of {total} results could be zero or have the other sign.",
            unclear,
            total=len(rows),
        ),
        words.ngettext(
            "{n} estimate lies outside its settings interval: at other settings, or in the smaller "
            "community of the draws, the effect is another.",
            "{n} estimates lie outside their settings interval: at other settings, or in the smaller "
            "community of the draws, the effect is another.",
            outside,
        )
        if comparison.settings_counts["persons"] < comparison.persons
        else words.ngettext(
            "{n} estimate lies outside its settings interval: at other settings the effect is another.",
            "{n} estimates lie outside their settings interval: at other settings the effect is another.",
            outside,
        ),
    ]
    if any(row["settings_low"] == row["settings_high"] for row in rows):
        told.append(
            _("A settings interval of a single value says that the draws differ by no more than luck.")
        )
    yield Paragraph(words.sentences(*told))
    yield Bullets(numbered_caveats(words, comparison))


def reach(comparison: Compared) -> list[dict[str, Any]]:
    """Rows of the table of effects on reach, all adults, by policy and activity, with `activity` added."""
    table = comparison.table
    everybody = table[table["group"] == "all"]
    found = []
    for policy in policies_of(comparison):
        for activity in names.TAKERS:
            rows = everybody[(everybody["policy"] == policy) & (everybody["outcome"] == f"reach_{activity}")]
            found += [
                {str(k): v for k, v in r.items()} | {"activity": activity} for r in rows.to_dict("records")
            ]
    return found


def is_clear(row: dict[str, Any]) -> bool:
    """True if both intervals of the row lie on the same side of zero; one that is not known does not."""
    lows, highs = (row["chance_low"], row["settings_low"]), (row["chance_high"], row["settings_high"])
    return min(lows) > 0 or max(highs) < 0 if all(map(math.isfinite, (*lows, *highs))) else False


def is_a_person(row: dict[str, Any]) -> bool:
    """True if neither the effect nor an end of its intervals rounds to zero persons."""
    ends = ("persons", "persons_low", "persons_high", "persons_settings_low", "persons_settings_high")
    return all(abs(float(row[end])) >= 0.5 for end in ends)


def is_outside(row: dict[str, Any]) -> bool:
    """True if the effect lies outside its settings interval."""
    return bool(row["effect"] < row["settings_low"] or row["effect"] > row["settings_high"])


def interval(words: Words, low: float, high: float, decimals: int = 0) -> str:
    """Both ends with their signs; "not known" if one is missing."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return words._("not known")
    return words.span(rounded(low, decimals, sign=True), rounded(high, decimals, sign=True))


def _effect_row(words: Words, comparison: Compared, row: dict[str, Any]) -> tuple[str, ...]:
    points = [
        100 * float(row[k]) for k in ("effect", "chance_low", "chance_high", "settings_low", "settings_high")
    ]
    decimals = decimals_of(points[0])
    return (
        marked(words, comparison, row["policy"]),
        words._(names.TAKERS[row["activity"]]),
        rounded(row["persons"], sign=True),
        interval(words, row["persons_low"], row["persons_high"]),
        interval(words, row["persons_settings_low"], row["persons_settings_high"]),
        rounded(points[0], decimals, sign=True),
        interval(words, points[1], points[2], decimals),
        interval(words, points[3], points[4], decimals),
    )


def decimals_of(points: float) -> int:
    """Decimals for an effect in points: a tenth of a point, below one point a hundredth."""
    return 1 if abs(points) >= 1 else 2


def costs(words: Words, comparison: Compared) -> Iterator[Block]:
    """What the policies cost, in all and per added participant and hour."""
    _ = words._
    yield Heading(_("Cost"))
    header = (
        *(_("policy"), _("spent a year (yuan)"), _("owed in credits at the end (yuan)")),
        *(_("per added participant (yuan)"), _("per added hour (yuan)")),
    )
    rows = []
    for row in comparison.costs.to_dict("records"):
        if row["policy"] == "none":
            continue
        rows.append(
            (
                marked(words, comparison, row["policy"]),
                rounded(row["spent_yuan_per_year"]),
                rounded(row["liability_yuan"]),
                cost(words, row, "participant"),
                cost(words, row, "hour"),
            )
        )
    yield Table(header, tuple(rows))
    yield Paragraph(
        words.sentences(
            _(
                "Money spent and credits still owed, over the participants and hours added, means of all "
                "years; hours without Party duty."
            ),
            _("The range reaches to the widest ends of both intervals.")
            if comparison.settings_counts["kept"]
            else _("The range is that of chance alone: with what settings do it would be wider."),
            _(
                "Where an interval of the effect holds zero, the cost cannot be estimated. Rooms and staff "
                "time in kind are booked apart."
            ),
        )
    )
    yield from _unspent(words, comparison)


def _unspent(words: Words, comparison: Compared) -> Iterator[Block]:
    """Which policies leave money that found no use."""
    left = {
        str(row["policy"]): float(row["returned_yuan_per_year"]) + float(row["unspent_yuan_per_year"])
        for row in comparison.costs.to_dict("records")
    }
    told = [
        words._("{policy} {yuan} yuan", policy=names.policy(words, policy), yuan=rounded(yuan))
        for policy, yuan in left.items()
        if yuan >= UNSPENT
    ]
    rooms = any(
        named.instrument.kind == "premises"
        for policy, yuan in left.items()
        if yuan >= UNSPENT
        for named in comparison.scenario.policy_named(policy).instruments
    )
    if told:
        why = words._(". Rooms are hired only where the community's own are full.") if rooms else words._(".")
        yield Paragraph(words.listed(told) + why, words._("Left unspent a year:"))


def cost(words: Words, row: dict[Any, Any], per: str) -> str:
    """The cost per added participant or hour with its interval, of chance alone if settings are not known, or
    that it cannot be estimated."""
    value = float(row[f"cost_per_added_{per}_yuan"])
    if not math.isfinite(value):
        return words._("cannot be estimated")
    low, high = float(row[f"cost_per_added_{per}_low"]), float(row[f"cost_per_added_{per}_high"])
    if not (math.isfinite(low) and math.isfinite(high)):
        return words._("cannot be estimated")
    span = words.span(significant(low), significant(high))
    if not math.isfinite(float(row[f"added_{per}s_settings_low"])):
        span = words._("chance alone: {span}", span=span)
    return f"{significant(value)} ({span})"


def gains(words: Words, comparison: Compared) -> Iterator[Block]:
    """Who gains most and least, by policy, for the activity that the policy moves most."""
    _ = words._
    yield Heading(_("Who gains and who does not"))
    if set(comparison.table["group"]) <= {"all"}:
        yield Paragraph(_("No groups of residents were recorded."))
        return
    items = []
    for policy in policies_of(comparison):
        rows = [row for row in reach(comparison) if row["policy"] == policy and row["activity"] != "any"]
        if not rows:
            continue
        main = max(rows, key=lambda row: abs(row["persons"]))["activity"]
        items.append(_gain(words, comparison, policy, main))
    yield Bullets(tuple(items))
    yield Paragraph(
        _(
            "Points of each group's own adults, for the activity that the policy moves most; chance and "
            "settings as above. Groups of fewer than {n} simulated persons are withheld.",
            n=SMALLEST_GROUP,
        )
    )


def _gain(words: Words, comparison: Compared, policy: str, activity: str) -> str:
    _ = words._
    table = comparison.table
    chosen = table[
        (table["policy"] == policy) & (table["outcome"] == f"reach_{activity}") & (table["group"] != "all")
    ]
    large = chosen[chosen["adults"] >= SMALLEST_GROUP]
    ordered: pd.DataFrame = large.sort_values("effect", ascending=False)
    rows = [{str(k): v for k, v in r.items()} for r in ordered.to_dict("records")]
    clear = [row for row in rows if is_clear(row)]
    unclear = [row for row in rows if not is_clear(row)]
    parts = []
    if clear:
        parts.append(_("Most: {groups}", groups=_("; ").join(_told(words, r) for r in clear[:SHOWN_GROUPS])))
        least = clear[SHOWN_GROUPS:][-SHOWN_GROUPS:]
        if least:
            parts.append(_("Least: {groups}", groups=_("; ").join(_told(words, r) for r in reversed(least))))
    if unclear and clear:
        told = words.listed(names.group(words, row["group"]) for row in unclear)
        parts.append(_("Could be zero: {groups}", groups=told))
    elif unclear:
        parts.append(_("In every group the effect could be zero"))
    head = _(
        "{policy}, {activity}",
        policy=marked(words, comparison, policy),
        activity=_(names.ACTIVITIES[activity]),
    )
    return head + _(": ") + _(". ").join(parts) + _(".")


def _told(words: Words, row: dict[str, Any]) -> str:
    decimals = decimals_of(100 * row["effect"])
    return words._(
        "{group} {effect} points (chance {chance}, settings {settings})",
        group=names.group(words, row["group"]),
        effect=rounded(100 * row["effect"], decimals, sign=True),
        chance=interval(words, 100 * row["chance_low"], 100 * row["chance_high"], decimals),
        settings=interval(words, 100 * row["settings_low"], 100 * row["settings_high"], decimals),
    )


def displacement(words: Words, comparison: Compared) -> Iterator[Block]:
    """Attendances lost in other activities, as a share of those gained in the activity that gains most."""
    _ = words._
    table = comparison.table
    rows = table[(table["outcome"] == "displacement") & (table["group"] == "all")].to_dict("records")
    if rows:
        told = _("; ").join(_displaced(words, comparison, row) for row in rows)
        told += _(".")
        note = _("Below zero, the other activities gain too.")
        yield Paragraph(words.sentences(told, note), _("Displacement, attendances lost in other activities:"))


def _displaced(words: Words, comparison: Compared, row: dict[Any, Any]) -> str:
    _ = words._
    policy = marked(words, comparison, row["policy"])
    if not math.isfinite(row["effect"]):
        return f"{policy}{_(': ')}{_('cannot be estimated')}"
    return _(
        "{policy}: {share} of the gain in {activity} (chance {chance}, settings {settings})",
        policy=policy,
        share=words.percent(row["effect"]),
        activity=_(names.ACTIVITIES[str(row["unit"]).rpartition("_")[2]]),
        chance=interval(words, 100 * row["chance_low"], 100 * row["chance_high"]),
        settings=interval(words, 100 * row["settings_low"], 100 * row["settings_high"]),
    )
