"""What servers bring: kept once, changed only where it changed, and its alerts told once."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from alwrity_desktop.core.domain.alerts import AlertKind, Severity
from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.server import (
    Meaning,
    PlanLimit,
    ServerAlert,
    ServerFacts,
    ServerHealth,
    Subscription,
)
from alwrity_desktop.core.domain.statements import ALL_TIME, Statement, StatementKind
from alwrity_desktop.core.domain.sums import Scope
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.ledger.batches import Batch, BatchResult
from alwrity_desktop.core.ledger.engine import reading
from alwrity_desktop.core.ledger.ledger import Ledger
from tests.core.ledger.calls import DAY_MS, HOUR_MS, NOW_MS, ZONE, a_call, from_script, totals

ACCOUNT: Final = "work"
EVER: Final = (0, NOW_MS + 1000 * DAY_MS)

TAVILY: Final = PlanLimit("tavily_calls", LimitKind.CALLS, 10, Meaning.LIMITED, ("tavily",))


def a_row(number: int, **fields: Any) -> Call:  # noqa: ANN401 - any field of a call
    """Return a row of the server's log: a search for $0.001."""
    known: dict[str, Any] = {
        "identity": f"alwrity:host:8000:u:{number}:t",
        "occurred_at_ms": NOW_MS - HOUR_MS - number,
        "source": "alwrity",
        "provider": "tavily",
        "model": "tavily-search",
        "account": ACCOUNT,
        "requests": 1,
        "status_code": 200,
        "reported_cost_pico": 1_000_000_000,
        "billing_period": "2026-11",
    }
    return Call(**{**known, **fields})


def said(**fields: Any) -> Statement:  # noqa: ANN401 - any field of a statement
    """Return the trends' total of November."""
    known: dict[str, Any] = {
        "account": ACCOUNT,
        "origin": "trends",
        "kind": StatementKind.TOTAL,
        "period": "2026-11",
        "calls": 3,
    }
    return Statement(**{**known, **fields})


def merged(row_id: str, calls: int, **fields: Any) -> Statement:  # noqa: ANN401 - as above
    """Return one row into which the server merged some."""
    known: dict[str, Any] = {
        "origin": "usage-logs",
        "kind": StatementKind.MERGED,
        "key": row_id,
        "label": "tavily",
        "calls": calls,
        "tokens": 0,
        "cost_pico": calls * 1_000_000_000,
        "occurred_at_ms": NOW_MS - 100 * DAY_MS,
    }
    return said(**{**known, **fields})


def an_alert(*ids: str, threshold: int = 80, **fields: Any) -> ServerAlert:  # noqa: ANN401
    """Return a server's alert about Tavily."""
    known: dict[str, Any] = {
        "title": f"API Usage Notice - Tavily {threshold}",
        "message": "You have used 8 of 10 tavily API calls.",
        "severity": "info",
        "is_read": False,
        "created_at_ms": NOW_MS,
        "provider": "tavily",
        "threshold_percent": threshold,
        "billing_period": "2026-11",
    }
    return ServerAlert(ids=ids, **{**known, **fields})


def sync(ledger: Ledger, book: PriceBook, now_ms: int = NOW_MS, **brought: Any) -> BatchResult:  # noqa: ANN401
    """Book what one sync brought, and note that it went well."""
    batch = Batch("alwrity", now_ms, ZONE, account=ACCOUNT, is_corrected_by_copies=False, **brought)
    result = ledger.record(batch, book)
    ledger.note_sync(ACCOUNT, now_ms, "ok")
    return result


def dump(ledger: Ledger) -> dict[str, list[str]]:
    """Return every row of the ledger."""
    with reading(ledger._file) as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'table'"
        names = [row[0] for row in connection.execute(query)]
        return {
            name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}")))  # noqa: S608
            for name in names
        }


def test_that_statements_are_kept_when_new_or_changed(ledger: Ledger, book: PriceBook) -> None:
    first = sync(ledger, book, statements=[said(), said(period=ALL_TIME, calls=9)])
    again = sync(ledger, book, NOW_MS + 5, statements=[said(), said(period=ALL_TIME, calls=10)])

    assert (first.statements, again.statements) == (2, 1)
    with ledger.snapshot() as snapshot:
        kept = {one.period: one for one in snapshot.statements(ACCOUNT)}
    assert (kept["2026-11"].said_at_ms, kept["2026-11"].confirmed_at_ms) == (NOW_MS, NOW_MS + 5)
    assert (kept[ALL_TIME].calls, kept[ALL_TIME].said_at_ms) == (10, NOW_MS + 5)


def test_that_what_was_not_said_stays_unknown(ledger: Ledger, book: PriceBook) -> None:
    sync(ledger, book, statements=[said(calls=None, cost_pico=5, label="x")])

    with ledger.snapshot() as snapshot:
        (kept,) = snapshot.statements(ACCOUNT)
    assert (kept.calls, kept.tokens, kept.cost_pico, kept.label) == (None, None, 5, "x")


def test_that_a_figure_that_is_missing_once_stays_what_it_was(
    ledger: Ledger, book: PriceBook
) -> None:
    sync(ledger, book, statements=[said(calls=3, cost_pico=5)])
    nothing = sync(ledger, book, NOW_MS + 1, statements=[said(calls=None)])
    some = sync(ledger, book, NOW_MS + 2, statements=[said(calls=4)])

    assert (nothing.statements, some.statements) == (0, 1)
    with ledger.snapshot() as snapshot:
        (kept,) = snapshot.statements(ACCOUNT)
    assert (kept.calls, kept.cost_pico) == (4, 5)


def test_that_todays_figures_are_not_filled_from_yesterday(ledger: Ledger, book: PriceBook) -> None:
    sync(ledger, book, statements=[said(period="today", calls=3, cost_pico=5)])
    sync(ledger, book, NOW_MS + DAY_MS, statements=[said(period="today", calls=1)])

    with ledger.snapshot() as snapshot:
        (kept,) = snapshot.statements(ACCOUNT)
    assert (kept.calls, kept.cost_pico) == (1, None)


def test_that_a_second_sync_changes_nothing(ledger: Ledger, book: PriceBook) -> None:
    brought: dict[str, Any] = {
        "calls": [a_row(number) for number in range(9)],
        "statements": [said(), merged("1", 4)],
        "facts": ServerFacts(limits=(TAVILY,), billing_period="2026-11"),
        "server_alerts": [an_alert("1", "2")],
        "is_whole": True,
    }
    sync(ledger, book, **brought)
    before = dump(ledger)
    again = sync(ledger, book, **{**brought, "calls": []})

    assert dump(ledger) == before
    assert (again.added, again.statements, again.alerts) == (0, 0, ())


def test_that_facts_are_kept_until_others_are_learnt(ledger: Ledger, book: PriceBook) -> None:
    free = Subscription("Free", "free", "free")
    sync(ledger, book, facts=ServerFacts(subscription=free, health=ServerHealth(None)))
    sync(ledger, book, NOW_MS + 7, facts=ServerFacts(limits=(TAVILY,)))

    view = ledger.server_view(ACCOUNT)
    assert view.facts == ServerFacts(subscription=free, limits=(TAVILY,), health=ServerHealth(None))
    assert dict(view.confirmed_ms)["limits"] == NOW_MS + 7
    assert dict(view.confirmed_ms)["subscription"] == NOW_MS
    assert (view.state, view.last_sync_ms) == ("ok", NOW_MS + 7)


def test_that_a_failed_sync_keeps_the_figures_and_the_time_of_the_last_good_one(
    ledger: Ledger, book: PriceBook
) -> None:
    sync(ledger, book, calls=[a_row(1)])
    ledger.note_sync(ACCOUNT, NOW_MS + DAY_MS, "auth", "The token was refused.")

    view = ledger.server_view(ACCOUNT)
    assert (view.state, view.trouble) == ("auth", "The token was refused.")
    assert view.last_sync_ms == NOW_MS
    assert totals(ledger, ACCOUNT).calls == 1
    assert ledger.server_view("other").last_sync_ms is None


def test_that_a_pull_is_told_where_its_new_rows_begin(ledger: Ledger, book: PriceBook) -> None:
    assert ledger.known_rows(ACCOUNT).newest == frozenset()
    rows = [a_row(number, occurred_at_ms=NOW_MS - number * DAY_MS) for number in range(30)]
    sync(ledger, book, calls=rows, facts=ServerFacts(limits=(TAVILY,)))
    ledger.record(from_script(a_call()), book)

    known = ledger.known_rows(ACCOUNT)
    assert known.newest == {row.identity for row in rows}
    assert not known.is_complete
    assert known.facts.limits == (TAVILY,)
    assert known.confirmed_ms == {"limits": NOW_MS}
    sync(ledger, book, is_whole=True)
    assert ledger.known_rows(ACCOUNT).is_complete


def test_that_rows_merged_before_the_first_sync_are_counted(
    ledger: Ledger, book: PriceBook
) -> None:
    sync(
        ledger, book, calls=[a_row(1)], statements=[merged("1", 30), merged("2", 14)], is_whole=True
    )

    assert totals(ledger, ACCOUNT).calls == 45
    assert totals(ledger, ACCOUNT).cost_pico == 45_000_000_000
    with ledger.snapshot() as snapshot:
        assert snapshot.calls_ever(ACCOUNT) == 45
        (row,) = [
            row
            for row in snapshot.by_series(ACCOUNT, *EVER, ("model", "provider"))
            if row.dimensions["model"] == "merged by the server"
        ]
        assert snapshot.billing_periods(ACCOUNT) == ["2026-11"]
        recent = snapshot.by_series(ACCOUNT, NOW_MS - DAY_MS, NOW_MS)
    assert (row.figures.calls, row.dimensions["provider"]) == (44, "tavily")
    assert sum(one.figures.calls for one in recent) == 1


def test_that_rows_merged_after_they_were_read_are_counted_once(
    ledger: Ledger, book: PriceBook
) -> None:
    rows = [a_row(number) for number in range(10)]
    sync(ledger, book, calls=rows, is_whole=True)
    # Nine of them were merged; one pull reads all there is, the next one only what is new.
    sync(ledger, book, calls=rows[9:], statements=[merged("1", 9)], is_whole=True)
    sync(ledger, book, calls=[a_row(11)], statements=[merged("1", 9)])

    assert totals(ledger, ACCOUNT).calls == 11


def test_that_rows_that_were_merged_unread_between_two_pulls_are_counted(
    ledger: Ledger, book: PriceBook
) -> None:
    sync(ledger, book, calls=[a_row(1), a_row(2)], statements=[merged("1", 5)], is_whole=True)
    # Away for months: the two rows were merged, and three that nobody read.
    sync(ledger, book, calls=[a_row(9)], statements=[merged("7", 10)], is_whole=True)

    assert totals(ledger, ACCOUNT).calls == 11


def test_that_a_servers_alert_and_its_repeats_are_one_row(ledger: Ledger, book: PriceBook) -> None:
    sync(ledger, book, server_alerts=[an_alert("3", "2", "1"), an_alert("4", threshold=90)])
    again = sync(ledger, book, server_alerts=[an_alert("9", "3", "2")])

    with ledger.snapshot() as snapshot:
        alerts = snapshot.alerts(ACCOUNT)
    assert sorted(alert.threshold_percent or 0 for alert in alerts) == [80, 90]
    assert {alert.kind for alert in alerts} == {AlertKind.SERVER}
    assert again.alerts == ()


def test_that_the_first_sync_notifies_nothing_and_later_ones_the_highest(
    ledger: Ledger, book: PriceBook
) -> None:
    facts = ServerFacts(limits=(TAVILY,), billing_period="2026-11")
    sync(ledger, book, server_alerts=[an_alert("1")], facts=facts)
    assert ledger.waiting_notifications(ACCOUNT, NOW_MS) == ()

    news = [an_alert("2", threshold=100, severity="error"), an_alert("3", threshold=90)]
    sync(ledger, book, NOW_MS + 1, server_alerts=news)
    (waiting,) = ledger.waiting_notifications(ACCOUNT, NOW_MS)
    assert (waiting.threshold_percent, waiting.severity) == (100, Severity.CRITICAL)


def test_that_an_old_alert_that_comes_late_notifies_nobody(ledger: Ledger, book: PriceBook) -> None:
    sync(ledger, book)
    old = [
        an_alert("1", created_at_ms=NOW_MS - 30 * DAY_MS),
        an_alert("2", billing_period="2026-10", threshold=90),
        an_alert("3", is_read=True, threshold=100),
    ]
    born = sync(ledger, book, server_alerts=old, facts=ServerFacts(billing_period="2026-11"))

    assert len(born.alerts) == 3
    assert ledger.waiting_notifications(ACCOUNT, NOW_MS) == ()


def test_that_a_limit_that_the_server_forgot_is_told(ledger: Ledger, book: PriceBook) -> None:
    facts = ServerFacts(limits=(TAVILY,), billing_period="2026-11")
    sync(ledger, book, facts=facts)
    result = sync(
        ledger,
        book,
        NOW_MS + 1,
        calls=[a_row(number) for number in range(12)],
        server_alerts=[an_alert("1")],
    )

    kinds = {alert.threshold_percent: alert.kind for alert in result.alerts}
    assert kinds == {80: AlertKind.SERVER, 90: AlertKind.LIMIT, 100: AlertKind.LIMIT}
    (waiting,) = ledger.waiting_notifications(ACCOUNT, NOW_MS)
    assert waiting.threshold_percent == 100
    assert waiting.title == "You've used 120% of your monthly limit"
    assert waiting.message == "Tavily calls: 12 of 10"


def test_that_a_limit_that_the_server_tells_later_stays_one_row(
    ledger: Ledger, book: PriceBook
) -> None:
    facts = ServerFacts(limits=(TAVILY,), billing_period="2026-11")
    rows = [a_row(number) for number in range(8)]
    sync(ledger, book, calls=rows, facts=facts)
    later = sync(ledger, book, server_alerts=[an_alert("1")])

    assert later.alerts == ()
    with ledger.snapshot() as snapshot:
        (alert,) = snapshot.alerts(ACCOUNT)
    ledger.mark_alerts_read(ACCOUNT, [alert.id], NOW_MS)
    assert ledger.unread_to_carry(ACCOUNT) == ("1",)


def test_that_what_is_read_here_is_carried_there_once(ledger: Ledger, book: PriceBook) -> None:
    sync(ledger, book, server_alerts=[an_alert("1", "2"), an_alert("3", threshold=90)])
    assert ledger.unread_to_carry(ACCOUNT) == ()
    with ledger.snapshot() as snapshot:
        one = next(each for each in snapshot.alerts(ACCOUNT) if each.threshold_percent == 80)
    ledger.mark_alerts_read(ACCOUNT, [one.id], NOW_MS)

    assert sorted(ledger.unread_to_carry(ACCOUNT)) == ["1", "2"]
    ledger.confirm_carried(ACCOUNT, ["1", "2"])
    assert ledger.unread_to_carry(ACCOUNT) == ()
    # The server repeats it once more: it was read, so it is carried too.
    sync(ledger, book, server_alerts=[an_alert("4", "1", "2")])
    assert ledger.unread_to_carry(ACCOUNT) == ("4",)


def test_that_what_was_read_there_is_read_here(ledger: Ledger, book: PriceBook) -> None:
    sync(ledger, book, server_alerts=[an_alert("1")])
    sync(ledger, book, server_alerts=[an_alert("1", is_read=True)])

    with ledger.snapshot() as snapshot:
        (alert,) = snapshot.alerts(ACCOUNT)
    assert alert.is_read
    assert ledger.unread_to_carry(ACCOUNT) == ()


def test_that_an_alert_that_says_less_is_known_by_its_title(
    ledger: Ledger, book: PriceBook
) -> None:
    plain = replace(
        an_alert("1", provider=None, threshold_percent=None, billing_period=""),
        threshold_percent=None,
    )
    sync(ledger, book, server_alerts=[plain])
    same = replace(plain, ids=("2", "1"), created_at_ms=NOW_MS + 40 * DAY_MS)
    assert sync(ledger, book, server_alerts=[same]).alerts == ()
    assert len(sync(ledger, book, server_alerts=[replace(plain, title="Other")]).alerts) == 1


def test_that_several_accounts_add_up_and_a_period_picks_its_calls(
    ledger: Ledger, book: PriceBook
) -> None:
    sync(ledger, book, calls=[a_row(1), a_row(2, billing_period="2026-10")])
    ledger.record(from_script(a_call()), book)

    with ledger.snapshot() as snapshot:
        both = snapshot.by_series(Scope((ACCOUNT, "local")), *EVER)
        november = snapshot.by_series(Scope((ACCOUNT,), "2026-11"), *EVER)
        assert snapshot.bounds(Scope((ACCOUNT,), "2026-10")) is not None
        assert snapshot.calls_ever(Scope(("local", ACCOUNT))) == 3
    assert sum(row.figures.calls for row in both) == 3
    assert sum(row.figures.calls for row in november) == 1


def test_that_a_server_that_keeps_no_failures_has_no_error_rate(
    ledger: Ledger, book: PriceBook
) -> None:
    sync(ledger, book, calls=[a_row(1)])
    assert totals(ledger, ACCOUNT).error_rate_percent is None

    sync(ledger, book, calls=[a_row(2, status_code=500)])
    assert totals(ledger, ACCOUNT).error_rate_percent == 50.0
