"""How does a page or a figure say that it shows less than a full result?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from experiments.storage.stamps import Partial, Stamp
from experiments.words.blocks import Block, Paragraph
from experiments.words.words import Words, rounded


def stamps_told(words: Words, stamps: Sequence[Stamp]) -> Iterator[Block]:
    """What stands on top of a page."""
    for stamp in stamps:
        yield Paragraph(*_told(words, stamp))


def stamp_lines(words: Words, stamps: Sequence[Stamp]) -> str:
    """What stands on top of a figure: a line for each stamp; empty for a full result."""
    return "\n".join(words.sentences(lead, text) for text, lead in (_told(words, stamp) for stamp in stamps))


def _told(words: Words, stamp: Stamp) -> tuple[str, str]:
    """A stamp in words, and the words that lead them."""
    _ = words._
    if isinstance(stamp, Partial):
        text = _(
            "{seeds} of {of_seeds} pairs of seeds and {draws} of {of_draws} settings draws were finished "
            "when the comparison was stopped. All that follows rests on these.",
            **asdict(stamp),
        )
        return text, _("Partial:")
    text = _(
        "made with --quick: {persons} of {of_persons} residents, {weeks} of {of_weeks} weeks after {spin_up} "
        "weeks of today's practice, few seeds and draws. Money is that of so many residents.",
        persons=rounded(stamp.persons),
        of_persons=rounded(stamp.of_persons),
        weeks=stamp.weeks,
        of_weeks=stamp.of_weeks,
        spin_up=stamp.spin_up,
    )
    return text, _("A trial, not a result:")
