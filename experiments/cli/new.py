"""``gongzhi new``: the first file of one's own community, from questions or options."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from experiments.cli.options import place
from experiments.cli.told import tell_oddities
from experiments.storage.streams import echo
from model.core.errors import GongzhiError

if TYPE_CHECKING:
    from experiments.loading.load import Loaded
    from experiments.storage.toml_text import Toml

T = TypeVar("T")


def new_command(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE.toml", parser=place, help="The file to write; it must not exist."),
    ],
    persons: Annotated[int | None, typer.Option(min=1, help="All persons, children included.")] = None,
    households: Annotated[
        int | None, typer.Option(min=1, help="Households; else persons / household size.")
    ] = None,
    household_size: Annotated[
        float | None, typer.Option(min=1, help="Mean household; 2.62 if absent.")
    ] = None,
    association: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME:FIELD:MEMBERS[:FORM]",
            help="An association, such as choir:arts:40 or helpers:elder_care:120:filed. Repeatable.",
        ),
    ] = None,
    money: Annotated[
        float | None, typer.Option(min=0, help="Today's money for associations, yuan a year.")
    ] = None,
    staff: Annotated[float | None, typer.Option(min=0, help="Staff of the residents' committee.")] = None,
    share: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ACTIVITY=SHARE",
            help="A known share of adults a year: culture=0.4, service=, deliberation=. Repeatable.",
        ),
    ] = None,
    budget: Annotated[
        float | None, typer.Option(min=0, help="Yuan a year of each policy that is written for you.")
    ] = None,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME:KIND:YUAN", help="An own policy, such as funding:grant:80000. Repeatable."
        ),
    ] = None,
    title: Annotated[str, typer.Option(help="Name on pages in English; else the file's name.")] = "",
    title_zh: Annotated[str, typer.Option(help="Name on pages in Chinese.")] = "",
) -> None:
    """Write the first file of your own community.

    Asks on a terminal for what is not given; elsewhere persons and one association have to be. The file is
    commented in English and Chinese, and loads, runs, compares and can be calibrated at once.

    \b
    gongzhi new ours.toml
    gongzhi new ours.toml --persons 6000 --association choir:arts:40 --association helpers:elder_care:120
    gongzhi compare ours.toml --quick
    """
    from experiments.loading import own
    from experiments.storage.files import refuse_unwritable, write_text

    if file.suffix != ".toml":
        raise GongzhiError(what=f"{file} does not end in .toml", instead=f"name it {file.stem}.toml")
    if file.exists() or file.is_symlink():
        raise GongzhiError(what="there is such a file already", where=str(file), instead="name another one")
    refuse_unwritable(file.parent)
    amounts = {"--money": money, "--staff": staff, "--budget": budget, "--household-size": household_size}
    for option, value in amounts.items():
        if value is not None and not isfinite(value):
            raise GongzhiError(
                what=f"{value} is no number to count with", where=option, instead="write digits"
            )
    asked = persons is None or not association
    if asked and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise GongzhiError(
            what=f"{'persons' if persons is None else 'associations'} are not given",
            where="gongzhi new",
            instead="give --persons 6000 and --association choir:arts:40, or run it on a terminal",
        )
    if persons is None:
        persons = _asked("Persons, children included / 人口（含儿童）", own.count)
    if asked and households is None and household_size is None:
        households = _asked_if_known("Households, empty if unknown / 户数（不知可空）", own.count)
    associations = [own.association(text) for text in association or ()]
    while asked and not association:
        question = "Association NAME:FIELD:MEMBERS, empty to end / 社会组织（名称:领域:人数，空行结束）"
        one = _asked_if_known(question, own.association)
        if one is not None:
            associations.append(one)
        elif associations:
            break
    if asked and money is None:
        money = _asked_if_known("Money today, yuan a year / 目前资金（元/年）", own.number)
    answers = own.Answers(
        name=file.stem,
        persons=persons,
        associations=tuple(associations),
        title=title,
        title_zh=title_zh,
        households=households,
        household_size=household_size,
        money=money,
        staff=staff,
        shares=dict(own.share(text) for text in share or ()),
        budget=budget,
        policies=tuple(own.added(text) for text in policy or ()),
    )
    text_of_file = own.scenario_text(answers)
    tell_oddities(_loadable(text_of_file, file))
    write_text(file, text_of_file)
    echo(f"Written to {file}. Next: gongzhi show {file}; gongzhi compare {file} --quick")


def _asked(question: str, read: Callable[[str], T]) -> T:
    """What somebody at a terminal answers, asked again while ``read`` refuses it."""

    def value(told: str) -> T:
        try:
            return read(told)
        except GongzhiError as error:
            raise typer.BadParameter(str(error)) from None

    found: T = typer.prompt(question, value_proc=value, err=True)
    return found


def _asked_if_known(question: str, read: Callable[[str], T]) -> T | None:
    """The same, or None where nothing is answered."""

    def value(told: str) -> T | None:
        try:
            return read(told) if told else None
        except GongzhiError as error:
            raise typer.BadParameter(str(error)) from None

    found: T | None = typer.prompt(question, default="", show_default=False, value_proc=value, err=True)
    return found


def _loadable(text: Toml, file: Path) -> Loaded:
    """The scenario that the text makes, checked before it is written."""
    from dataclasses import replace

    from experiments.loading.load import load
    from experiments.storage.files import write_text

    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / file.name
        write_text(draft, text)
        try:
            loaded = load(draft)
        except GongzhiError as error:
            told = re.sub(rf"{re.escape(str(draft))}(, line \d+)?: ", "", str(error))
            raise GongzhiError(what=told, where="gongzhi new", instead="change the options") from None
    origin = {
        name: replace(where, file=str(file)) if where.file == str(draft) else where
        for name, where in loaded.origin.items()
    }
    return replace(loaded, file=str(file), origin=origin)
