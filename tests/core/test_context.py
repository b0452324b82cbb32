"""The parts together, as the window and the command line use them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest

from alwrity_desktop.core import profile
from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.context import SAMPLE_ACCOUNT, Context, open_context
from alwrity_desktop.core.domain.alerts import Severity
from alwrity_desktop.core.domain.budgets import Budget, LimitKind
from alwrity_desktop.core.domain.errors import NotFoundError
from alwrity_desktop.core.domain.money import pico_from_usd
from alwrity_desktop.core.domain.pricing import PriceOverride
from alwrity_desktop.core.domain.report import CallQuery
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.results import PeriodChoice
from tests.core.trees import EVER, NOW_MS, import_claude, line, log_in, one_call, totals

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
#: What one call of ``line`` costs: 10 tokens in and 20 out.
LINE_USD: Final = "0.00033"


def budget_of(usd: str, **how: object) -> Budget:
    known = {
        "id": 0,
        "name": "Monthly budget",
        "kind": LimitKind.COST,
        "limit": pico_from_usd(usd),
        "period": "month",
    }
    return Budget(**{**known, **how})  # type: ignore[arg-type]


def notified(context: Context) -> list[int | None]:
    """Show what waits to be shown, as the window does; return the thresholds."""
    waiting = context.take_notifications(LOCAL_ACCOUNT)
    context.confirm_notifications(LOCAL_ACCOUNT, [alert.id for alert in waiting])
    return [alert.threshold_percent for alert in waiting]


def test_that_nothing_is_made_on_disk_until_it_is_asked_for(context: Context) -> None:
    assert context.accounts()
    assert context.settings.theme == "system"
    assert not context.profile.ledger.exists()


def test_that_recorded_calls_are_answered_one_by_one(context: Context) -> None:
    first, second = context.record(
        [one_call(), one_call(identity="record:2", provider="acme", model="x")]
    )
    assert (first.cost_pico, first.price_status, first.is_new) == (10_500_000_000, "priced", True)
    assert (second.cost_pico, second.price_status) == (None, "unpriced")
    assert [alert.title for alert in second.alerts] == ["x has no price"]

    (again,) = context.record([one_call()])
    (other,) = context.record([one_call(output_tokens=1)])
    assert (again.is_new, again.is_different, again.cost_pico) == (False, False, first.cost_pico)
    assert (other.is_new, other.is_different, other.cost_pico) == (False, True, first.cost_pico)
    assert totals(context).output_tokens == 1000


def test_that_no_calls_open_no_ledger(context: Context) -> None:
    assert context.record([]) == ()
    assert not context.profile.ledger.exists()


def test_that_a_budget_passed_by_record_raises_its_alert_once(context: Context) -> None:
    context.set_budget(budget_of("0.0105"))

    (booked,) = context.record([one_call()])
    (more,) = context.record([one_call(identity="record:2")])

    assert [alert.threshold_percent for alert in booked.alerts] == [80, 90, 100]
    assert more.alerts == ()
    assert notified(context) == [100]
    assert notified(context) == []


def test_that_a_first_import_is_silent_and_a_later_one_is_not(
    context: Context, tmp_path: Path
) -> None:
    context.set_budget(budget_of(LINE_USD))
    path = log_in(tmp_path, "a", [line(1, at_ms=NOW_MS - HOUR_MS)])
    import_claude(context, tmp_path)
    # The centre knows, nobody was disturbed.
    assert [alert.threshold_percent for alert in context.alerts(LOCAL_ACCOUNT)] == [100, 90, 80]
    assert notified(context) == []

    context.set_budget(budget_of("0.00066"))
    with path.open("ab") as log:
        log.write(line(2, at_ms=NOW_MS))
    import_claude(context, tmp_path)

    assert notified(context) == [100]
    import_claude(context, tmp_path)
    assert notified(context) == []


def test_that_a_jump_notifies_the_highest_and_a_climb_each(
    context: Context, tmp_path: Path
) -> None:
    path = log_in(tmp_path, "a", [line(0, at_ms=NOW_MS - 60 * DAY_MS)])
    import_claude(context, tmp_path)
    context.set_budget(budget_of("0.0033"))
    steps = [(7, []), (8, [80]), (9, [90]), (11, [100]), (12, [])]
    number = 1
    for upto, shown in steps:
        with path.open("ab") as log:
            while number <= upto:
                log.write(line(number, at_ms=NOW_MS))
                number += 1
        import_claude(context, tmp_path)
        assert notified(context) == shown


def test_that_alerts_are_read_one_by_one_and_all_at_once(context: Context) -> None:
    for provider in (None, "anthropic"):
        context.set_budget(budget_of("0.0105", provider=provider))
    context.record([one_call()])
    alerts = context.alerts(LOCAL_ACCOUNT)
    assert alerts[0].severity == Severity.CRITICAL

    assert context.mark_alerts_read(LOCAL_ACCOUNT, [alerts[0].id]) == 1
    assert [alert.is_read for alert in context.alerts(LOCAL_ACCOUNT)] == [False, *[True] * 5]
    with pytest.raises(NotFoundError, match="no alert 999"):
        context.mark_alerts_read(LOCAL_ACCOUNT, [alerts[1].id, 999])
    assert context.mark_alerts_read(LOCAL_ACCOUNT, None) == 1
    assert context.mark_alerts_read(LOCAL_ACCOUNT, None) == 0


def test_that_a_scope_has_one_budget(context: Context) -> None:
    first = context.set_budget(budget_of("10"))
    changed = context.set_budget(budget_of("20"))
    other = context.set_budget(budget_of("5", provider="anthropic"))

    assert changed.id == first.id
    assert (first.revision, changed.revision) == (1, 2)
    assert context.budgets(LOCAL_ACCOUNT) == (changed, other)
    context.remove_budget(LOCAL_ACCOUNT, first.id)
    assert context.budgets(LOCAL_ACCOUNT) == (other,)
    with pytest.raises(NotFoundError, match="no budget"):
        context.remove_budget(LOCAL_ACCOUNT, first.id)


def test_that_an_own_price_holds_from_now_on(context: Context) -> None:
    call = one_call(provider="acme", model="x", input_tokens=1_000_000, output_tokens=0)
    context.record([call])
    price = PriceOverride(provider="acme", model="x", input_usd_per_million="2")
    context.set_price(price)

    (booked,) = context.record([one_call(identity="record:2", provider="acme", model="x")])

    assert booked.price_status == "priced"
    figures = totals(context)
    assert (figures.calls, figures.unpriced_calls) == (2, 1)
    assert context.price_book().describe("acme", "x", NOW_MS) is not None


def test_that_calls_are_listed_and_opened(context: Context) -> None:
    context.record(one_call(identity=f"record:{number}") for number in range(3))

    page = context.calls(LOCAL_ACCOUNT, CallQuery(0, NOW_MS + 1))
    opened = context.call(LOCAL_ACCOUNT, page.rows[0].id)

    assert (page.total, len(page.rows)) == (3, 3)
    assert opened.cost_pico == sum(each.cost_pico or 0 for each in opened.lines)
    assert len(list(context.iterate_calls(LOCAL_ACCOUNT, PeriodChoice("today")))) == 3
    with pytest.raises(NotFoundError, match="no call 99"):
        context.call(LOCAL_ACCOUNT, 99)


def test_that_an_unknown_account_is_told_with_those_there_are(context: Context) -> None:
    with pytest.raises(NotFoundError, match=r'no account "work".*local'):
        context.report("work", EVER)


def test_that_another_programs_commit_changes_the_version(context: Context, home: Path) -> None:
    first = context.data_version(LOCAL_ACCOUNT)
    assert context.data_version(LOCAL_ACCOUNT) == first

    other = open_context(profile.find(os.environ))
    other.record([one_call()])
    other.close()

    assert context.data_version(LOCAL_ACCOUNT) != first


def test_that_the_zone_is_the_settings_else_the_systems(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert context.timezone() == "UTC"
    context.profile.settings.write_text('timezone = "Asia/Kathmandu"\n')
    assert context.timezone() == "Asia/Kathmandu"
    assert context.report(LOCAL_ACCOUNT, EVER).period.timezone == "Asia/Kathmandu"


def test_that_the_sample_notifies_nobody_and_keeps_apart(context: Context) -> None:
    context.record([one_call()])

    assert [view.name for view in context.accounts()] == [LOCAL_ACCOUNT]
    assert context.take_notifications(SAMPLE_ACCOUNT) == ()
    assert context.report(SAMPLE_ACCOUNT, EVER).calls_ever == 0
    assert context.report(SAMPLE_ACCOUNT, EVER).account.is_sample


def test_that_a_closed_context_opens_again(context: Context) -> None:
    context.record([one_call()])
    context.close()

    assert totals(context).calls == 1


def test_that_a_fixed_clock_books_at_its_moment(home: Path) -> None:
    found = profile.find(os.environ)
    profile.prepare(found)
    context = Context(found, Clock(NOW_MS), os.environ)
    context.record([one_call()])
    assert context.report(LOCAL_ACCOUNT, EVER).as_of_ms == NOW_MS
    context.close()


def test_that_logs_without_anything_new_were_read_all_the_same(
    context: Context, tmp_path: Path
) -> None:
    log_in(tmp_path, "a", [line(1)])
    import_claude(context, tmp_path)
    later_ms = context.clock.now_ms() + 60_000
    context.clock = Clock(later_ms)

    import_claude(context, tmp_path)

    report = context.report(LOCAL_ACCOUNT, EVER)
    assert report.health.sources[0].last_read_ms == report.last_read_ms == later_ms
