"""How much of the days to come will be used: how often pauses come, and how long they last."""

from __future__ import annotations

from typing import Final, NamedTuple

_HALF_LIFE_DAYS: Final = 60.0
_KEEP: Final = 0.5 ** (1 / _HALF_LIFE_DAYS)
#: Before any has been seen, a pause begins on one day in a hundred and lasts four.
_PRIOR_STOPS: Final = 0.05
_PRIOR_USED_DAYS: Final = 5.0
_PRIOR_RETURNS: Final = 1.0
_PRIOR_PAUSED_DAYS: Final = 4.0
#: Up to this chance of getting by without a pause it counts in full, beyond the other not at all.
_UNLIKELY: Final = 0.25
_LIKELY: Final = 0.75


class PauseChances(NamedTuple):
    """What days of use and days without tell of those to come."""

    stop: float
    resume: float
    is_paused: bool

    def used_share(self, days: int) -> float:
        """Return how much of the next *days* will be used.

        In a pause it is the share that is to be expected. Outside, one that most likely does
        not come is not counted: the figure is what happens most often, not the mean of months
        with a pause and of months without.
        """
        stay = 1 - self.stop - self.resume
        lasting = self.resume / (self.stop + self.resume)
        start = 0.0 if self.is_paused else 1.0
        near = stay * (1 - stay**days) / (1 - stay) / days
        share = lasting + (start - lasting) * near
        if self.is_paused:
            return share
        clear = ((1 - self.stop) ** days - _UNLIKELY) / (_LIKELY - _UNLIKELY)
        return share + (1 - share) * max(0.0, min(1.0, clear))


class Pauses:
    """Counts how often use stops and how often it comes back; long ago counts less."""

    def __init__(self) -> None:
        self._used_days = self._paused_days = self._stops = self._returns = 0.0
        self._is_paused = False

    @property
    def chances(self) -> PauseChances:
        """The chances of a stop and of a return on a day."""
        return PauseChances(
            (self._stops + _PRIOR_STOPS) / (self._used_days + _PRIOR_USED_DAYS),
            (self._returns + _PRIOR_RETURNS) / (self._paused_days + _PRIOR_PAUSED_DAYS),
            self._is_paused,
        )

    def add(self, *, is_used: bool) -> None:
        """Take in the next day on which one might have worked."""
        self._used_days *= _KEEP
        self._paused_days *= _KEEP
        self._stops *= _KEEP
        self._returns *= _KEEP
        if self._is_paused:
            self._paused_days += 1
            self._returns += is_used
        else:
            self._used_days += 1
            self._stops += not is_used
        self._is_paused = not is_used
