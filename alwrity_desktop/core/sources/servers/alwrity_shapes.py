"""What ALwrity servers answer, today's and those that answer as documented, told apart by shape."""

from __future__ import annotations

from typing import Annotated

from alwrity_desktop.core.sources.servers.fields import (
    Count,
    Exact,
    Flag,
    Id,
    Items,
    Moment,
    PeriodKey,
    Rate,
    Raw,
    Shape,
    Text,
    Texts,
    Usd,
    part,
    rows,
)


class LogRow(Shape):
    """A row of usage-logs: one call, or several that the server merged."""

    id: Id = None
    timestamp: Text = None
    provider: Text = None
    model_used: Text = None
    endpoint: Text = None
    tokens_input: Count = None
    tokens_output: Count = None
    tokens_total: Count = None
    cost_total: Usd = None
    #: Seconds.
    response_time: Rate = None
    status_code: Count = None
    error_message: Text = None
    billing_period: PeriodKey = None
    is_aggregated: Flag = None


class LogPage(Shape):
    """A page of usage-logs."""

    logs: Annotated[tuple[LogRow, ...] | None, rows(LogRow)] = None
    has_more: Flag = None
    total_count: Count = None


class ProviderFigures(Shape):
    """One provider in a breakdown."""

    calls: Count = None
    tokens: Count = None
    cost: Usd = None


class PeriodRow(Shape):
    """One period in the history, or in trends that are rows; each generation has its names."""

    billing_period: PeriodKey = None
    period: PeriodKey = None
    total_calls: Count = None
    total_tokens: Count = None
    total_cost: Usd = None
    calls: Count = None
    tokens: Count = None
    cost: Usd = None


class AccountLimits(Shape):
    """The limits of the account's plan."""

    plan_name: Text = None
    tier: Text = None
    limits: Raw = None


class UsageStats(Shape):
    """Usage of one period, or of all time."""

    billing_period: Text = None
    total_calls: Count = None
    total_tokens: Count = None
    total_cost: Usd = None
    usage_status: Text = None
    usage_percentages: Raw = None
    limits: Annotated[AccountLimits | None, part(AccountLimits)] = None
    provider_breakdown: Raw = None
    historical_breakdown: Annotated[tuple[PeriodRow, ...] | None, rows(PeriodRow)] = None


class Summary(Shape):
    """What the dashboard says of "this month"."""

    total_api_calls_this_month: Count = None
    total_cost_this_month: Usd = None


class AlertRow(Shape):
    """One alert; the same one comes many times."""

    id: Id = None
    type: Text = None
    threshold_percentage: Count = None
    provider: Text = None
    title: Text = None
    message: Text = None
    severity: Text = None
    is_read: Flag = None
    read: Flag = None
    billing_period: PeriodKey = None
    created_at: Moment = None


class AlertPage(Shape):
    """The alerts of today's server."""

    alerts: Annotated[tuple[AlertRow, ...] | None, rows(AlertRow)] = None


class Dashboard(Shape):
    """The dashboard: ``current_usage`` as documented, the two other usages from today's server."""

    total_usage: Annotated[UsageStats | None, part(UsageStats)] = None
    current_period_usage: Annotated[UsageStats | None, part(UsageStats)] = None
    current_usage: Annotated[UsageStats | None, part(UsageStats)] = None
    limits: Annotated[AccountLimits | None, part(AccountLimits)] = None
    summary: Annotated[Summary | None, part(Summary)] = None
    usage_percentages: Raw = None
    alerts: Annotated[tuple[AlertRow, ...] | None, rows(AlertRow)] = None


class Trends(Shape):
    """Trends as columns; as rows, ``periods`` holds objects."""

    periods: Items = None
    total_calls: Items = None
    total_tokens: Items = None
    total_cost: Items = None
    provider_trends: Raw = None


class Columns(Shape):
    """One provider's columns in trends."""

    calls: Items = None
    tokens: Items = None
    cost: Items = None


class StatusAnswer(Shape):
    """Whether the server lets calls through now."""

    active: Flag = None
    plan: Text = None
    tier: Text = None
    can_use_api: Flag = None
    reason: Text = None
    limits: Raw = None


class SubscriptionRow(Shape):
    """The subscription itself."""

    billing_cycle: Text = None
    current_period_start: Moment = None
    current_period_end: Moment = None
    status: Text = None
    auto_renew: Flag = None


class PlanRow(Shape):
    """A plan, as it is listed and as a subscription names it."""

    id: Id = None
    name: Text = None
    tier: Text = None
    price_monthly: Usd = None
    price_yearly: Usd = None
    description: Text = None
    features: Texts = None
    limits: Raw = None


class SubscriptionAnswer(Shape):
    """The user's subscription; without one, only the plan."""

    subscription: Annotated[SubscriptionRow | None, part(SubscriptionRow)] = None
    plan: Annotated[PlanRow | None, part(PlanRow)] = None
    status: Text = None
    limits: Raw = None


class PlanList(Shape):
    """The plans that are offered."""

    plans: Annotated[tuple[PlanRow, ...] | None, rows(PlanRow)] = None


class PriceRow(Shape):
    """A model's price: per token from today's server, per million tokens as documented."""

    provider: Text = None
    model_name: Text = None
    model: Text = None
    cost_per_input_token: Exact = None
    cost_per_output_token: Exact = None
    input_cost_per_1m: Exact = None
    output_cost_per_1m: Exact = None
    cost_per_request: Exact = None
    cost_per_search: Exact = None
    cost_per_image: Exact = None
    cost_per_page: Exact = None
    effective_date: Text = None


class PriceList(Shape):
    """The prices of today's server."""

    pricing: Annotated[tuple[PriceRow, ...] | None, rows(PriceRow)] = None


class RenewalRow(Shape):
    """One renewal, upgrade or first payment."""

    id: Id = None
    plan_name: Text = None
    previous_plan_name: Text = None
    new_period_start: Moment = None
    new_period_end: Moment = None
    billing_cycle: Text = None
    renewal_type: Text = None
    payment_amount: Usd = None
    payment_status: Text = None
    payment_date: Moment = None
    created_at: Moment = None


class RenewalPage(Shape):
    """A page of the renewal history."""

    renewals: Annotated[tuple[RenewalRow, ...] | None, rows(RenewalRow)] = None
    has_more: Flag = None


class RetentionAnswer(Shape):
    """For how long renewals are kept whole."""

    retention_policy: Raw = None


class Performance(Shape):
    """What the server counted of its own requests in the last minutes."""

    recent_requests: Count = None
    recent_errors: Count = None
    error_rate: Rate = None


class HealthAnswer(Shape):
    """The health of today's server, of its light statistics, and as documented."""

    system_health: Text = None
    status: Text = None
    api_performance: Annotated[Performance | None, part(Performance)] = None
    recent_requests: Count = None
    recent_errors: Count = None
    error_rate: Rate = None


class SystemHealth(Shape):
    """The health within the statistics."""

    status: Text = None


class ApiStats(Shape):
    """The server's statistics; today's server always answers the same zeros."""

    overview: Annotated[Performance | None, part(Performance)] = None
    system_health: Annotated[SystemHealth | None, part(SystemHealth)] = None


class CacheStats(Shape):
    """What the server's cache saved; today's server never answers."""

    hits: Count = None
    misses: Count = None
    cache_hits: Count = None
    cache_misses: Count = None


class CheckAnswer(Shape):
    """The server's check of its own parts, or of one."""

    status: Text = None
    services: Raw = None


class LimitInfo(Shape):
    """How near a planned operation is to its limit."""

    current_usage: Count = None
    limit: Count = None


class OperationRow(Shape):
    """One planned operation, judged."""

    provider: Text = None
    operation_type: Text = None
    cost: Usd = None
    allowed: Flag = None
    limit_info: Annotated[LimitInfo | None, part(LimitInfo)] = None
    message: Text = None


class PreflightAnswer(Shape):
    """What planned operations would cost, and whether they would be let through."""

    can_proceed: Flag = None
    estimated_cost: Usd = None
    total_cost: Usd = None
    operations: Annotated[tuple[OperationRow, ...] | None, rows(OperationRow)] = None
