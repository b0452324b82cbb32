"""Ties together the rows by which several sources saw one call, so that it counts once."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from alwrity_desktop.core.domain.sightings import (
    MAX_GAP_MS,
    REACH,
    Figures,
    Sighting,
    alike,
    context_of,
    is_alike,
    plain_model,
)
from alwrity_desktop.core.domain.usage import Call, PriceStatus
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.matching import KnownCall
from alwrity_desktop.core.ledger.rollups import Rollups
from alwrity_desktop.core.ledger.schema import FIGURE_COLUMNS, FLAG_COMBINED, QUARTER_MS
from alwrity_desktop.core.ledger.shared_rows import SharedRows
from alwrity_desktop.core.ledger.sighting_rows import DURING, NAMED, NEW, SeenRow, as_it_was, load

_CORRECT: Final = (
    f"INSERT INTO corrections (identity, {', '.join(FIGURE_COLUMNS)}, call_id)"  # noqa: S608
    f" VALUES ({', '.join('?' for _ in FIGURE_COLUMNS)}, ?, ?)"
)


def link(
    connection: Connection,
    shared: SharedRows,
    rollups: Rollups,
    last_id: int,
    corrected: Sequence[KnownCall],
) -> int:
    """Tie the rows after *last_id* and those *corrected* to what other sources saw.

    *corrected* holds the rows as they were before. Returns how many fewer calls there are than
    without it. Where no other source knows the models, this costs next to nothing.
    """
    series = _contested(connection, shared)
    if not series:
        return 0
    ids = json.dumps([series_id for each in series.values() for series_id in each])
    again = json.dumps([known.id for known in corrected])
    rows = load(connection, NEW, (last_id, ids, again))
    area = _Area(connection, series)
    area.spread(rows, [as_it_was(known) for known in corrected])
    hidden = 0
    tie = _Tie(connection, shared, rollups)
    for group in alike([row.sighting for row in area.rows.values()]):
        if any(area.steps[one.row] <= REACH for one in group):
            hidden += tie.group(group, area.rows)
    tie.save()
    return hidden


def _contested(connection: Connection, shared: SharedRows) -> dict[str, list[int]]:
    """Return the series, by source, whose models the batch and another source have."""
    touched = {(provider, plain_model(model)) for _, provider, model in shared.kinds}
    providers = json.dumps(sorted({provider for provider, _ in touched}))
    query = (
        "SELECT DISTINCT source, provider, model FROM series"
        " WHERE provider IN (SELECT value FROM json_each(?))"
    )
    known: Iterable[Sequence[str]] = shared.kinds
    if not shared.is_fresh:
        known = (tuple(row) for row in connection.execute(query, (providers,)))
    sources: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for source, provider, model in known:
        sources[provider, plain_model(model)].add(source)
    contested = {each for each in touched if len(sources[each]) > 1}
    found: defaultdict[str, list[int]] = defaultdict(list)
    if contested:
        query = query.replace("DISTINCT", "id,")
        for series_id, source, provider, model in connection.execute(query, (providers,)):
            if (provider, plain_model(model)) in contested:
                found[source].append(series_id)
    return found


class _Area:
    """All rows that can matter for the company of some."""

    def __init__(self, connection: Connection, series: dict[str, list[int]]) -> None:
        self._connection = connection
        self._series = series
        self.rows: dict[int, SeenRow] = {}
        #: How many steps of likeness away each row was found.
        self.steps: dict[int, int] = {}

    def spread(self, rows: Sequence[SeenRow], gone: Sequence[Sighting]) -> None:
        """Find all that is as many steps away from *rows*, and from what is *gone*, as matters.

        As far as a change reaches, and as far again to judge those that it reaches.
        """
        latest = [row.sighting for row in self._take(rows, 0)] + list(gone)
        for step in range(1, 2 * REACH + 1):
            latest = [row.sighting for row in self._take(self._near(latest), step)]
            if not latest:
                return

    def _take(self, rows: Iterable[SeenRow], step: int) -> list[SeenRow]:
        """Keep the rows that are new, and those that their ids lead to."""
        taken = self._keep(rows, step)
        ids = {row.sighting.response_id for row in taken} - {""}
        if ids:
            groups = {f"{row.sighting.provider}:{row.sighting.response_id}:" for row in taken}
            given = (json.dumps(sorted(ids)), json.dumps(sorted(groups)))
            taken += self._keep(load(self._connection, NAMED, given), step)
        return taken

    def _keep(self, rows: Iterable[SeenRow], step: int) -> list[SeenRow]:
        fresh = [row for row in rows if row.id not in self.rows]
        for row in fresh:
            self.rows[row.id] = row
            self.steps[row.id] = step
        return fresh

    def _near(self, sightings: Sequence[Sighting]) -> Iterator[SeenRow]:
        """Yield the rows of other sources that say the same at the same time."""
        by_figures: defaultdict[Figures, list[Sighting]] = defaultdict(list)
        for one in sightings:
            by_figures[one.figures].append(one)
        sources = {one.source for one in sightings}
        series = [
            series_id
            for source, ids in self._series.items()
            if sources != {source}
            for series_id in ids
        ]
        given = json.dumps(series)
        for start_ms, end_ms in self._spans(sightings, given):
            bounds = (start_ms, end_ms, given)
            for row in load(self._connection, DURING, (*bounds, *bounds)):
                found = row.sighting
                if any(is_alike(found, one) for one in by_figures.get(found.figures, ())):
                    yield row

    def _spans(self, sightings: Sequence[Sighting], series: str) -> Iterator[tuple[int, int]]:
        """Yield the spans near *sightings* in which the *series* have calls, from the rollups."""
        near = {
            quarter
            for one in sightings
            for quarter in range(
                (one.occurred_at_ms - MAX_GAP_MS) // QUARTER_MS,
                (one.occurred_at_ms + MAX_GAP_MS) // QUARTER_MS + 1,
            )
        }
        query = (
            "SELECT DISTINCT r.quarter FROM json_each(?) q CROSS JOIN rollups r"
            " ON r.series_id = q.value AND r.quarter >= ? AND r.quarter <= ?"
        )
        if not near:
            return
        rows = self._connection.execute(query, (series, min(near), max(near)))
        quarters = sorted(near & {int(row[0]) for row in rows})
        starts = [at for before, at in pairwise([-1, *quarters]) if before != at - 1]
        ends = [at for at, after in pairwise([*quarters, -1]) if after != at + 1]
        for first, last in zip(starts, ends, strict=True):
            yield first * QUARTER_MS, (last + 1) * QUARTER_MS


class _Tie:
    """Writes what belongs together, and moves the sums accordingly."""

    def __init__(self, connection: Connection, shared: SharedRows, rollups: Rollups) -> None:
        self._connection = connection
        self._shared = shared
        self._rollups = rollups
        self._corrections: list[tuple[object, ...]] = []

    def group(self, group: Sequence[Sighting], rows: dict[int, SeenRow]) -> int:
        """Make one call of *group*, the deciding record first; return how many fewer count."""
        hidden = 0
        root = group[0].row
        by_account: defaultdict[str, list[Sighting]] = defaultdict(list)
        for one in group:
            by_account[one.account].append(one)
        for members in by_account.values():
            for one in members:
                row = rows[one.row]
                is_counted = one is members[0]
                self._note(row, None if one.row == root else root, is_counted=is_counted)
                series_id = self._series_id(row, members) if is_counted else None
                self._move(row, series_id)
                hidden += row.counts - is_counted
        return hidden

    def save(self) -> None:
        """Write the corrections that were gathered."""
        if self._corrections:
            self._connection.execute_many(_CORRECT, self._corrections)

    def _note(self, row: SeenRow, root: int | None, *, is_counted: bool) -> None:
        if row.values["root"] == root and (root is None or row.counts == is_counted):
            return
        execute = self._connection.execute
        if root is None:
            execute("DELETE FROM sightings WHERE seen_id = ?", (row.id,))
        else:
            execute(
                "INSERT OR REPLACE INTO sightings (seen_id, call_id, is_counted) VALUES (?, ?, ?)",
                (row.id, root, int(is_counted)),
            )

    def _series_id(self, row: SeenRow, members: Sequence[Sighting]) -> int:
        """Return the series of a call with what all that saw it know about it."""
        own: int = row.values["series_id"]
        one = row.sighting
        context, is_flat_rate = context_of(members)
        status = one.price_status
        if is_flat_rate and status == PriceStatus.PRICED:
            status = PriceStatus.LIST_EQUIVALENT
        if (one.context, one.price_status) == (context, status):
            return own
        call = Call(
            identity=row.values["identity"],
            occurred_at_ms=one.occurred_at_ms,
            source=one.source,
            provider=one.provider,
            model=one.model,
            account=one.account,
            project=context.project,
            agent=context.agent,
            conversation=context.conversation,
            api_key=context.api_key,
            endpoint=row.values["endpoint"],
            billing_period=row.values["billing_period"],
            status_code=row.values["status_code"] or None,
        )
        series_id = self._shared.series_id(call, status)
        self._shared.save()
        return series_id

    def _move(self, row: SeenRow, series_id: int | None) -> None:
        """Let the sums of a series hold a row, those of none for None, and no others."""
        present: int = row.values["present_series_id"]
        if row.counts and series_id != present:
            self._rollups.shift(row.counted(present), -1)
        if series_id is None:
            return
        if not row.counts or series_id != present:
            self._rollups.shift(row.counted(series_id), 1)
        if series_id != present:
            flag = 0 if series_id == row.values["series_id"] else FLAG_COMBINED
            figures = row.values | {"series_id": series_id, "flags": row.values["flags"] | flag}
            values = (figures[name] for name in FIGURE_COLUMNS)
            self._corrections.append((row.values["identity"], *values, row.id))
