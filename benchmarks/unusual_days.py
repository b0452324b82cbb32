"""Plants unusual days into made-up lives, and counts how many are found and how many are not.

    python -m benchmarks.unusual_days [--seed 1] [--lives 20]

A planted day costs three to eight times what it would have; one is planted in about twenty
days, never in the first and last week, nor where nothing is used. A day that is named and was
not planted is a false alarm. The lives are those of histories.py that have no bursts.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from alwrity_desktop.core.domain.unusual import unusual_days
from benchmarks.histories import DAYS_PER_MONTH, KINDS, NONE, History, histories

CALM: Final = tuple(kind for kind, traits in KINDS.items() if traits.bursts == NONE)
SIZE: Final = (3.0, 8.0)
EVERY: Final = 20
EDGE: Final = 7
FOUND_GOAL: Final = 80.0
FALSE_GOAL: Final = 1.0


@dataclass(frozen=True)
class Score:
    """What was found in some lives."""

    planted: int = 0
    found: int = 0
    false: int = 0
    days: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.planted + other.planted,
            self.found + other.found,
            self.false + other.false,
            self.days + other.days,
        )

    @property
    def found_percent(self) -> float:
        """Of the planted days, how many were named."""
        return self.found * 100 / self.planted if self.planted else 100.0

    @property
    def false_a_month(self) -> float:
        """Days in a month that were named and not planted."""
        return self.false * DAYS_PER_MONTH / self.days if self.days else 0.0


def planted(history: History, chance: random.Random) -> tuple[list[tuple[str, int]], set[str]]:
    """Return the days with some made unusual, and the names of these."""
    days = history.named()
    places = [
        index
        for index in range(EDGE, len(days) - EDGE)
        # A day off with a cent on it is no day that anyone would call unusual.
        if history.costs[index] * 2 > history.expected[index] > 0
        and history.expected[index] * 4 > max(history.expected[index - 3 : index + 4])
    ]
    chosen = chance.sample(places, min(len(places), len(days) // EVERY))
    for index in chosen:
        day, cost = days[index]
        days[index] = (day, round(cost * chance.uniform(*SIZE)))
    return days, {days[index][0] for index in chosen}


def score(history: History, chance: random.Random) -> Score:
    days, truth = planted(history, chance)
    named = {one.day for one in unusual_days(days)}
    return Score(len(truth), len(truth & named), len(named - truth), len(days))


def scores(seed: int, lives: int) -> Iterator[tuple[str, Score]]:
    """Return the score of each life with its kind."""
    for number, history in enumerate(histories(seed, lives, CALM)):
        yield history.kind, score(history, random.Random(f"{seed} {number}"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lives", type=int, default=20, help="of each kind")
    chosen = parser.parse_args()
    found = list(scores(chosen.seed, chosen.lives))
    print(f"{'':14} planted   found   false alarms a month")
    for kind in (*CALM, "all"):
        whole = sum((one for name, one in found if kind in {name, "all"}), Score())
        print(f"{kind:14}{whole.planted:8}{whole.found_percent:7.1f}%{whole.false_a_month:12.2f}")
    print(f"\nGoals: at least {FOUND_GOAL:.0f} % found, at most {FALSE_GOAL:.0f} a month.")


if __name__ == "__main__":
    main()
