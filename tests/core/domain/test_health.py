"""Health says what is wrong, in one sentence, and nothing where there is nothing to say."""

from __future__ import annotations

import pytest

from alwrity_desktop.core.domain.health import (
    HealthStatus,
    ProviderCounts,
    Rejection,
    SourceCounts,
    overall_health,
    provider_health,
    source_health,
)

NOW_MS = 1_795_172_400_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def provider(
    calls: int = 100,
    errors: int = 0,
    status_calls: int | None = None,
    p95: int | None = 5300,
    usual: int | None = None,
) -> ProviderCounts:
    return ProviderCounts(
        provider="mistral",
        calls=calls,
        errors=errors,
        status_calls=calls if status_calls is None else status_calls,
        p50_duration_ms=900,
        p95_duration_ms=p95,
        usual_p95_duration_ms=usual,
    )


def source(
    calls: int = 1000,
    rejected: int = 0,
    read_ms: int | None = NOW_MS - HOUR_MS,
    problem: str | None = None,
) -> SourceCounts:
    return SourceCounts(
        source="claude-code",
        title="Claude Code",
        files=3,
        calls=calls,
        rejected_lines=rejected,
        last_read_ms=read_ms,
        newest_call_ms=None,
        problem=problem,
    )


@pytest.mark.parametrize(
    ("counts", "status", "reason"),
    [
        (provider(), "healthy", "Mistral: 0.0% errors, p95 5.3 s"),
        (provider(47, 3, p95=11_800), "warning", "Mistral: 6.4% errors, p95 11.8 s"),
        (provider(100, 4), "healthy", "Mistral: 4.0% errors, p95 5.3 s"),
        (provider(100, 5), "warning", "Mistral: 5.0% errors, p95 5.3 s"),
        (provider(19, 19), "healthy", "Mistral: 100.0% errors, p95 5.3 s"),
        (provider(20, 5), "failed", "Mistral: 25.0% errors, p95 5.3 s"),
        (provider(100, 0, usual=2650), "warning", "Mistral: 0.0% errors, p95 5.3 s, usually 2.6 s"),
        (provider(100, 0, usual=2651), "healthy", "Mistral: 0.0% errors, p95 5.3 s"),
        (provider(100, 0, p95=900, usual=100), "healthy", "Mistral: 0.0% errors, p95 0.9 s"),
        (provider(5, 0, usual=100), "healthy", "Mistral: 0.0% errors, p95 5.3 s"),
        (provider(100, 0, 0), "healthy", "Mistral: p95 5.3 s"),
        (provider(100, 0, 0, None), "no_data", "Mistral: neither status nor duration is known."),
        (provider(0, 0), "no_data", "Mistral: no calls in 24 hours."),
    ],
)
def test_that_a_provider_is_judged_by_errors_and_its_usual_speed(
    counts: ProviderCounts, status: str, reason: str
) -> None:
    health = provider_health(counts)
    assert (health.status.value, health.reason) == (status, reason)


def test_that_an_unknown_error_rate_is_not_nothing() -> None:
    assert provider_health(provider(100, 0, 0)).error_rate_percent is None
    assert provider_health(provider(100, 0, 50)).error_rate_percent == 0.0
    assert provider_health(provider(47, 3)).error_rate_percent == 6.38


@pytest.mark.parametrize(
    ("counts", "status", "reason"),
    [
        (source(), "healthy", "Claude Code: 1,000 calls read."),
        (source(rejected=10), "healthy", "Claude Code: 1,000 calls read."),
        (source(rejected=11), "warning", "Claude Code: 11 of its lines could not be read."),
        (source(rejected=1000), "failed", "Claude Code: 1,000 of its lines could not be read."),
        (source(5, 6), "warning", "Claude Code: 6 of its lines could not be read."),
        (source(read_ms=None), "no_data", "Claude Code: not read yet."),
        (source(0), "no_data", "Claude Code: no calls in its logs."),
        (source(read_ms=NOW_MS - 7 * DAY_MS), "warning", "Claude Code: last read 7 days ago."),
        (source(read_ms=NOW_MS - 7 * DAY_MS + 1), "healthy", "Claude Code: 1,000 calls read."),
        (source(problem="Its folder cannot be opened."), "failed", "Claude Code: Its folder"),
    ],
)
def test_that_a_source_is_judged_by_what_it_refused_and_when_it_was_read(
    counts: SourceCounts, status: str, reason: str
) -> None:
    health = source_health(counts, NOW_MS)
    assert health.status.value == status
    assert health.reason.startswith(reason)


def test_that_a_source_keeps_what_it_refused() -> None:
    rejection = Rejection("claude-code", "Line is not valid JSON", 2, "/logs/a.jsonl", 17)
    counts = SourceCounts("claude-code", "Claude Code", 1, 9, 2, NOW_MS, 5, (rejection,))
    health = source_health(counts, NOW_MS)
    assert health.rejections == (rejection,)
    assert (health.files, health.calls, health.rejected_lines) == (1, 9, 2)


def test_that_the_whole_is_as_well_as_its_worst_part() -> None:
    well = source_health(source(), NOW_MS)
    slow = provider_health(provider(47, 3, p95=11_800))
    gone = source_health(source(problem="Its folder is gone."), NOW_MS)
    assert overall_health((well,), (slow,)).status == HealthStatus.WARNING
    assert overall_health((well,), (slow,)).reason == slow.reason
    assert overall_health((well, gone), (slow,)).reason == gone.reason
    assert overall_health((well,), ()).status == HealthStatus.HEALTHY


@pytest.mark.parametrize(
    ("rejected", "reason"),
    [
        (0, "Everything that was read is in order."),
        (1, "1 line refused, all else is fine."),
        (2, "2 lines refused, all else is fine."),
    ],
)
def test_that_a_few_refused_lines_are_said_and_no_fault(rejected: int, reason: str) -> None:
    health = overall_health((source_health(source(rejected=rejected), NOW_MS),), ())
    assert (health.status, health.reason) == (HealthStatus.HEALTHY, reason)


def test_that_nothing_read_is_neither_well_nor_ill() -> None:
    assert overall_health((), ()).status == HealthStatus.NO_DATA
    unread = source_health(source(read_ms=None), NOW_MS)
    assert overall_health((unread,), ()).status == HealthStatus.NO_DATA
