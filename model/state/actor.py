"""The agents of a community that are no residents: ordinary Mesa agents whose fields are declared."""

from __future__ import annotations

from typing import Any, ClassVar

import mesa

from model.core.errors import GongzhiError
from model.core.owned import State
from model.parameters.declare import suggestion

OF_MESA = frozenset(("model", "unique_id", "pos"))


class Actor(mesa.Agent, State):  # type: ignore[misc]
    """A Mesa agent that is part of a community's state. Raises GongzhiError for a field nobody declared, but
    for a ``guest``: an agent of a user's class, which holds what it likes."""

    guest: ClassVar[bool] = False

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.ownership and name not in OF_MESA and not self.guest:
            raise GongzhiError(
                what=f"{type(self).__name__} has no field {name!r}",
                why="arms would not have it",
                instead=f"{suggestion(name, list(self.ownership))}; "
                "for what is yours, write a class of your own: CommunityModel(..., organization=...)",
            )
        object.__setattr__(self, name, value)

    def _begin(self, old: Any, memo: dict[int, Any]) -> None:
        """Join the model of the arm, under the same id."""
        mesa.Agent.__init__(self, memo[id(old.model)])
        self.unique_id = old.unique_id
