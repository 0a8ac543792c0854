"""What does the laboratory say when it cannot go on?

Every fault that a user can cause is one of the exceptions below. Each says what is wrong, where, why that
cannot be, and what to do instead, in one paragraph that is fit to be printed without a traceback.
"""


class GongzhiError(ValueError):
    """A fault in what the laboratory was given, told in one paragraph.

    ``what`` is the fault itself, ``where`` the file, field or row that has it, ``why`` the rule it breaks and
    ``instead`` the remedy. Only ``what`` is required. The exception pickles, so that a worker process can
    hand it to its parent unchanged.
    """

    def __init__(self, *, what: str, where: str = "", why: str = "", instead: str = "") -> None:
        super().__init__(what, where, why, instead)
        self.what = what
        self.where = where
        self.why = why
        self.instead = instead

    def __str__(self) -> str:
        """The whole fault as one paragraph: ``where: What. Why. Instead.``"""
        sentences = [_sentence(part) for part in (self.what, self.why, self.instead) if part]
        told = " ".join(sentences)
        return f"{self.where}: {told}" if self.where else told

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by the four named parts, because the constructor takes no positional argument."""
        return _rebuilt, (type(self), self.what, self.where, self.why, self.instead)


class ScenarioError(GongzhiError):
    """A scenario, place or parameter that cannot be run as written."""


class StudyError(GongzhiError):
    """A study whose plan, ledger or results do not fit together."""


class DataError(GongzhiError):
    """A data file or table that is missing, malformed or contradicts itself."""


class Departed(GongzhiError):
    """A view of a resident who has moved away and no longer has a row."""


def _sentence(part: str) -> str:
    """``part`` on one line, closed by a full stop unless it closes itself."""
    line = " ".join(part.split())
    return line if line.endswith((".", "!", "?", "。", "！", "？")) else f"{line}."


def _rebuilt(kind: type[GongzhiError], what: str, where: str, why: str, instead: str) -> GongzhiError:
    """The error that was pickled."""
    return kind(what=what, where=where, why=why, instead=instead)
