"""The application's style sheet, made from a theme.

Set once on the application, before pages are built. Dynamic properties choose among the looks of
a widget: `kind`, `role`, `tone`, and `kbd` for a focus that came by keyboard. Images come from
the search path ``icons:``.
"""

from __future__ import annotations

from dataclasses import asdict
from string import Template

from app.views.tokens import Theme

_SHEET = Template(
    """
QWidget#window, QWidget#page { background: $base; }
QWidget#side { background: $side; border: none; border-right: 1px solid $line; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px 8px; }

QFrame[kind="card"] { background: $card; border: 1px solid $line; border-radius: 16px; }
QFrame[kind="panel"] { background: $card; border: none; border-left: 1px solid $line; }
QFrame[kind="line"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QFrame[kind="note"] { background: $tint; border: none; border-radius: 12px; }
QFrame[kind="note"][tone="ok"] { background: $ok_tint; }
QFrame[kind="note"][tone="warn"] { background: $warn_tint; }
QFrame[kind="note"][tone="bad"] { background: $bad_tint; }
QFrame[kind="quote"] { background: $fill; border: none; border-radius: 12px; }
QFrame[kind="toast"] { background: $raised; border: 1px solid $line; border-radius: 16px; }
QDialog[kind="sheet"] { background: $raised; border: 1px solid $line; border-radius: 16px; }
QDialog[kind="sheet"][wide="true"] { background: $base; }
QWidget#steps {
    background: $side; border: none; border-right: 1px solid $line;
    border-top-left-radius: 15px; border-bottom-left-radius: 15px;
}

QLabel { background: transparent; }
QLabel[role="display"] { font-size: 28px; font-weight: 700; }
QLabel[role="title"] { font-size: 22px; font-weight: 700; }
QLabel[role="heading"] { font-size: 16px; font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="caption"] { font-size: 12px; color: $text2; }
QLabel[role="chip"] {
    background: $fill; border-radius: 8px; padding: 3px 8px; font-size: 12px; color: $text2;
}
QLabel[role="step"] { font-size: 12px; font-weight: 600; }
QLabel[role="badge"] {
    background: $brand; color: $on_brand; border-radius: 9px; font-size: 12px; font-weight: 600;
    min-width: 10px; max-height: 18px; min-height: 18px; padding: 0 4px;
}
QLabel[role="mono"] { font-family: "Noto Sans Mono", "DejaVu Sans Mono", monospace; }
QLabel[tone="text2"] { color: $text2; }
QLabel[tone="brand"] { color: $brand_text; }
QLabel[tone="ok"] { color: $ok; }
QLabel[tone="warn"] { color: $warn; }
QLabel[tone="bad"] { color: $bad; }

QPushButton {
    min-height: 20px; padding: 7px 18px; border-radius: 18px; border: 1px solid transparent;
    background: $fill; color: $text; font-weight: 600;
}
QPushButton:hover { background: $fill2; }
QPushButton:pressed { background: $press; }
QPushButton:disabled { color: $text3; }
QPushButton[kbd="true"]:focus { border: 2px solid $brand; padding: 6px 17px; }
QPushButton[kind="primary"] { background: $brand; color: $on_brand; }
QPushButton[kind="primary"]:hover { background: $brand_hover; }
QPushButton[kind="primary"]:pressed { background: $brand_press; }
QPushButton[kind="primary"]:disabled { background: $fill; color: $text3; }
QPushButton[kind="primary"][kbd="true"]:focus { border: 2px solid $text; }
QPushButton[kind="danger"] { background: $bad_tint; color: $bad; }
QPushButton[kind="danger"]:hover { border: 1px solid $bad; }
QPushButton[kind="danger"][kbd="true"]:focus { border: 2px solid $bad; }
QPushButton[kind="ghost"] { background: transparent; color: $brand_text; padding: 7px 12px; }
QPushButton[kind="ghost"]:hover { background: $tint; }
QPushButton[kind="ghost"]:disabled { color: $text3; }
QPushButton[kind="ghost"][kbd="true"]:focus { padding: 6px 11px; }
QPushButton[kind="icon"] { background: transparent; padding: 7px; min-width: 20px; }
QPushButton[kind="icon"]:hover { background: $fill2; }
QPushButton[kind="icon"][kbd="true"]:focus { padding: 6px; }
QPushButton[kind="square"] { padding: 7px; min-width: 20px; max-width: 20px; }
QPushButton[kind="square"][kbd="true"]:focus { padding: 6px; }
QPushButton[kind="square"][tone="bad"] { background: $bad_tint; }
QPushButton[kind="nav"] {
    background: transparent; text-align: left; padding: 9px 12px; border-radius: 12px;
    font-weight: 400;
}
QPushButton[kind="nav"]:hover { background: $fill; }
QPushButton[kind="nav"]:checked { background: $tint; color: $brand_text; font-weight: 600; }
QPushButton[kind="nav"][kbd="true"]:focus { padding: 8px 11px; }
QPushButton[kind="option"] {
    background: $card; border: 1px solid $line; border-radius: 16px; text-align: left;
    padding: 15px; font-weight: 400;
}
QPushButton[kind="option"]:hover { border: 1px solid $brand; }
QPushButton[kind="option"]:checked {
    background: $tint; border: 2px solid $brand; padding: 14px;
}
QPushButton[kind="option"][kbd="true"]:focus { border: 2px solid $text; padding: 14px; }
QPushButton[kind="tile"] {
    background: $fill; border-radius: 12px; padding: 0; font-weight: 400;
    min-height: 76px; max-height: 76px;
}
QPushButton[kind="tile"]:hover { background: $fill2; }
QPushButton[kind="tile"]:checked { background: $tint; border: 2px solid $brand; }
QPushButton[kind="tile"][kbd="true"]:focus { border: 2px solid $text; }
QPushButton[kind="pccard"] {
    background: $card; border: 1px solid $line; border-radius: 16px; text-align: left;
}
QPushButton[kind="pccard"]:hover { border: 1px solid $press; }
QPushButton[kind="pccard"][kbd="true"]:focus { border: 2px solid $brand; }
QFrame[kind="segments"] { background: $fill; border: none; border-radius: 18px; }
QPushButton[kind="segment"] {
    background: transparent; padding: 4px 16px; border-radius: 15px; color: $text2;
}
QPushButton[kind="segment"]:hover { color: $text; }
QPushButton[kind="segment"]:checked { background: $chosen; color: $brand_text; }
QPushButton[kind="segment"][kbd="true"]:focus { padding: 3px 15px; }

QLineEdit, QSpinBox, QComboBox {
    background: $fill; color: $text; border: 1px solid transparent; border-radius: 12px;
    padding: 7px 12px; min-height: 20px;
    selection-background-color: $brand; selection-color: $on_brand;
}
QLineEdit[pill="true"] { border-radius: 18px; }
QLineEdit:focus, QSpinBox:focus, QComboBox:focus { border: 2px solid $brand; padding: 6px 11px; }
QLineEdit[tone="bad"], QSpinBox[tone="bad"] { border: 1px solid $bad; }
QLineEdit[tone="bad"]:focus, QSpinBox[tone="bad"]:focus {
    border: 2px solid $bad; padding: 6px 11px;
}
QLineEdit:disabled, QSpinBox:disabled, QComboBox:disabled { color: $text3; }
QSpinBox QLineEdit, QComboBox QLineEdit {
    background: transparent; border: none; padding: 0; min-height: 0;
}
QSpinBox::up-button, QSpinBox::down-button {
    subcontrol-origin: border; width: 0; image: none; border: none;
}
QComboBox::drop-down { border: none; width: 30px; }
QComboBox::down-arrow { image: url(icons:style/down-$shade_name.svg); width: 14px; height: 14px; }
QComboBox QAbstractItemView {
    background: $raised; color: $text; border: 1px solid $line; outline: none; padding: 4px;
    selection-background-color: $tint; selection-color: $text;
}
QCheckBox { spacing: 10px; color: $text; border-radius: 8px; padding: 3px; }
QCheckBox:disabled { color: $text3; }
QCheckBox[kbd="true"]:focus { border: 2px solid $brand; padding: 1px; }
QCheckBox::indicator {
    width: 20px; height: 20px; border-radius: 6px; background: $fill; border: 1px solid $text3;
}
QCheckBox::indicator:hover { background: $fill2; }
QCheckBox::indicator:checked {
    background: $brand; border: 1px solid $brand; image: url(icons:style/check-on-brand.svg);
}

QRadioButton { spacing: 10px; color: $text; border-radius: 8px; padding: 3px; }
QRadioButton:disabled { color: $text3; }
QRadioButton[kbd="true"]:focus { border: 2px solid $brand; padding: 1px; }
QRadioButton::indicator {
    width: 18px; height: 18px; border-radius: 10px; background: $fill; border: 1px solid $text3;
}
QRadioButton::indicator:hover { background: $fill2; }
QRadioButton::indicator:checked {
    width: 8px; height: 8px; border: 6px solid $brand; background: $on_brand;
}

QMenu { background: $raised; color: $text; border: 1px solid $line; padding: 6px; }
QMenu::item { padding: 7px 28px 7px 12px; border-radius: 8px; }
QMenu::item:selected { background: $tint; }
QMenu::item:disabled { color: $text3; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $line; margin: 5px 8px; }

QSlider::groove:horizontal { height: 6px; border-radius: 3px; background: $fill; }
QSlider::sub-page:horizontal { height: 6px; border-radius: 3px; background: $brand; }
QSlider::handle:horizontal {
    width: 20px; height: 20px; margin: -8px 0; border-radius: 11px;
    background: #FFFFFF; border: 1px solid $text3;
}
QSlider::handle:horizontal:hover { border: 2px solid $brand; }
QSlider[kbd="true"]::handle:horizontal:focus { border: 2px solid $brand; }

QListView#machines { background: transparent; border: none; outline: none; }
QTableView#permissions { background: transparent; border: none; outline: none; }
QTableView#permissions QHeaderView, QTableView#permissions QHeaderView::section {
    background: transparent; border: none;
}
QTableView#permissions QHeaderView::section {
    color: $text2; font-size: 12px; padding: 0; border-bottom: 1px solid $line;
}
QTreeView#snapshots {
    background: transparent; border: none; outline: none; show-decoration-selected: 0;
}
QTreeView#snapshots::item, QTreeView#snapshots::item:hover,
QTreeView#snapshots::item:selected { background: transparent; border: none; }
QLineEdit#snapshot_name { background: $raised; padding: 4px 10px; border-radius: 10px; }
QListWidget#paths { background: transparent; border: none; outline: none; color: $text; }
QListWidget#paths::item { border-radius: 8px; padding: 0 8px; }
QListWidget#paths::item:hover { background: $fill; }
QListWidget#paths::item:selected { background: $tint; color: $text; }
QListWidget#paths[kbd="true"]:focus::item:selected { border: 1px solid $brand; }
QPlainTextEdit {
    background: $fill; color: $text; border: 1px solid transparent; border-radius: 12px;
    padding: 6px; font-family: "Noto Sans Mono", "DejaVu Sans Mono", monospace; font-size: 12px;
    selection-background-color: $brand; selection-color: $on_brand;
}
QPlainTextEdit:focus { border: 1px solid $brand; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget#scrolled { background: transparent; }
QScrollBar:vertical { background: transparent; width: 8px; margin: 2px; }
QScrollBar::handle:vertical { background: $press; border-radius: 2px; min-height: 32px; }
QScrollBar:horizontal { background: transparent; height: 8px; margin: 2px; }
QScrollBar::handle:horizontal { background: $press; border-radius: 2px; min-width: 32px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: none; }
"""
)


def stylesheet(theme: Theme) -> str:
    """The style sheet of `theme`."""
    shade_name = "dark" if theme.is_dark else "light"
    chosen = theme.tint if theme.is_dark else theme.raised
    return _SHEET.substitute(asdict(theme), shade_name=shade_name, chosen=chosen)
