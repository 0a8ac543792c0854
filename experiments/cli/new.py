"""``gongzhi new``: the first file of one's own community, from questions or options."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli.options import place
from experiments.cli.told import tell_oddities
from experiments.streams import echo
from model.errors import GongzhiError

if TYPE_CHECKING:
    from experiments.load import Loaded
    from experiments.toml_text import Toml


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
    from experiments import own
    from experiments.files import refuse_unwritable, write_text

    if file.suffix != ".toml":
        raise GongzhiError(what=f"{file} does not end in .toml", instead=f"name it {file.stem}.toml")
    if file.exists() or file.is_symlink():
        raise GongzhiError(what="there is such a file already", where=str(file), instead="name another one")
    refuse_unwritable(file.parent)
    asked = persons is None or not association
    if asked and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise GongzhiError(
            what=f"{'persons' if persons is None else 'associations'} are not given",
            where="gongzhi new",
            instead="give --persons 6000 and --association choir:arts:40, or run it on a terminal",
        )
    if persons is None:
        persons = typer.prompt("Persons, children included / 人口（含儿童）", type=int, err=True)
    if asked and households is None and household_size is None:
        told = typer.prompt("Households, empty if unknown / 户数（不知可空）", default="", err=True)
        households = int(own.number(told, "households")) if told else None
    associations = [own.association(text) for text in association or ()]
    while asked and not association:
        text = typer.prompt(
            "Association NAME:FIELD:MEMBERS, empty to end / 社会组织（名称:领域:人数，空行结束）",
            default="",
            show_default=False,
            err=True,
        )
        if not text and associations:
            break
        try:
            associations.append(own.association(text))
        except GongzhiError as error:
            echo(str(error), err=True)
    if asked and money is None:
        text = typer.prompt(
            "Money today, yuan a year / 目前资金（元/年）", default="", show_default=False, err=True
        )
        money = own.number(text, "money") if text else None
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


def _loadable(text: Toml, file: Path) -> Loaded:
    """The scenario that the text makes, checked before it is written."""
    from dataclasses import replace

    from experiments.files import write_text
    from experiments.load import load

    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / file.name
        write_text(draft, text)
        try:
            loaded = load(draft)
        except GongzhiError as error:
            told = str(error).replace(str(draft), str(file))
            raise GongzhiError(what=told, where="gongzhi new", instead="change the options") from None
    origin = {
        name: replace(where, file=str(file)) if where.file == str(draft) else where
        for name, where in loaded.origin.items()
    }
    return replace(loaded, file=str(file), origin=origin)
