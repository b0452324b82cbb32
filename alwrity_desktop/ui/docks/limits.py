"""Limits and budgets: each with its bar, status and time left; set and changed here."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.budgets import DEFAULT_THRESHOLDS, OWN_PERIOD, Enforcement, Limit
from alwrity_desktop.core.domain.live import GatewayState, LiveView
from alwrity_desktop.core.domain.periods import local_day
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.usage import ALL_ACCOUNTS
from alwrity_desktop.core.domain.words import name_words
from alwrity_desktop.ui import account_text, formatting
from alwrity_desktop.ui.docks._parts import (
    LIMIT_ROLES,
    Rule,
    ScrollBody,
    first_threshold,
    fullest_first,
    standing,
)
from alwrity_desktop.ui.docks.base import DockView
from alwrity_desktop.ui.requests import EditBudget, OpenCalls, RemoveBudget, Request
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import (
    ActionButton,
    EmptyState,
    FlowLayout,
    IconButton,
    LimitBar,
    Pill,
    PlainLabel,
)


class LimitRow(QWidget):
    """One limit with all that is known of it, and what can be done."""

    #: Carries a ``Request``.
    requested = Signal(object)

    def __init__(self) -> None:
        """Make a row without a limit."""
        super().__init__()
        self._limit: Limit | None = None
        self._bar = LimitBar()
        self._bar.clicked.connect(self._open)
        self._pill = Pill(is_small=True)
        self._facts = PlainLabel("", "caption", "muted")
        self._facts.setWordWrap(True)
        self._edit = IconButton("pencil", self.tr("Change this budget"), is_title=True)
        self._edit.clicked.connect(self._change)
        self._remove = IconButton("trash-2", self.tr("Remove this budget"), is_title=True)
        self._remove.clicked.connect(self._take_away)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self._pill)
        below.addWidget(self._facts, 1)
        below.addWidget(self._edit)
        below.addWidget(self._remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(SIZES.dock_padding_x, 8, SIZES.dock_padding_x, 6)
        column.setSpacing(5)
        column.addWidget(self._bar)
        column.addLayout(below)

    def show_limit(self, limit: Limit, report: Report, gateway: GatewayState | None) -> None:
        """Show *limit* as it stands in *report*, and what *gateway* does about it."""
        self._limit = limit
        self._bar.set_marks(LIMIT_ROLES[limit.status], first_threshold(limit))
        percent = formatting.percent_whole(limit.known_percent)
        amounts = formatting.limit_amount(limit)
        self._bar.set_limit(name_words(limit.name), amounts, percent, limit.percent)
        self._pill.set_status(*standing(limit.status, (limit,)))
        facts = [*self._fact_list(limit, report), *self._refusing(limit, gateway)]
        self._facts.set_plain(" · ".join(facts))
        is_own = limit.budget_id is not None
        self._edit.setVisible(is_own)
        self._remove.setVisible(is_own)

    def _fact_list(self, limit: Limit, report: Report) -> list[str]:
        facts = [self._scope(limit), *self._reset_words(limit, report)]
        if report.account.name == ALL_ACCOUNTS:
            facts.insert(0, account_text.name_of(limit.account, limit.account))
        if limit.reaches_on is not None:
            text = self.tr("reaches 100% on {day}")
            facts.append(text.format(day=formatting.day(limit.reaches_on)))
        if limit.thresholds != DEFAULT_THRESHOLDS:
            marks = ", ".join(str(percent) for percent in limit.thresholds)
            facts.append(self.tr("warns at {percents}%").format(percents=marks))
        return facts

    def _refusing(self, limit: Limit, gateway: GatewayState | None) -> list[str]:
        """Return whether calls are refused at the limit's end, and what is held until then."""
        if limit.enforcement != Enforcement.BLOCK or limit.budget_id is None:
            return []
        if gateway is not None and not gateway.is_running:
            return [self.tr("would refuse calls, but the gateway is not running")]
        words = [self.tr("refuses further calls at the gateway")]
        budgets = gateway.budgets if gateway is not None else ()
        held = next((each.held for each in budgets if each.budget_id == limit.budget_id), 0)
        if held:
            text = self.tr("{amount} held for calls under way")
            words.append(text.format(amount=formatting.amount(limit.kind, held)))
        return words

    def _reset_words(self, limit: Limit, report: Report) -> list[str]:
        """Return when the limit starts anew, and how long that is."""
        if not limit.resets_on:
            return [self.tr("never starts anew")]
        today = local_day(report.as_of_ms, report.period.timezone)
        # Full days after today, as the header counts them.
        left = (date.fromisoformat(limit.resets_on) - date.fromisoformat(today)).days - 1
        words = [self.tr("resets on {day}").format(day=formatting.day(limit.resets_on))]
        days = self.tr("1 day left") if left == 1 else self.tr("{count} days left")
        if left >= 0:
            words.append(days.format(count=left) if left else self.tr("last day"))
        return words

    def _scope(self, limit: Limit) -> str:
        period = {
            "day": self.tr("daily"),
            "week": self.tr("weekly"),
            "month": self.tr("monthly"),
            "year": self.tr("yearly"),
            OWN_PERIOD: self.tr("each billing period"),
        }.get(limit.period, limit.period)
        scopes = [] if limit.provider is None else [formatting.provider_label(limit.provider)]
        if limit.model is not None:
            scopes = [limit.model]
        if limit.project is not None:
            scopes.append(self.tr("project {name}").format(name=limit.project))
        if not scopes:
            scopes = [self.tr("all calls")]
        if limit.account == ALL_ACCOUNTS:
            scopes.append(self.tr("all accounts"))
        return ", ".join((*scopes, period))

    def _ask(self, request: Request) -> None:
        self.requested.emit(request)

    @Slot()
    def _open(self) -> None:
        if self._limit is not None:
            self._ask(OpenCalls(self._limit.provider, self._limit.model))

    @Slot()
    def _change(self) -> None:
        if self._limit is not None and self._limit.budget_id is not None:
            self._ask(EditBudget(self._limit.budget_id))

    @Slot()
    def _take_away(self) -> None:
        if self._limit is not None and self._limit.budget_id is not None:
            self._ask(RemoveBudget(self._limit.budget_id))


class LimitsDock(DockView):
    """Every limit and budget, the fullest first."""

    name = "limits"
    title = str(QT_TRANSLATE_NOOP("LimitsDock", "Limits and budgets"))
    icon = "target"
    about = str(
        QT_TRANSLATE_NOOP(
            "LimitsDock", "Every limit and budget: what is used, what is left, when it starts anew."
        )
    )
    order = 40

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a dock without limits."""
        super().__init__(parent)
        content = QWidget()
        self._rows: list[LimitRow] = []
        self._rules: list[Rule] = []
        self._report: Report | None = None
        self._gateway: GatewayState | None = None
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        head = QWidget()
        self._count = PlainLabel("", "body-dense", "text2")
        button = ActionButton(self.tr("Set a budget"), EditBudget(), icon="plus", is_small=True)
        button.chosen.connect(self.requested)
        flow = FlowLayout(head)
        flow.setContentsMargins(SIZES.dock_padding_x, 8, SIZES.dock_padding_x, 8)
        flow.addWidget(self._count)
        flow.add_stretch()
        flow.addWidget(button)
        outer = QVBoxLayout(self.body)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(head)
        outer.addWidget(Rule())
        outer.addWidget(ScrollBody(content), 1)

    def is_empty(self, report: Report) -> bool:
        """Return whether there is neither a limit nor a budget."""
        return not report.limits

    def empty_state(self, report: Report) -> EmptyState:
        """Return the offer to set a budget."""
        text = self.tr(
            "A budget warns before the money is spent, or refuses further calls: for all calls, "
            "a provider, a model or a project."
        )
        actions = ((self.tr("Set a budget"), "plus", EditBudget()),)
        return EmptyState(self.icon, self.tr("No budget yet"), text, actions)

    def render_report(self, report: Report) -> None:
        """Show the limits of *report*."""
        self._report = report
        count = len(report.limits)
        words = (
            self.tr("1 limit or budget") if count == 1 else self.tr("{count} limits and budgets")
        )
        self._count.set_plain(words.format(count=count))
        while len(self._rows) < count:
            self._add_row()
        for row, limit in zip(self._rows, fullest_first(report.limits), strict=False):
            row.show_limit(limit, report, self._gateway)
        for index, (row, rule) in enumerate(zip(self._rows, self._rules, strict=True)):
            row.setVisible(index < count)
            rule.setVisible(index < count - 1)

    def show_live(self, view: LiveView) -> None:
        """Take what calls under way hold of the budgets that refuse calls."""
        before, self._gateway = self._gateway, view.gateway
        has_changed = before is None or (before.is_running, before.budgets) != (
            view.gateway.is_running,
            view.gateway.budgets,
        )
        if has_changed and self._report is not None and self._report.limits:
            self.render_report(self._report)

    def _add_row(self) -> None:
        row, rule = LimitRow(), Rule()
        row.requested.connect(self.requested)
        place = self._column.count() - 1
        self._column.insertWidget(place, row, 0, Qt.AlignmentFlag(0))
        self._column.insertWidget(place + 1, rule)
        self._rows.append(row)
        self._rules.append(rule)
