"""The one stylesheet of the program, built from the tokens; it holds no fonts."""

from __future__ import annotations

from typing import Final

from alwrity_desktop.ui.tokens import SIZES, Surfaces

_SHEET: Final = """
QToolTip {{ color: {text}; background: {surface}; border: 1px solid {control}; padding: 6px 8px; }}

QPushButton {{
    color: {text}; background: {surface}; border: 1px solid {control};
    border-radius: {radius}px; padding: 0 12px;
}}
QPushButton:hover {{ background: {hover}; }}
QPushButton:pressed {{ background: {selbg}; }}
QPushButton:focus {{ border: 2px solid {focus}; padding: 0 11px; }}
QPushButton:disabled {{ color: {muted}; background: {inset}; }}
QPushButton::menu-indicator {{ image: none; width: 0; }}
QPushButton[kind="primary"] {{
    color: {onprimary}; background: {primary}; border: 1px solid {primary};
}}
QPushButton[kind="primary"]:hover {{ background: {primary_hover}; }}
QPushButton[kind="primary"]:focus {{ border: 2px solid {focus}; }}
QPushButton[kind="primary"]:disabled {{
    color: {muted}; background: {inset}; border-color: {control};
}}
QPushButton[kind="link"] {{ color: {link}; background: transparent; border: none; padding: 0 2px; }}
QPushButton[kind="link"]:hover {{ text-decoration: underline; }}
QPushButton[kind="link"]:focus {{ border: 1px solid {focus}; }}
QPushButton[kind="link"]:disabled {{ color: {muted}; }}

QToolButton {{
    color: {text2}; background: transparent; border: 1px solid transparent;
    border-radius: {radius}px;
}}
QToolButton:hover, QToolButton:checked {{ background: {hover}; }}
QToolButton:pressed {{ background: {selbg}; }}
QToolButton:focus {{ border: 2px solid {focus}; }}
QToolButton[kind="title"] {{ border-radius: {radius_title}px; }}
QToolButton::menu-indicator {{ image: none; width: 0; }}

QLineEdit, QSpinBox, QDoubleSpinBox, QDateEdit, QTimeEdit, QPlainTextEdit {{
    color: {text}; background: {surface}; border: 1px solid {control};
    border-radius: {radius}px; padding: 0 8px;
    selection-background-color: {selbg}; selection-color: {seltext};
}}
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QDateEdit:focus, QTimeEdit:focus,
QPlainTextEdit:focus {{ border: 2px solid {focus}; padding: 0 7px; }}

QMenu {{ color: {text}; background: {surface}; border: 1px solid {control}; padding: 5px; }}
QMenu::item {{ padding: 6px 24px 6px 10px; border-radius: 5px; }}
QMenu::icon {{ padding-left: 8px; }}
QMenu::item:selected {{ color: {text}; background: {hover}; }}
QMenu::item:disabled {{ color: {muted}; background: transparent; }}
QMenu::separator {{ height: 1px; background: {border}; margin: 5px 2px; }}

QMenuBar {{ background: {surface}; color: {text2}; border: none; }}
QMenuBar::item {{ padding: 5px 9px; border-radius: 4px; background: transparent; }}
QMenuBar::item:selected {{ background: {hover}; color: {text}; }}
QStatusBar {{ background: {surface2}; color: {text2}; border-top: 1px solid {border}; }}
QStatusBar::item {{ border: none; }}

QAbstractItemView {{
    color: {text}; background: transparent; border: none; outline: none;
    selection-background-color: {selbg}; selection-color: {seltext};
}}
QComboBox QAbstractItemView {{
    background: {surface}; border: 1px solid {control}; padding: 4px;
    selection-background-color: {primary}; selection-color: {onprimary};
}}
QComboBox QAbstractItemView::item {{ padding: 5px 10px; border-radius: 5px; }}
QComboBox QAbstractItemView::item:selected {{ color: {onprimary}; background: {primary}; }}
QListView#choices {{ background: {surface}; border: 1px solid {control}; padding: 4px; }}
QHeaderView, QHeaderView::section {{ background: transparent; border: none; }}

QTabBar::tab {{ color: {text2}; background: transparent; border: none; padding: 8px 12px; }}
QTabBar::tab:selected {{ color: {text}; border-bottom: 2px solid {link}; }}
QTabBar::tab:hover {{ background: {hover}; }}

QScrollArea, QScrollArea > QWidget > QWidget#scrolled {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {control}; border-radius: 3px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::handle:hover {{ background: {muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}

QProgressBar {{ background: {track}; border: none; border-radius: 3px; }}
QProgressBar::chunk {{ background: {focus}; border-radius: 3px; }}
QMainWindow::separator {{
    background: transparent; width: {separator}px; height: {separator}px;
}}
QSplitter::handle {{ background: {border}; }}
"""


def stylesheet(surfaces: Surfaces) -> str:
    """Return the style sheet in the colours of *surfaces*."""
    colours = {name: getattr(surfaces, name) for name in Surfaces.__struct_fields__}
    return _SHEET.format(
        **colours,
        radius=SIZES.radius_control,
        radius_title=SIZES.radius_title_button,
        separator=SIZES.dock_separator,
    )
