"""The header's sign of the gateway: grey, green, or a warning; a click opens what goes on."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from alwrity_desktop.core.domain.live import GatewayState
from alwrity_desktop.ui import gateway_text
from alwrity_desktop.ui.widgets import IconButton, plain_tooltip


class GatewayMark(IconButton):
    """An icon in the colour of the gateway's state, with the words in its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a sign of a gateway that nobody has looked at."""
        super().__init__("waypoints", self.tr("Gateway"), icon_size=18, parent=parent)

    def show_state(self, state: GatewayState) -> None:
        """Take the colour of *state*; where something is wrong the icon says so as well."""
        is_ill = gateway_text.has_trouble(state)
        role = gateway_text.tone_of(state)
        self.set_icon("triangle-alert" if is_ill else "waypoints", f"{role}.mark")
        words = gateway_text.waiting_sentence(state) or gateway_text.sentence_of(state)
        self.setAccessibleName(words)
        plain_tooltip(self, words)
