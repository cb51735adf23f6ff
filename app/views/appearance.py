"""Language, fonts, colours and motion of the whole application, from the settings."""

from __future__ import annotations

import logging

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, Qt, QTranslator, Signal
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QApplication

from app.paths import resources_dir
from app.settings import SettingsFile
from app.views import icons, theme
from app.views.stylesheet import stylesheet
from app.views.tokens import BODY_PX, DARK, LIGHT, Theme

_log = logging.getLogger(__name__)

# Chinese fonts draw curly quotes and dots as wide as a character, so Latin ones come first.
_CHINESE = [
    "HarmonyOS Sans SC",
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "sans-serif",
]
_LATIN = ["Inter", "Noto Sans", "Cantarell", "Ubuntu"]


class Appearance(QObject):
    """Dresses the application; `apply` again after a setting has changed.

    Signals:
        changed: colours or language are others now.
    """

    changed = Signal()

    def __init__(self, app: QApplication, settings: SettingsFile) -> None:
        super().__init__(app)
        self._app, self._settings = app, settings
        self._translators: list[QTranslator] = []
        self._dressed: tuple[object, ...] = ()
        self._language = ""
        icons.add_search_path()
        app.setStyle("Fusion")
        app.setWindowIcon(icons.app_icon())
        app.styleHints().colorSchemeChanged.connect(self.apply)

    @property
    def language(self) -> str:
        """Language in use, ``en`` or ``zh_CN``."""
        return self._language

    def apply(self) -> None:
        """Make the application look and speak as the settings say; cheap when nothing changed."""
        values = self._settings.values
        language = self._wanted_language()
        wanted = self._wanted_theme()
        theme.wear(wanted, reduce_motion=values.reduce_motion)
        before, self._dressed = self._dressed, (language, wanted)
        if before == self._dressed:
            return
        if language != self._language:
            self._speak(language)
        self._app.setPalette(_palette(wanted))
        self._app.setStyleSheet(stylesheet(wanted))
        self.changed.emit()

    def _wanted_theme(self) -> Theme:
        look = self._settings.values.look
        if look == "system":
            is_dark = self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark
            return DARK if is_dark else LIGHT
        return DARK if look == "dark" else LIGHT

    def _wanted_language(self) -> str:
        language = self._settings.values.language
        if language != "system":
            return language
        for name in QLocale.system().uiLanguages():
            if name.startswith("zh"):
                return "zh_CN"
            if name.startswith("en"):
                return "en"
        return "en"

    def _speak(self, language: str) -> None:
        self._language = language
        for translator in self._translators:
            self._app.removeTranslator(translator)
        self._translators.clear()
        system = QLocale.system()
        is_system = system.name().startswith(language[:2])
        QLocale.setDefault(system if is_system else QLocale(language))
        font = QFont()
        font.setFamilies([*_CHINESE, *_LATIN] if language == "zh_CN" else [*_LATIN, *_CHINESE])
        font.setPixelSize(BODY_PX)
        self._app.setFont(font)
        if language == "en":
            return
        qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        self._load(f"qtbase_{language}", qt_folder)
        self._load(f"duplex-vm_{language}", str(resources_dir() / "translations"))

    def _load(self, name: str, folder: str) -> None:
        translator = QTranslator(self)
        if translator.load(name, folder):
            self._app.installTranslator(translator)
            self._translators.append(translator)
        else:
            _log.warning("no translation %s in %s", name, folder)


def _palette(wanted: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for which, value in (
        (role.Window, wanted.base),
        (role.WindowText, wanted.text),
        (role.Base, wanted.card),
        (role.AlternateBase, wanted.side),
        (role.Text, wanted.text),
        (role.Button, wanted.raised),
        (role.ButtonText, wanted.text),
        (role.BrightText, wanted.bad),
        (role.ToolTipBase, wanted.raised),
        (role.ToolTipText, wanted.text),
        (role.PlaceholderText, wanted.text2),
        (role.Highlight, wanted.brand),
        (role.HighlightedText, wanted.on_brand),
        (role.Link, wanted.brand_text),
        (role.Accent, wanted.brand),
    ):
        palette.setColor(which, theme.parse(value))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, theme.parse(wanted.text3))
    return palette
