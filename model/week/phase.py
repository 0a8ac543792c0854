"""What is a phase of the model, and which columns and books of a community does it touch?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from model.core.errors import GongzhiError

if TYPE_CHECKING:
    from model.state.community import Community


class DeclaredPhase:
    """A phase of the week, which says what it touches.

    Names are those of columns of the residents and of parts of the `Community`; ``residents`` is all that
    is of a person (every column but household and cell), ``targets`` whom the target of an instrument names.
    What a phase changes is among its ``writes``, whether it reads it or not; what it only reads among its
    ``reads``. The clock and the policy go without saying.
    """

    def __init__(
        self,
        function: Callable[..., None],
        reads: str,
        writes: str,
        together: Callable[[Sequence[Community]], None],
        joint: bool,
    ) -> None:
        self.__name__, self.__doc__, self.__module__ = (
            function.__name__,
            function.__doc__,
            function.__module__,
        )
        self.reads, self.writes = frozenset(reads.split()), frozenset(writes.split())
        self.joint = joint
        self.together = together
        """Run it in all communities of a district."""

    def __call__(self, community: Community) -> None:
        """Run it in one community.

        Raises:
            GongzhiError: if it acts on all communities of a district at once, and this is one of them.
        """
        if self.joint and community.purse is not None:
            raise GongzhiError(
                what=f"{self.__name__} acts on all communities of a district at once",
                where=f"{community.scenario.name}, week {community.week}",
                why="each alone would be given the money of all",
                instead=f"Write {self.__name__}.together(district.communities), once a week",
            )
        self.together((community,))

    def __reduce__(self) -> str:
        """Copied and pickled by its name: there is one of each."""
        return self.__name__


def phase(*, reads: str, writes: str) -> Callable[[Callable[[Community], None]], DeclaredPhase]:
    """Declare a function of one community as a phase."""

    def declared(function: Callable[[Community], None]) -> DeclaredPhase:
        def together(communities: Sequence[Community]) -> None:
            for community in communities:
                function(community)

        return DeclaredPhase(function, reads, writes, together, joint=False)

    return declared


def joint_phase(
    *, reads: str, writes: str
) -> Callable[[Callable[[Sequence[Community]], None]], DeclaredPhase]:
    """Declare a function of all communities of a district as a phase; one alone is a list of one."""

    def declared(function: Callable[[Sequence[Community]], None]) -> DeclaredPhase:
        return DeclaredPhase(function, reads, writes, function, joint=True)

    return declared
