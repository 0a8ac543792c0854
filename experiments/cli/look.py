"""``gongzhi list``, ``show``, ``instruments``, ``outcomes``, ``parameters``: what is there to run and to
name, and what does it rest on?"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.cli.options import Lang, Scenario, Set
from experiments.cli.told import tell_oddities
from experiments.storage.streams import echo

if TYPE_CHECKING:
    from experiments.lookup.lists import Section

Word = Annotated[str, typer.Argument(metavar="[WORD]", help="Only what speaks of it, in English or Chinese.")]
Csv = Annotated[bool, typer.Option("--csv", help="As CSV, in both languages.")]
Json = Annotated[bool, typer.Option("--json", help="As JSON, in both languages.")]


def list_command(lang: Lang = "en") -> None:
    """List scenarios and what their policies hold."""
    from experiments.loading.load import load
    from experiments.loading.sources import names
    from experiments.words.names import policy, policy_in_words
    from experiments.words.words import words_of

    for name in names():
        scenario = load(name).scenario
        words = words_of(scenario, lang)
        titles = " / ".join(title for title in (scenario.title, scenario.title_zh) if title)
        echo(f"{name}: {titles}")
        if not scenario.policy:
            echo(f"    {words._('no policies')}")
        for one, instruments in scenario.policy.items():
            called = policy(words, one)
            title = f" ({called})" if called != one else ""
            echo(f"    {one}{title}: {policy_in_words(words, instruments)}")


def show_command(
    scenario: Scenario,
    guesses: Annotated[bool, typer.Option("--guesses", help="Only the values that are guesses.")] = False,
    csv: Csv = False,
    json: Json = False,
    set_: Set = None,
    lang: Lang = "en",
) -> None:
    """Show every value of a scenario.

    With plain name, unit, plausible range, mark, source, and the layer that set it.

    \b
    gongzhi show wangzhuang --guesses
    gongzhi show my_community.toml --set run.weeks=260
    gongzhi show wangzhuang --csv > values.csv
    """
    from experiments.loading.load import load
    from experiments.lookup.show import show, values

    loaded = load(scenario, set_ or ())
    if csv or json:
        rows = [asdict(one) for one in values(loaded) if not guesses or one.mark == "guess"]
        echo(_table(rows, csv))
    else:
        echo(show(loaded, guesses, lang=lang, width=_width()))
    tell_oddities(loaded, lang)


def instruments_command(word: Word = "", csv: Csv = False, json: Json = False, lang: Lang = "en") -> None:
    """List the kinds of instrument and their keys.

    With unit, default, price, and what a kind needs to act.

    \b
    gongzhi instruments
    gongzhi instruments training
    gongzhi instruments --csv > instruments.csv
    """
    from experiments.lookup.lookup import instrument_keys, records
    from experiments.lookup.lookup_texts import of_instruments

    found = instrument_keys(word)
    _print(records(found), of_instruments(found, lang), csv, json)


def outcomes_command(word: Word = "", csv: Csv = False, json: Json = False, lang: Lang = "en") -> None:
    """List the outcomes: unit, meaning, what accepts them.

    \b
    gongzhi outcomes
    gongzhi outcomes reach
    gongzhi outcomes 积分
    """
    from experiments.lookup.lookup import outcome_names, records
    from experiments.lookup.lookup_texts import of_outcomes

    found = outcome_names(word)
    _print(records(found), of_outcomes(found, lang), csv, json)


def parameters_command(word: Word = "", csv: Csv = False, json: Json = False, lang: Lang = "en") -> None:
    """List the parameters: default, unit, plausible range, mark, source.

    \b
    gongzhi parameters
    gongzhi parameters habit
    gongzhi parameters --json
    """
    from experiments.lookup.lookup import parameter_names, records
    from experiments.lookup.lookup_texts import of_parameters

    found = parameter_names(word)
    _print(records(found), of_parameters(found, lang), csv, json)


def _print(rows: Sequence[dict[str, Any]], sections: Sequence[Section], csv: bool, json: bool) -> None:
    from experiments.lookup.lists import written

    echo(_table(rows, csv) if csv or json else written(sections, _width()))


def _table(rows: Sequence[dict[str, Any]], csv: bool) -> str:
    from experiments.lookup.lists import as_csv, as_json

    return as_csv(rows) if csv else as_json(rows)


def _width() -> int | None:
    """Columns of the terminal; None where the text goes elsewhere."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
