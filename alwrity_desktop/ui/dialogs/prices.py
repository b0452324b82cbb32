"""Models without a price, and prices of the person's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QWidget

from alwrity_desktop.core.domain.errors import PersonError
from alwrity_desktop.core.domain.pricing import PriceOverride
from alwrity_desktop.core.domain.report import UnpricedModel
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.dialogs.base import Row, line_edit
from alwrity_desktop.ui.dialogs.scrolling import ScrollingSheet
from alwrity_desktop.ui.translation import QT_TRANSLATE_NOOP
from alwrity_desktop.ui.widgets import Combo, PushButton

FIELDS: Final = (
    ("input_usd_per_million", QT_TRANSLATE_NOOP("PricesDialog", "Input, $ per 1M tokens")),
    ("output_usd_per_million", QT_TRANSLATE_NOOP("PricesDialog", "Output, $ per 1M tokens")),
    ("cache_read_usd_per_million", QT_TRANSLATE_NOOP("PricesDialog", "Cache read, $ per 1M")),
    ("cache_write_usd_per_million", QT_TRANSLATE_NOOP("PricesDialog", "Cache write, $ per 1M")),
    ("per_request_usd", QT_TRANSLATE_NOOP("PricesDialog", "Each request, $")),
    ("per_image_usd", QT_TRANSLATE_NOOP("PricesDialog", "Each image, $")),
)


class PricesDialog(ScrollingSheet):
    """Sets the price of one model; calls booked from now on use it."""

    #: The ``PriceOverride`` to keep.
    kept = Signal(object)
    #: Prices shall be applied to past calls.
    past_calls_asked = Signal()

    def __init__(self, models: Sequence[UnpricedModel], parent: QWidget | None = None) -> None:
        """Offer the unpriced *models* first."""
        super().__init__(self.tr("Prices"), self.tr("Keep this price"), parent)
        if models:
            words = self.tr("These models have calls but no price. Their cost is not in any sum.")
        else:
            words = self.tr("Every model has a price. You can set your own for any model.")
        self.add_words(words)
        self._known = Combo(self.tr("Model without a price"), is_small=False)
        self._known.set_items(tuple((str(i), self._label(m)) for i, m in enumerate(models)))
        self._models = tuple(models)
        if models:
            self.add_row(self.tr("Model without a price"), self._known)
            self._known.currentIndexChanged.connect(self._take_model)
        self._provider = line_edit(placeholder="anthropic")
        self._model = line_edit(placeholder="claude-sonnet-4-5")
        self._provider_row = Row(self.tr("Provider"), self._provider)
        self._model_row = Row(self.tr("Model"), self._model)
        self.add_beside(self._provider_row, self._model_row)
        self._add_prices()
        past = PushButton(self.tr("Past calls…"), icon="clock")
        past.setAutoDefault(False)
        past.clicked.connect(self._leave_for_past_calls)
        self.add_button(past)
        self._take_model()
        self.fit_rows()

    def _add_prices(self) -> None:
        self._fields = {name: line_edit() for name, _text in FIELDS}
        rows = [
            Row(QCoreApplication.translate("PricesDialog", text), self._fields[name])
            for name, text in FIELDS
        ]
        self._price_row = rows[0]
        for left, right in zip(rows[::2], rows[1::2], strict=True):
            self.add_beside(left, right)
        self.add_words(
            self.tr(
                "What you leave empty keeps the price of the list. Calls that are booked already "
                "change only when you apply prices to past calls."
            ),
            "caption",
            "muted",
        )

    @Slot()
    def _leave_for_past_calls(self) -> None:
        self.reject()
        self.past_calls_asked.emit()

    def _label(self, model: UnpricedModel) -> str:
        template = self.tr("{provider}: {model} ({calls} calls)")
        return template.format(
            provider=formatting.provider_label(model.provider),
            model=model.model,
            calls=formatting.count(model.calls),
        )

    @Slot()
    def _take_model(self) -> None:
        if self._models:
            model = self._models[max(0, self._known.currentIndex())]
            self._provider.setText(model.provider)
            self._model.setText(model.model)

    def apply(self) -> bool:
        """Keep the price, unless something is missing or no amount."""
        provider, model = self._provider.text().strip(), self._model.text().strip()
        self._provider_row.show_problem("" if provider else self.tr("Name the provider."))
        self._model_row.show_problem("" if model else self.tr("Name the model."))
        if not provider or not model:
            return False
        stated = {
            name: field.text().strip().removeprefix("$").replace(",", "")
            for name, field in self._fields.items()
            if field.text().strip()
        }
        if not stated:
            self._price_row.show_problem(self.tr("Set one price at least."))
            return False
        try:
            override = PriceOverride(provider=provider, model=model, **stated)
        except PersonError as error:
            self._price_row.show_problem(str(error))
            return False
        self.kept.emit(override)
        return True
