"""Sets, changes or removes a budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Final

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from alwrity_desktop.core.domain.budgets import Budget, LimitKind
from alwrity_desktop.core.domain.money import pico_from_usd, usd_text
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.dialogs.base import Row, Sheet, line_edit
from alwrity_desktop.ui.translation import QT_TRANSLATE_NOOP
from alwrity_desktop.ui.widgets import Combo, PushButton

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
)
_NAMES: Final = {
    "day": QT_TRANSLATE_NOOP("BudgetDialog", "Daily {kind}"),
    "week": QT_TRANSLATE_NOOP("BudgetDialog", "Weekly {kind}"),
    "month": QT_TRANSLATE_NOOP("BudgetDialog", "Monthly {kind}"),
    "year": QT_TRANSLATE_NOOP("BudgetDialog", "Yearly {kind}"),
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

    Raises ValueError for what is no amount, not above zero, or beyond belief.
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
        return pico_from_usd(number)
    if number != number.to_integral_value():
        raise ValueError(text)
    return int(number)


def amount_text(kind: LimitKind, limit: int) -> str:
    """Return *limit* as a person would type it."""
    return usd_text(limit) if kind == LimitKind.COST else f"{limit:,}"


def usual_name(kind: LimitKind, period: str, provider: str | None, model: str | None) -> str:
    """Return the name of a budget that got none: "Monthly budget", "Anthropic tokens"."""
    word = QCoreApplication.translate("BudgetDialog", _KIND_WORDS[kind])
    if provider is None:
        return QCoreApplication.translate("BudgetDialog", _NAMES[period]).format(kind=word)
    return f"{model or formatting.provider_label(provider)} {word}"


class BudgetDialog(Sheet):
    """One budget: what it counts, how much, how long, and for whom."""

    #: The ``Budget`` to keep.
    kept = Signal(object)
    #: The id of the budget to remove.
    removed = Signal(int)

    def __init__(
        self,
        budget: Budget | None,
        account: str,
        models: Mapping[str, Sequence[str]],
        thresholds: tuple[int, ...],
        parent: QWidget | None = None,
    ) -> None:
        """Offer *budget* for change, or a new one; *models* are those known, by provider."""
        title = self.tr("Set a budget") if budget is None else self.tr("Change the budget")
        super().__init__(title, self.tr("Keep"), parent)
        self._budget = budget or Budget(
            0, "", LimitKind.COST, 0, "month", account, thresholds=thresholds
        )
        self._models = models
        self._limit = line_edit(
            amount_text(self._budget.kind, self._budget.limit) if budget else "", "125.00"
        )
        self._kind = Combo(self.tr("Counts"), is_small=False)
        self._kind.set_items(tuple((key, self._word(text)) for key, text in KINDS))
        self._period = Combo(self.tr("Period"), is_small=False)
        self._period.set_items(tuple((key, self._word(text)) for key, text in PERIODS))
        self._provider = Combo(self.tr("Provider"), is_small=False)
        self._model = Combo(self.tr("Model"), is_small=False)
        self._name = line_edit(self._budget.name)
        self._name.setMaxLength(80)
        self._limit_row = self._add_rows()
        self._choose()
        for combo in (self._kind, self._period, self._provider, self._model):
            combo.currentIndexChanged.connect(self._offer_name)
        self._offer_name()
        self._limit.setFocus()
        if budget is not None:
            remove = PushButton(self.tr("Remove"), icon="trash-2")
            remove.clicked.connect(self._remove)
            self.add_button(remove)

    @staticmethod
    def _word(text: str) -> str:
        return QCoreApplication.translate("BudgetDialog", text)

    def _add_rows(self) -> Row:
        limit_row = self.add_row(self.tr("Limit"), self._limit)
        scope = QWidget()
        beside = QHBoxLayout(scope)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(10)
        beside.addWidget(Row(self.tr("Counts"), self._kind))
        beside.addWidget(Row(self.tr("Period"), self._period))
        beside.addStretch(1)
        self.column.addWidget(scope)
        known = tuple((name, formatting.provider_label(name)) for name in self._models)
        self._provider.set_items(((None, self.tr("All providers")), *known))
        self._provider.currentIndexChanged.connect(self._offer_models)
        self.add_row(self.tr("Provider"), self._provider)
        self.add_row(self.tr("Model"), self._model)
        self.add_row(self.tr("Name"), self._name, self.tr("Optional; it names the budget."))
        percents = ", ".join(f"{percent}%" for percent in self._budget.thresholds)
        self.add_words(
            self.tr("You are warned once at {percents}.").format(percents=percents), "caption"
        )
        return limit_row

    def _choose(self) -> None:
        self._kind.setCurrentIndex(max(0, self._kind.findData(self._budget.kind)))
        self._period.setCurrentIndex(max(0, self._period.findData(self._budget.period)))
        self._provider.setCurrentIndex(max(0, self._provider.findData(self._budget.provider)))
        self._offer_models()
        self._model.setCurrentIndex(max(0, self._model.findData(self._budget.model)))

    @Slot()
    def _offer_models(self) -> None:
        models = self._models.get(self._provider.currentData() or "", ())
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
            )
        )

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
        self.kept.emit(
            replace(
                self._budget,
                name=self._name.text().strip() or self._name.placeholderText(),
                kind=kind,
                limit=limit,
                period=self._period.currentData(),
                provider=self._provider.currentData(),
                model=self._model.currentData(),
            )
        )
        return True

    @Slot()
    def _remove(self) -> None:
        self.removed.emit(self._budget.id)
        self.accept()
