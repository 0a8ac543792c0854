"""What is one oddity of a scenario, and how is it told?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from experiments.loading.layers import DEFAULT, Origin
from experiments.loading.load import Loaded
from experiments.words.words import Words
from model.parameters.refusals import dotted


@dataclass(frozen=True)
class Oddity:
    """One thing that is odd about a scenario although it can be run.

    ``code`` names its kind; ``text`` has named places, filled by ``values``, and is translated where it is
    told. ``severe`` means that results must not be used; ``policy`` names the one that it concerns alone.
    """

    code: str
    text: str
    origin: Origin
    values: Mapping[str, object] = field(default_factory=dict, hash=False)
    severe: bool = False
    policy: str = ""

    @property
    def file(self) -> str:
        """The file that has to be changed."""
        return self.origin.file

    @property
    def line(self) -> int:
        """The line there, 0 if there is none."""
        return self.origin.line

    def words(self, lang: str = "en") -> str:
        """What is odd, in "en" or "zh"."""
        words = Words(lang)
        shown = {k: _worded(words, v) for k, v in self.values.items()}
        return words._(self.text, **shown)

    def told(self, lang: str = "en") -> str:
        """The same with file and line in front."""
        return f"{self.origin.place}: {self.words(lang)}" if self.origin.place else self.words(lang)

    def __str__(self) -> str:
        return self.told()


def _worded(words: Words, value: object) -> object:
    """A value for a reader: a tuple holds words to be translated and listed."""
    return words.listed(map(words._, value)) if isinstance(value, tuple) else value


def at(loaded: Loaded, *path: str) -> Origin:
    """Where a value was set, or the table above it; the file itself if no layer set any of them."""
    names = list(path)
    while names:
        found = loaded.origin_of(".".join(names))
        if found is not DEFAULT:
            return found
        names.pop()
    return Origin("file", loaded.file)


def name(*path: str) -> str:
    """A dotted name as a file would write it."""
    return dotted(path)
