"""What a person asks an ALwrity server for: a check, a preflight, a payment page, alerts read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, urlsplit

from alwrity_desktop.core.domain.errors import (
    AskingError,
    AuthRefusedError,
    BrokenAnswerError,
    RequestRefusedError,
    ServerFaultError,
    UsageError,
)
from alwrity_desktop.core.domain.server import Preflight, PreflightOperation
from alwrity_desktop.core.sources.servers.alwrity_plans import subscription, subscription_answer
from alwrity_desktop.core.sources.servers.alwrity_providers import LANGUAGE_MODELS, canonical
from alwrity_desktop.core.sources.servers.alwrity_shapes import (
    Dashboard,
    OperationRow,
    PreflightAnswer,
    StatusAnswer,
    SubscriptionAnswer,
)
from alwrity_desktop.core.sources.servers.base import Ask
from alwrity_desktop.core.sources.servers.fields import Place, Troubles, data_of, read

BASE: Final = "/api/subscription"
CHECKOUT: Final = "checkout"
PORTAL: Final = "portal"

_NO_PLAN: Final = "none"
_MAX_OPERATIONS: Final = 20
_MAX_URL: Final = 4000
_BAD_REQUEST: Final = 400
_FORBIDDEN: Final = 403
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_NO_SUCH_PROVIDER: Final = "The server does not know this provider."
_INPUT_ONLY: Final = "The server counts the input only: what is written comes on top."
_BLOCKED_TOGETHER: Final = "Together with the operations before it, this passes the limit."


def check(ask: Ask, user: str) -> str:
    """Return a sentence about the account that answers. Raises what went wrong."""
    place = Place("the account", Troubles())
    status = _status(ask, user, place)
    answer = _subscription(ask, user, place)
    found = subscription(None, answer, status, None)
    if found is None:
        board = read(Dashboard, data_of(_own(ask, "dashboard", user), "the account"), place)
        limits = board.limits or (board.current_usage.limits if board.current_usage else None)
        found = subscription(None, None, None, limits)
    if found is None or not found.plan:
        return "The server answers, and does not say which plan it is."
    plan = "No plan" if found.plan == _NO_PLAN else f"{found.plan} plan"
    if found.is_active is False:
        return f"{plan}, not active: {found.reason or 'no reason given'}."
    if found.period_end_ms is None:
        return f"{plan}."
    ends = datetime.fromtimestamp(found.period_end_ms / 1000, UTC)
    return f"{plan}, billing period until {ends.day} {ends:%B %Y}."


def _status(ask: Ask, user: str, place: Place) -> StatusAnswer | None:
    """Return the status; None where the server does not know the question."""
    try:
        return read(StatusAnswer, data_of(_own(ask, "status", user), "the account"), place)
    except (RequestRefusedError, BrokenAnswerError):
        return None


def _subscription(ask: Ask, user: str, place: Place) -> SubscriptionAnswer | None:
    """Return the subscription; None where the server has none, or only what stands for one."""
    try:
        answer = ask("GET", f"{BASE}/user/{quote(user, safe='')}/subscription")
        return subscription_answer(data_of(answer, "the subscription"), place)
    except (RequestRefusedError, BrokenAnswerError):
        return None


def _own(ask: Ask, what: str, user: str) -> object:
    try:
        return ask("GET", f"{BASE}/{what}/{quote(user, safe='')}")
    except AuthRefusedError as error:
        if error.status != _FORBIDDEN:
            raise
        message = f'The token belongs to another user than "{user}". Correct one of the two.'
        raise AuthRefusedError(message, status=_FORBIDDEN) from error


def mark_read(ask: Ask, ids: tuple[str, ...]) -> tuple[str, ...]:
    """Mark alerts read; return those that the server took or does not know."""
    taken = []
    for alert_id in ids:
        try:
            ask("POST", f"{BASE}/alerts/{quote(alert_id, safe='')}/mark-read")
        except RequestRefusedError:
            # It has no such alert, any more or at all: nothing is left to be done.
            taken.append(alert_id)
        except AuthRefusedError:
            raise
        except AskingError:
            break
        else:
            taken.append(alert_id)
    return tuple(taken)


def preflight(ask: Ask, operations: tuple[Mapping[str, str | int], ...]) -> Preflight:
    """Return what *operations* would cost together, and which would be let through.

    The server blocks all when one is blocked, and judges each as if it were alone: so a refusal
    is asked for one by one, and those that pass a limit together are told here.
    Raises UsageError for no operation or too many.
    """
    if not 0 < len(operations) <= _MAX_OPERATIONS:
        message = f"One to {_MAX_OPERATIONS} operations can be asked for at a time."
        raise UsageError(message)
    judged = _judged(ask, operations)
    if len(operations) > 1 and any(each.is_allowed is False for each in judged):
        judged = [found for each in operations for found in _judged(ask, (each,))]
    judged = _together(judged)
    costs = [each.cost_pico for each in judged]
    is_known = all(each.is_allowed is not None for each in judged)
    is_blocked = any(each.is_allowed is False for each in judged)
    return Preflight(
        is_allowed=False if is_blocked else (True if is_known else None),
        cost_pico=None if None in costs else sum(cost for cost in costs if cost is not None),
        operations=tuple(judged),
        notes=(_INPUT_ONLY,) if any("tokens_requested" in each for each in operations) else (),
    )


def _judged(ask: Ask, operations: tuple[Mapping[str, str | int], ...]) -> list[PreflightOperation]:
    """Return the server's answer for each of *operations*, also for those that it leaves out."""
    body = {"operations": [dict(each) for each in operations]}
    rows: list[OperationRow] = []
    try:
        data = data_of(ask("POST", f"{BASE}/preflight-check", None, body), "the operations")
        found = read(PreflightAnswer, data, Place("the operations", Troubles())).operations
        if found is None:
            message = "The server gave no answer about the operations."
            raise BrokenAnswerError(message)
        rows = list(found)
    except RequestRefusedError as error:
        if error.status != _BAD_REQUEST:
            raise
    return [_judgement(operation, _taken(rows, operation)) for operation in operations]


def _taken(rows: list[OperationRow], operation: Mapping[str, str | int]) -> OperationRow | None:
    """Take the row about *operation* out of *rows*, which are in the operations' order."""
    for row in rows:
        is_provider = canonical(row.provider or "") == canonical(str(operation.get("provider", "")))
        if is_provider and row.operation_type == operation.get("operation_type"):
            rows.remove(row)
            return row
    return None


def _judgement(operation: Mapping[str, str | int], row: OperationRow | None) -> PreflightOperation:
    info = row.limit_info if row else None
    # A limit of 0 is none, or one that nobody knows.
    has_limit = info is not None and bool(info.limit)
    return PreflightOperation(
        provider=canonical(str(operation.get("provider", ""))),
        operation=str(operation.get("operation_type", "")),
        model=str(operation.get("model", "")),
        cost_pico=row.cost if row else None,
        is_allowed=row.allowed if row else None,
        message=(row.message or "") if row else _NO_SUCH_PROVIDER,
        used=info.current_usage if info and has_limit else None,
        limit=info.limit if info and has_limit else None,
    )


def _together(judged: list[PreflightOperation]) -> list[PreflightOperation]:
    """Block the operations that pass a limit of calls together, though not each alone.

    Limits of language models are of tokens, where the answer does not say how many are asked.
    """
    planned: dict[str, int] = {}
    result = []
    for each in judged:
        before = planned.get(each.provider, 0)
        planned[each.provider] = before + 1
        is_counted = each.provider not in LANGUAGE_MODELS and each.is_allowed is True
        is_limited = each.used is not None and each.limit is not None
        is_passed = is_limited and (each.used or 0) + before >= (each.limit or 0)
        result.append(_blocked(each) if is_counted and is_passed else each)
    return result


def _blocked(each: PreflightOperation) -> PreflightOperation:
    return PreflightOperation(
        provider=each.provider,
        operation=each.operation,
        model=each.model,
        cost_pico=each.cost_pico,
        is_allowed=False,
        message=_BLOCKED_TOGETHER,
        used=each.used,
        limit=each.limit,
    )


def link(ask: Ask, what: str, tier: str, cycle: str) -> str:
    """Return the address of the payment service's page. Raises the AskingErrors."""
    host = ask.origin.rpartition(":")[0].strip("[]")
    home = f"{'http' if host in _LOOPBACK else 'https'}://{ask.origin}/billing"
    if what == CHECKOUT:
        path = f"{BASE}/create-checkout-session"
        body = {"tier": tier, "billing_cycle": cycle, "success_url": home, "cancel_url": home}
    elif what == PORTAL:
        path, body = f"{BASE}/create-portal-session", {"return_url": home}
    else:
        message = f'There is no page "{what:.40}"; there are {CHECKOUT} and {PORTAL}.'
        raise UsageError(message)
    try:
        data = data_of(ask("POST", path, None, body), "the page")
    except ServerFaultError as error:
        message = "The server has no page for payments: its payment service does not answer."
        raise ServerFaultError(message, status=error.status) from error
    url = data.get("url") if isinstance(data, dict) else None
    if not isinstance(url, str) or not _is_safe(url):
        message = "The server gave an address for payments that is not safe to open."
        raise BrokenAnswerError(message)
    return url


def _is_safe(url: str) -> bool:
    """Whether an address is plain https to a host that shows, or http to this computer."""
    if len(url) > _MAX_URL or not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    if not host or "@" in parts.netloc or "\\" in url:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
