"""Does the ODD keep up with the code?"""

from __future__ import annotations

from experiments.validation.guesses import ODD, with_guesses
from model.core.draws import WEEKLY
from model.week.schedule import OF_THE_MODEL

TEXT = ODD.read_text(encoding="utf-8")


def test_the_list_of_guesses_is_that_of_the_declarations() -> None:
    assert with_guesses(TEXT) == TEXT, "run `make odd`"


def test_the_submodels_stand_in_the_order_of_the_schedule() -> None:
    places = [TEXT.index(f"**7.{i} {name}.**") for i, name in enumerate(OF_THE_MODEL, 1)]
    assert places == sorted(places)


def test_every_weekly_stream_is_named() -> None:
    own = {"culture", "service", "deliberation"}  # "k's own stream"
    assert [s for s in WEEKLY if s not in own and f'"{s}"' not in TEXT] == []
