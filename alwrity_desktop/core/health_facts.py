"""Gathers what the health of sources and providers is judged by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from alwrity_desktop.core.domain import breakdown
from alwrity_desktop.core.domain.durations import percentile
from alwrity_desktop.core.domain.health import (
    Health,
    ProviderCounts,
    ProviderHealth,
    Rejection,
    SourceCounts,
    overall_health,
    provider_health,
    source_health,
)
from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.sums import (
    DurationCount,
    OffsetSpan,
    RejectedReason,
    Scope,
    SlotSums,
)

if TYPE_CHECKING:
    from alwrity_desktop.core.ledger.snapshot import LedgerSnapshot

_HOUR_MS: Final = 3_600_000
_HOURS: Final = 24
_NORM_DAYS: Final = 30
"""The calls of so many days say how slow a provider usually is, and which ones are in use."""


def gather(
    snapshot: LedgerSnapshot, account: str | Scope, now_ms: int, titles: Mapping[str, str]
) -> tuple[Health, int | None]:
    """Return the health of *account*, and when a source was last read."""
    refused = snapshot.rejects()
    sources = [
        source_health(
            SourceCounts(
                source=totals.source,
                title=titles.get(totals.source, totals.source),
                files=totals.files,
                calls=totals.calls,
                rejected_lines=sum(one.lines for one in refused if one.source == totals.source),
                last_read_ms=totals.last_read_ms,
                newest_call_ms=totals.newest_ms,
                rejections=_rejections(totals.source, refused),
            ),
            now_ms,
        )
        for totals in snapshot.sources(account)
    ]
    in_use = providers(snapshot, account, now_ms)
    last_read = [one.last_read_ms for one in sources if one.last_read_ms is not None]
    return overall_health(sources, in_use), max(last_read, default=None)


def _rejections(source: str, refused: Sequence[RejectedReason]) -> tuple[Rejection, ...]:
    return tuple(
        Rejection(
            source=one.source,
            reason=one.reason,
            lines=one.lines,
            example_path=one.example_path,
            example_offset=one.example_offset,
        )
        for one in refused
        if one.source == source
    )


def providers(snapshot: LedgerSnapshot, account: str | Scope, now_ms: int) -> list[ProviderHealth]:
    """Return how the providers of *account* answered in the last 24 hours."""
    hour = now_ms // _HOUR_MS + 1
    day_ms, norm_ms = (hour - _HOURS) * _HOUR_MS, (hour - _HOURS * _NORM_DAYS) * _HOUR_MS
    slots = snapshot.by_slot(account, [OffsetSpan(day_ms, hour * _HOUR_MS, 0)], breakdown.HOUR_S)
    by_provider: defaultdict[str, list[SlotSums]] = defaultdict(list)
    for row in slots:
        by_provider[row.provider].append(row)
    present = snapshot.durations(account, day_ms, hour * _HOUR_MS)
    usual = snapshot.durations(account, norm_ms, day_ms)
    norm = snapshot.by_series(account, norm_ms, now_ms, ("provider",))
    in_use = {row.dimensions["provider"] for row in norm}
    found = []
    for provider in sorted({str(name) for name in in_use} | by_provider.keys()):
        rows = by_provider.get(provider, [])
        figures = breakdown.total_of(row.figures for row in rows)
        now_counts = _buckets(present, provider)
        found.append(
            provider_health(
                ProviderCounts(
                    provider=provider,
                    calls=figures.calls,
                    status_calls=figures.status_calls,
                    errors=figures.errors,
                    p50_duration_ms=percentile(now_counts, 50),
                    p95_duration_ms=percentile(now_counts, 95),
                    usual_p95_duration_ms=percentile(_buckets(usual, provider), 95),
                    hourly_duration_ms=_hourly(rows, hour - _HOURS),
                )
            )
        )
    return found


def _buckets(counts: Sequence[DurationCount], provider: str) -> dict[int, int]:
    return breakdown.buckets(count for count in counts if count.provider == provider)


def _hourly(rows: Sequence[SlotSums], first_hour: int) -> tuple[int | None, ...]:
    figures: defaultdict[int, Figures] = defaultdict(Figures)
    for row in rows:
        figures[row.slot] += row.figures
    return tuple(figures[first_hour + number].avg_duration_ms for number in range(_HOURS))
