"""Plans: what the server offers, what the account has, and how it was renewed."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.periods import local_day
from alwrity_desktop.core.domain.plan_replay import Comparison
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.server import ServerFacts, Subscription
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.docks._parts import Rule, ScrollBody
from alwrity_desktop.ui.docks._plan_columns import (
    cheaper_plans,
    dearer_plans,
    own_plan,
    plan_columns,
    plan_rows,
    renewal_columns,
    span_words,
)
from alwrity_desktop.ui.docks._plan_replay import ReplaySection
from alwrity_desktop.ui.docks.base import DockView
from alwrity_desktop.ui.requests import (
    AskPrice,
    ConnectServer,
    OpenCalls,
    OpenServerPage,
    OpenWhatIf,
    ReplayPlans,
    Request,
    Retry,
)
from alwrity_desktop.ui.tables.section import TableSection
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import ActionButton, EmptyState, FlowLayout, Pill, PlainLabel

CHECKOUT = "checkout"
PORTAL = "portal"
PREFLIGHT = "preflight"
_GOOD = frozenset({"active", "free", "trialing"})


class PlansDock(DockView):
    """The account's plan beside the others."""

    name = "plans"
    title = str(QT_TRANSLATE_NOOP("PlansDock", "Plans"))
    icon = "credit-card"
    about = str(
        QT_TRANSLATE_NOOP(
            "PlansDock", "The server's plans side by side, yours marked, and how it was renewed."
        )
    )
    order = 100

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a dock that knows of no plan."""
        super().__init__(parent)
        self._plans = TableSection(self.tr("Plans side by side"))
        self._renewals = TableSection(self.tr("Renewal history"))
        self._replay = ReplaySection()
        self._replay.hide()
        self._replay.day_opened.connect(self._open_day)
        self._compared: tuple[str, Comparison] | None = None
        self._shown: Report | None = None
        self._rule = Rule()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, SIZES.dock_padding_y)
        column.setSpacing(0)
        column.addWidget(self._make_head())
        column.addWidget(self._rule)
        column.addWidget(self._replay)
        column.addWidget(self._plans)
        column.addWidget(self._renewals)
        column.addStretch(1)
        outer = QVBoxLayout(self.body)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ScrollBody(content))

    def _make_head(self) -> QWidget:
        self._plan = PlainLabel("", "subheading")
        self._pill = Pill(is_small=True)
        self._facts = PlainLabel("", "body-dense", "text2")
        self._facts.setWordWrap(True)
        name = QHBoxLayout()
        name.setSpacing(8)
        name.addWidget(self._plan)
        name.addWidget(self._pill)
        name.addStretch(1)
        head = QWidget()
        column = QVBoxLayout(head)
        column.setContentsMargins(SIZES.dock_padding_x, 12, SIZES.dock_padding_x, 12)
        column.setSpacing(8)
        column.addLayout(name)
        column.addWidget(self._facts)
        column.addWidget(self._make_buttons())
        return head

    def _make_buttons(self) -> QWidget:
        self._upgrade = ActionButton(
            self.tr("Upgrade…"), OpenServerPage(CHECKOUT), "primary", "external-link", is_small=True
        )
        self._downgrade = ActionButton(
            self.tr("Downgrade…"), OpenServerPage(PORTAL), icon="external-link", is_small=True
        )
        self._manage = ActionButton(
            self.tr("Manage billing"), OpenServerPage(PORTAL), icon="external-link", is_small=True
        )
        self._price = ActionButton(
            self.tr("What would this cost?"), AskPrice(), icon="calculator", is_small=True
        )
        self._again = ActionButton(
            self.tr("Replay my calls"), ReplayPlans(), icon="play", is_small=True
        )
        self._elsewhere = ActionButton(
            self.tr("What if on another model?"), OpenWhatIf(), icon="boxes", is_small=True
        )
        self._connect = ActionButton(
            self.tr("Connect a server"), ConnectServer(), icon="plug", is_small=True
        )
        buttons = QWidget()
        flow = FlowLayout(buttons, 8)
        for button in (
            self._upgrade,
            self._downgrade,
            self._manage,
            self._price,
            self._connect,
            self._again,
            self._elsewhere,
        ):
            button.chosen.connect(self.requested)
            flow.addWidget(button)
        return buttons

    def show_report(self, report: Report) -> None:
        """Render *report*, and remember whose it is for the replay."""
        self._shown = report
        super().show_report(report)

    def is_empty(self, report: Report) -> bool:
        """Return whether the account has no server that knows of plans."""
        if self._comparison_for(report) is not None:
            return False
        if report.server is None:
            return True
        facts = report.server.facts
        return facts.subscription is None and not facts.plans and not facts.renewals

    def empty_state(self, report: Report) -> EmptyState:
        """Return what is missing: a server, its answer, or plans at all."""
        if report.server is None:
            title = self.tr("No server connected")
            text = self.tr("Plans belong to a server. Connect one to see its plans beside yours.")
            actions: tuple[tuple[str, str, Request], ...] = (
                (self.tr("Connect a server"), "plug", ConnectServer()),
            )
            if report.calls_ever:
                text = self.tr(
                    "Plans belong to a server. Connect one, or see how your own calls would have "
                    "fared on ALwrity's public plans."
                )
                actions = (*actions, (self.tr("Replay my calls"), "play", ReplayPlans()))
            return EmptyState(self.icon, title, text, actions)
        if report.is_stated:
            text = self.tr("This server bills what is used. It offers no plans to choose from.")
            return EmptyState(self.icon, self.tr("No plans"), text)
        text = self.tr("The server has not said yet which plans it offers.")
        again = ((self.tr("Ask again"), "refresh-cw", Retry()),)
        return EmptyState(self.icon, self.tr("No plans known yet"), text, again)

    def render_report(self, report: Report) -> None:
        """Show the plans that the server of *report* offers, and the replay that was asked for."""
        facts = ServerFacts() if report.server is None else report.server.facts
        zone = report.period.timezone
        plans = facts.plans or ()
        own = own_plan(plans, facts.subscription)
        self._show_subscription(facts, report)
        comparison = self._comparison_for(report)
        self._replay.setVisible(comparison is not None)
        if comparison is not None:
            self._replay.show_comparison(comparison)
        columns = plan_columns(plans, "" if own is None else own.id)
        self._plans.set_rows(columns, plan_rows(plans) if plans else (), self._prices_note(report))
        self._plans.setVisible(bool(plans))
        renewals = facts.renewals or ()
        self._renewals.set_rows(renewal_columns(zone), renewals)
        self._renewals.setVisible(bool(renewals))
        self._rule.setVisible(bool(plans or renewals) or comparison is not None)
        abilities = dict(facts.abilities or ())
        has_server = report.server is not None
        can_upgrade = bool(dearer_plans(plans, own)) and abilities.get(CHECKOUT, True)
        self._upgrade.setVisible(can_upgrade)
        can_downgrade = bool(cheaper_plans(plans, own)) and abilities.get(PORTAL, True)
        self._downgrade.setVisible(has_server and can_downgrade)
        self._manage.setVisible(has_server and abilities.get(PORTAL, True))
        self._price.setVisible(has_server and abilities.get(PREFLIGHT, True))
        self._connect.setVisible(not has_server)
        for button in (self._again, self._elsewhere):
            button.setVisible(bool(report.calls_ever))

    def show_comparison(self, account: str, comparison: Comparison) -> None:
        """Show how the calls of *account* would have fared on each plan."""
        self._compared = (account, comparison)
        if self._shown is not None:
            self.show_report(self._shown)

    @Slot(str)
    def _open_day(self, day: str) -> None:
        self.ask(OpenCalls(day_start=day, day_end=day))

    def _comparison_for(self, report: Report) -> Comparison | None:
        if self._compared is None or self._compared[0] != report.account.name:
            return None
        return self._compared[1]

    def _prices_note(self, report: Report) -> str:
        known = dict(report.server.confirmed_ms) if report.server is not None else {}
        at_ms = known.get("plans")
        if at_ms is None:
            return ""
        words = self.tr("as the server said {time}")
        return words.format(time=formatting.stamp(at_ms, report.as_of_ms, report.period.timezone))

    def _show_subscription(self, facts: ServerFacts, report: Report) -> None:
        subscription = facts.subscription
        self._pill.setVisible(subscription is not None)
        if subscription is None:
            self._plan.set_plain(self.tr("Your plan is not known"))
            unknown = self.tr("The server has not said which plan you have.")
            if report.server is None:
                unknown = self.tr("No server is connected that could say which plan you have.")
            self._facts.set_plain(unknown)
            return
        template = self.tr("{plan} plan") if subscription.plan else self.tr("No plan")
        self._plan.set_plain(template.format(plan=subscription.plan))
        is_good = subscription.status.casefold() in _GOOD and subscription.is_active is not False
        words = self._status_words(subscription)
        self._pill.set_status("success" if is_good else "warning", words)
        self._facts.set_plain(". ".join(self._fact_list(subscription, report)) + ".")

    def _status_words(self, subscription: Subscription) -> str:
        status = subscription.status.replace("_", " ").capitalize()
        is_contradicted = subscription.status.casefold() in _GOOD
        if subscription.is_active is False and is_contradicted:
            return self.tr("Not active")
        return status or self.tr("Unknown")

    def _fact_list(self, subscription: Subscription, report: Report) -> list[str]:
        zone = report.period.timezone
        facts = []
        start_ms, end_ms = subscription.period_start_ms, subscription.period_end_ms
        if start_ms is not None and end_ms is not None:
            period = self.tr("Billing period {span}")
            if subscription.cycle:
                period = self.tr("Billing period {span}, {cycle}")
            span = span_words(start_ms, end_ms, zone)
            facts.append(period.format(span=span, cycle=subscription.cycle))
            facts.append(self._renewal_words(subscription, end_ms, report))
        if subscription.is_active is False:
            reason = subscription.reason.rstrip(".") or self.tr("no reason given")
            facts.append(
                self.tr("The server lets no calls through: {reason}").format(reason=reason)
            )
        if not facts:
            facts.append(self.tr("No subscription, so the plan's limits do not start anew"))
        return facts

    def _renewal_words(self, subscription: Subscription, end_ms: int, report: Report) -> str:
        day = formatting.day_year(local_day(end_ms, report.period.timezone))
        if end_ms <= report.as_of_ms:
            return self.tr("It ended on {day}").format(day=day)
        if subscription.is_auto_renewed is None:
            return self.tr("It ends on {day}").format(day=day)
        if subscription.is_auto_renewed:
            return self.tr("It renews itself on {day}").format(day=day)
        return self.tr("It ends on {day} and is not renewed").format(day=day)
