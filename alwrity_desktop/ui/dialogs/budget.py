"""Sets, changes or removes a budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

import msgspec
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QWidget

from alwrity_desktop.core.domain.budgets import OWN_PERIOD, Budget, Enforcement, LimitKind
from alwrity_desktop.core.domain.money import pico_from_usd, usd_text
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.dialogs.base import Row, line_edit
from alwrity_desktop.ui.dialogs.scrolling import ScrollingSheet
from alwrity_desktop.ui.translation import QT_TRANSLATE_NOOP
from alwrity_desktop.ui.widgets import Combo, EditCombo, PushButton

KINDS: Final = (
    (LimitKind.COST, QT_TRANSLATE_NOOP("BudgetDialog", "Cost in US dollars")),
    (LimitKind.CALLS, QT_TRANSLATE_NOOP("BudgetDialog", "Number of calls")),
    (LimitKind.TOKENS, QT_TRANSLATE_NOOP("BudgetDialog", "Number of tokens")),
)
PERIODS: Final = (
    ("month", QT_TRANSLATE_NOOP("BudgetDialog", "Each month")),
    ("week", QT_TRANSLATE_NOOP("BudgetDialog", "Each week")),
    ("day", QT_TRANSLATE_NOOP("BudgetDialog", "Each day")),
    ("year", QT_TRANSLATE_NOOP("BudgetDialog", "Each year")),
    (OWN_PERIOD, QT_TRANSLATE_NOOP("BudgetDialog", "Each billing period")),
)
ENFORCEMENTS: Final = (
    (Enforcement.WARN, QT_TRANSLATE_NOOP("BudgetDialog", "Warn me")),
    (Enforcement.BLOCK, QT_TRANSLATE_NOOP("BudgetDialog", "Refuse further calls")),
)
FAILURES: Final = (
    ("pass", QT_TRANSLATE_NOOP("BudgetDialog", "Let calls pass, and count them later")),
    ("block", QT_TRANSLATE_NOOP("BudgetDialog", "Refuse calls until it can be")),
)
_NAMES: Final = {
    "day": QT_TRANSLATE_NOOP("BudgetDialog", "Daily {kind}"),
    "week": QT_TRANSLATE_NOOP("BudgetDialog", "Weekly {kind}"),
    "month": QT_TRANSLATE_NOOP("BudgetDialog", "Monthly {kind}"),
    "year": QT_TRANSLATE_NOOP("BudgetDialog", "Yearly {kind}"),
    OWN_PERIOD: QT_TRANSLATE_NOOP("BudgetDialog", "Billing period's {kind}"),
}
_KIND_WORDS: Final = {
    LimitKind.COST: QT_TRANSLATE_NOOP("BudgetDialog", "budget"),
    LimitKind.CALLS: QT_TRANSLATE_NOOP("BudgetDialog", "calls"),
    LimitKind.TOKENS: QT_TRANSLATE_NOOP("BudgetDialog", "tokens"),
}
MAX_USD: Final = Decimal(1_000_000_000)
MAX_COUNT: Final = 10**15
_UNITS: Final = {"k": 10**3, "m": 10**6, "b": 10**9}


def amount_from(text: str, kind: LimitKind) -> int:
    """Return what a person typed as a limit: "125", "$1,250.50", "44M".

    Raises ValueError for what is no amount, not above zero once rounded, or beyond belief.
    """
    plain = text.strip().replace(",", "").replace(" ", "").removeprefix("$").casefold()
    factor = 1
    if kind != LimitKind.COST and plain[-1:] in _UNITS:
        factor = _UNITS[plain[-1]]
        plain = plain[:-1]
    try:
        number = Decimal(plain) * factor
    except InvalidOperation as error:
        raise ValueError(text) from error
    limit = MAX_USD if kind == LimitKind.COST else Decimal(MAX_COUNT)
    if not number.is_finite() or not 0 < number <= limit:
        raise ValueError(text)
    if kind == LimitKind.COST:
        pico = pico_from_usd(number)
        if not pico:
            raise ValueError(text)
        return pico
    if number != number.to_integral_value():
        raise ValueError(text)
    return int(number)


def amount_text(kind: LimitKind, limit: int) -> str:
    """Return *limit* as a person would type it."""
    return usd_text(limit) if kind == LimitKind.COST else f"{limit:,}"


def usual_name(
    kind: LimitKind, period: str, provider: str | None, model: str | None, project: str = ""
) -> str:
    """Return the name of a budget that got none: "Monthly budget", "Anthropic tokens"."""
    word = QCoreApplication.translate("BudgetDialog", _KIND_WORDS[kind])
    scopes = (model or (formatting.provider_label(provider) if provider else ""), project)
    scope = " ".join(each for each in scopes if each)
    if not scope:
        return QCoreApplication.translate("BudgetDialog", _NAMES[period]).format(kind=word)
    return f"{scope} {word}"


class Scopes(msgspec.Struct, frozen=True):
    """What a budget can be for, as far as it is known."""

    #: By provider.
    models: Mapping[str, Sequence[str]]
    projects: Sequence[str] = ()
    #: Names of accounts and what people call them.
    accounts: Sequence[tuple[str, str]] = ()
    #: "pass" or "block": what becomes of calls while budgets cannot be checked.
    failure: str = "pass"


class BudgetDialog(ScrollingSheet):
    """One budget: what it counts, how much, how long, for whom, and what happens at its end."""

    #: The ``Budget`` to keep.
    kept = Signal(object)
    #: The id of the budget to remove.
    removed = Signal(int)
    #: "pass" or "block", where the person chose what happens when budgets cannot be checked.
    failure_chosen = Signal(str)

    def __init__(
        self,
        budget: Budget | None,
        account: str,
        scopes: Scopes,
        thresholds: tuple[int, ...],
        parent: QWidget | None = None,
    ) -> None:
        """Offer *budget* for change, or a new one for *account*."""
        title = self.tr("Set a budget") if budget is None else self.tr("Change the budget")
        super().__init__(title, self.tr("Keep"), parent)
        self._budget = budget or Budget(
            0, "", LimitKind.COST, 0, "month", account, thresholds=thresholds
        )
        self._scopes = scopes
        self._make_fields(has_budget=budget is not None)
        self._limit_row = self._add_rows()
        self._choose()
        for combo in (self._kind, self._period, self._provider, self._model):
            combo.currentIndexChanged.connect(self._offer_name)
        self._project.currentTextChanged.connect(self._offer_name)
        self._enforcement.currentIndexChanged.connect(self._explain)
        self._offer_name()
        self._explain()
        self._limit.setFocus()
        if budget is not None:
            remove = PushButton(self.tr("Remove"), icon="trash-2")
            remove.clicked.connect(self._remove)
            self.add_button(remove)

    def _make_fields(self, *, has_budget: bool) -> None:
        budget, scopes = self._budget, self._scopes
        self._limit = line_edit(
            amount_text(budget.kind, budget.limit) if has_budget else "", "125.00"
        )
        self._kind = self._combo(self.tr("Counts"), KINDS)
        self._period = self._combo(self.tr("Period"), PERIODS)
        self._enforcement = self._combo(self.tr("When it is used up"), ENFORCEMENTS)
        self._failure = self._combo(self.tr("While it cannot be checked"), FAILURES)
        self._provider = Combo(self.tr("Provider"), is_small=False)
        self._model = Combo(self.tr("Model"), is_small=False)
        self._account = Combo(self.tr("Account"), is_small=False)
        accounts = tuple(scopes.accounts) or ((budget.account, budget.account),)
        self._account.set_items(accounts)
        self._project = EditCombo()
        self._project.addItems(["", *scopes.projects])
        edit = self._project.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(self.tr("All projects"))
            edit.setMaxLength(200)
        self._name = line_edit(budget.name)
        self._name.setMaxLength(80)

    def _combo(self, name: str, items: Sequence[tuple[str, str]]) -> Combo:
        combo = Combo(name, is_small=False)
        combo.set_items(tuple((key, self._word(text)) for key, text in items))
        return combo

    @staticmethod
    def _word(text: str) -> str:
        return QCoreApplication.translate("BudgetDialog", text)

    def _add_rows(self) -> Row:
        limit_row = Row(self.tr("Limit"), self._limit)
        self.add_beside(limit_row, Row(self.tr("Counts"), self._kind))
        account_row = Row(self.tr("Account"), self._account)
        account_row.setVisible(len(self._scopes.accounts) > 1)
        self.add_beside(Row(self.tr("Period"), self._period), account_row)
        names = self._scopes.models
        known = tuple((name, formatting.provider_label(name)) for name in names)
        self._provider.set_items(((None, self.tr("All providers")), *known))
        self._provider.currentIndexChanged.connect(self._offer_models)
        self.add_beside(
            Row(self.tr("Provider"), self._provider), Row(self.tr("Model"), self._model)
        )
        self.add_beside(Row(self.tr("Project"), self._project), Row(self.tr("Name"), self._name))
        self._enforcement_row = self.add_row(self.tr("When it is used up"), self._enforcement)
        self._failure_row = self.add_row(self.tr("While it cannot be checked"), self._failure)
        percents = ", ".join(f"{percent}%" for percent in self._budget.thresholds)
        self.add_words(
            self.tr("You are warned once at {percents}.").format(percents=percents), "caption"
        )
        return limit_row

    def _choose(self) -> None:
        budget = self._budget
        _select(self._kind, budget.kind)
        _select(self._period, budget.period)
        _select(self._provider, budget.provider)
        self._offer_models()
        _select(self._model, budget.model)
        _select(self._account, budget.account)
        _select(self._enforcement, budget.enforcement)
        _select(self._failure, self._scopes.failure)
        self._project.setCurrentText(budget.project or "")

    @Slot()
    def _offer_models(self) -> None:
        models = self._scopes.models.get(self._provider.currentData() or "", ())
        self._model.set_items(((None, self.tr("All models")), *((one, one) for one in models)))
        self._model.setEnabled(bool(models))

    @Slot()
    def _offer_name(self) -> None:
        self._name.setPlaceholderText(
            usual_name(
                LimitKind(self._kind.currentData()),
                self._period.currentData(),
                self._provider.currentData(),
                self._model.currentData(),
                self._project.currentText().strip(),
            )
        )

    @Slot()
    def _explain(self) -> None:
        """Say what refusing means, and ask what shall happen while nobody can tell."""
        is_blocking = self._enforcement.currentData() == Enforcement.BLOCK
        words = self.tr(
            "The gateway answers further calls with an error that says why, before they cost "
            "anything. Calls that go around the gateway cannot be refused."
        )
        self._enforcement_row.set_hint(words if is_blocking else "")
        self._failure_row.setVisible(is_blocking)
        self.fit_rows()

    def apply(self) -> bool:
        """Keep the budget, unless the limit is no amount."""
        kind = LimitKind(self._kind.currentData())
        try:
            limit = amount_from(self._limit.text(), kind)
        except ValueError:
            example = "125.00" if kind == LimitKind.COST else "10,000"
            problem = self.tr("Write an amount above zero, such as {example}.")
            self._limit_row.show_problem(problem.format(example=example))
            self._limit.setFocus()
            return False
        enforcement = Enforcement(self._enforcement.currentData())
        failure = self._failure.currentData()
        if enforcement == Enforcement.BLOCK and failure != self._scopes.failure:
            self.failure_chosen.emit(failure)
        self.kept.emit(
            replace(
                self._budget,
                name=self._name.text().strip() or self._name.placeholderText(),
                kind=kind,
                limit=limit,
                period=self._period.currentData(),
                provider=self._provider.currentData(),
                model=self._model.currentData(),
                project=self._project.currentText().strip() or None,
                account=self._account.currentData(),
                enforcement=enforcement,
            )
        )
        return True

    @Slot()
    def _remove(self) -> None:
        self.removed.emit(self._budget.id)
        self.accept()


def _select(combo: Combo, value: object) -> None:
    combo.setCurrentIndex(max(0, combo.findData(value)))
