"""Who gives care to whom: need, hours given by volunteers and Party members, paid hours (ODD 7.9)."""

from __future__ import annotations

from dataclasses import dataclass

from model.core.owned import Own, State


@dataclass(slots=True)
class CareBook(State):
    """Minutes of care of this week: given by volunteers and by Party members on duty, redeemed for credits,
    given and not needed; persons whose weekly need was not fully met."""

    volunteer: Own[int] = 0
    party: Own[int] = 0
    redeemed: Own[int] = 0
    idle: Own[int] = 0
    unmet_persons: Own[int] = 0

    def figures(self) -> dict[str, int]:
        """The figures of `model.state.outcomes.CARE_FIGURES`."""
        return {
            "care_given_volunteer_minutes": self.volunteer,
            "care_given_party_minutes": self.party,
            "care_redeemed_minutes": self.redeemed,
            "care_idle_minutes": self.idle,
            "care_unmet_persons": self.unmet_persons,
        }
