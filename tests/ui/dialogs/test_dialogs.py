"""Dialogs: what is typed, what is kept, what is wrong beside the field."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QDate
from PySide6.QtWidgets import QCheckBox, QDateEdit, QLineEdit
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.budgets import Budget, Enforcement, LimitKind
from alwrity_desktop.core.domain.money import PICO_PER_CENT, PICO_PER_USD
from alwrity_desktop.core.domain.report import UnpricedModel
from alwrity_desktop.core.settings import Settings
from alwrity_desktop.ui.dialogs.budget import (
    BudgetDialog,
    Scopes,
    amount_from,
    amount_text,
    usual_name,
)
from alwrity_desktop.ui.dialogs.first_run import FirstRunPage
from alwrity_desktop.ui.dialogs.prices import PricesDialog
from alwrity_desktop.ui.dialogs.settings import SettingsDialog
from alwrity_desktop.ui.dialogs.small import NameDialog, PeriodDialog
from tests.ui.looks import dressed

__all__ = ["dressed"]

MODELS = {"anthropic": ("claude-sonnet-4-5",), "openai": ("gpt-5",)}
BUDGET = Budget(
    3, "Mine", LimitKind.TOKENS, 44_000_000, "week", provider="anthropic", model="claude-sonnet-4-5"
)


@pytest.mark.parametrize(
    ("text", "kind", "limit"),
    [
        ("125", LimitKind.COST, 125 * PICO_PER_USD),
        ("$1,250.50", LimitKind.COST, 125_050 * PICO_PER_CENT),
        ("44M", LimitKind.TOKENS, 44_000_000),
        ("2.5k", LimitKind.CALLS, 2_500),
        ("10,000", LimitKind.CALLS, 10_000),
    ],
)
def test_that_amounts_are_read_as_people_write_them(text: str, kind: LimitKind, limit: int) -> None:
    assert amount_from(text, kind) == limit


@pytest.mark.parametrize(
    "text", ["", "abc", "0", "-5", "NaN", "Infinity", "1e99", "1e-13", "$", "1.2.3"]
)
@pytest.mark.parametrize("kind", list(LimitKind))
def test_that_what_is_no_amount_is_refused(text: str, kind: LimitKind) -> None:
    with pytest.raises(ValueError, match=r"^.*$"):
        amount_from(text, kind)


def test_that_half_a_call_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^1\.5$"):
        amount_from("1.5", LimitKind.CALLS)


@given(st.sampled_from(list(LimitKind)), st.integers(min_value=1, max_value=10**12))
def test_that_a_limit_reads_back_as_it_was_written(kind: LimitKind, limit: int) -> None:
    assert amount_from(amount_text(kind, limit), kind) == limit


def test_that_a_budget_comes_back_unchanged_when_nothing_was_changed(qtbot: QtBot) -> None:
    dialog = BudgetDialog(BUDGET, "local", Scopes(MODELS), (80, 90, 100))
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.kept) as kept:
        dialog._accept.click()
    assert kept.args == [BUDGET]


def test_that_a_new_budget_is_for_every_call_of_a_month(qtbot: QtBot) -> None:
    dialog = BudgetDialog(None, "local", Scopes(MODELS), (50, 100))
    qtbot.addWidget(dialog)
    dialog._limit.setText("150")
    with qtbot.waitSignal(dialog.kept) as kept:
        dialog._accept.click()
    assert kept.args == [
        Budget(
            0, "Monthly budget", LimitKind.COST, 150 * PICO_PER_USD, "month", thresholds=(50, 100)
        )
    ]


@pytest.mark.parametrize(
    ("kind", "period", "provider", "model", "name"),
    [
        (LimitKind.COST, "month", None, None, "Monthly budget"),
        (LimitKind.CALLS, "day", None, None, "Daily calls"),
        (LimitKind.TOKENS, "month", "anthropic", None, "Anthropic tokens"),
        (LimitKind.COST, "week", "openai", "gpt-5", "gpt-5 budget"),
    ],
)
def test_that_a_budget_without_a_name_gets_a_telling_one(
    kind: LimitKind, period: str, provider: str | None, model: str | None, name: str
) -> None:
    assert usual_name(kind, period, provider, model) == name


def test_that_a_wrong_limit_keeps_the_dialog_open_and_says_why(qtbot: QtBot) -> None:
    dialog = BudgetDialog(None, "local", Scopes(MODELS), (80,))
    qtbot.addWidget(dialog)
    dialog.open()
    dialog._limit.setText("lots")
    with qtbot.assertNotEmitted(dialog.kept):
        dialog._accept.click()
    assert dialog.isVisible()
    assert dialog._limit_row._hint.text() == "Write an amount above zero, such as 125.00."


def test_that_models_follow_the_provider(qtbot: QtBot) -> None:
    dialog = BudgetDialog(None, "local", Scopes(MODELS), (80,))
    qtbot.addWidget(dialog)
    assert not dialog._model.isEnabled()
    dialog._provider.setCurrentIndex(dialog._provider.findData("openai"))
    assert [dialog._model.itemData(i) for i in range(dialog._model.count())] == [None, "gpt-5"]


def test_that_settings_apply_at_once_and_wrong_ones_are_named(qtbot: QtBot) -> None:
    dialog = SettingsDialog(Settings())
    qtbot.addWidget(dialog)
    changes: list[tuple[str, object]] = []
    dialog.changed.connect(lambda name, value: changes.append((name, value)))
    switch = dialog.findChild(QCheckBox, "notify")
    quiet = dialog.findChild(QLineEdit, "quiet_from")
    assert switch is not None
    assert quiet is not None
    switch.setChecked(False)
    quiet.setText("25:99")
    quiet.editingFinished.emit()
    assert changes == [("notify", False)]
    assert "22:00" in dialog._rows["quiet_from"]._hint.text()
    quiet.setText("22:00")
    quiet.editingFinished.emit()
    assert changes[-1] == ("quiet_from", "22:00")


def test_that_what_did_not_change_is_not_written(qtbot: QtBot) -> None:
    dialog = SettingsDialog(replace(Settings(), quiet_from="22:00"))
    qtbot.addWidget(dialog)
    quiet = dialog.findChild(QLineEdit, "quiet_from")
    assert quiet is not None
    with qtbot.assertNotEmitted(dialog.changed):
        quiet.editingFinished.emit()


def test_that_a_price_needs_a_model_and_an_amount(qtbot: QtBot) -> None:
    dialog = PricesDialog(())
    qtbot.addWidget(dialog)
    with qtbot.assertNotEmitted(dialog.kept):
        dialog._accept.click()
    dialog._provider.setText("openai")
    dialog._model.setText("gpt-x")
    with qtbot.assertNotEmitted(dialog.kept):
        dialog._accept.click()
    assert dialog._price_row._hint.text() == "Set one price at least."
    dialog._fields["input_usd_per_million"].setText("cheap")
    with qtbot.assertNotEmitted(dialog.kept):
        dialog._accept.click()


def test_that_an_unpriced_model_is_offered_with_its_calls(qtbot: QtBot) -> None:
    dialog = PricesDialog((UnpricedModel("openai", "gpt-x", 9),))
    qtbot.addWidget(dialog)
    assert dialog._known.itemText(0) == "OpenAI: gpt-x (9 calls)"
    dialog._fields["input_usd_per_million"].setText("$1.25")
    with qtbot.waitSignal(dialog.kept) as kept:
        dialog._accept.click()
    assert kept.args is not None
    (override,) = kept.args
    assert (override.provider, override.model) == ("openai", "gpt-x")
    assert override.input_usd_per_million == "1.25"
    assert override.output_usd_per_million is None


def test_that_a_period_cannot_end_before_it_begins(qtbot: QtBot) -> None:
    dialog = PeriodDialog("2026-11-01", "2026-11-30")
    qtbot.addWidget(dialog)
    dialog._last.setDate(QDate(2026, 10, 1))
    with qtbot.assertNotEmitted(dialog.chosen):
        dialog._accept.click()
    dialog._last.setDate(QDate(2026, 11, 7))
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog._accept.click()
    assert chosen.args == ["2026-11-01", "2026-11-07"]


def test_that_fields_beside_one_another_stay_in_line(qtbot: QtBot) -> None:
    dialog = PeriodDialog("2026-11-20", "2026-11-01")
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert not dialog.apply()
    dialog.grow()
    tops = {
        edit.mapTo(dialog, edit.rect().topLeft()).y() for edit in dialog.findChildren(QDateEdit)
    }
    widths = {edit.width() for edit in dialog.findChildren(QDateEdit)}
    assert len(tops) == len(widths) == 1


@pytest.mark.parametrize("name", ["", "  ", "OVERVIEW", "a/b"])
def test_that_a_layout_needs_a_name_of_its_own(qtbot: QtBot, name: str) -> None:
    dialog = NameDialog("Keep", ("Overview",))
    qtbot.addWidget(dialog)
    dialog._name.setText(name)
    with qtbot.assertNotEmitted(dialog.chosen):
        dialog._accept.click()


def test_that_without_logs_the_first_start_looks_again(qtbot: QtBot) -> None:
    page = FirstRunPage()
    qtbot.addWidget(page)
    page.show_logs(())
    with qtbot.waitSignal(page.look_asked), qtbot.assertNotEmitted(page.read_asked):
        page._logs._button.click()


def test_that_a_budget_can_refuse_calls_and_says_what_that_means(qtbot: QtBot) -> None:
    accounts = (("local", "This computer"), ("all", "All accounts"))
    scopes = Scopes(MODELS, ("site",), accounts)
    dialog = BudgetDialog(None, "local", scopes, (80,))
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog._failure_row.isVisible()
    dialog._enforcement.setCurrentIndex(1)
    assert dialog._failure_row.isVisible()
    assert "cannot be refused" in dialog._enforcement_row._hint.text()
    dialog._limit.setText("2")
    dialog._project.setCurrentText("site")
    dialog._account.setCurrentIndex(1)
    dialog._period.setCurrentIndex(dialog._period.findData("own"))
    dialog._failure.setCurrentIndex(1)
    kept: list[Budget] = []
    chosen: list[str] = []
    dialog.kept.connect(kept.append)
    dialog.failure_chosen.connect(chosen.append)
    dialog._accept.click()
    assert chosen == ["block"]
    assert kept == [
        Budget(
            0, "site budget", LimitKind.COST, 2 * PICO_PER_USD, "own", "all",
            enforcement=Enforcement.BLOCK, thresholds=(80,), project="site",
        )
    ]  # fmt: skip
