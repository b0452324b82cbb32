"""The words about the gateway: whether it runs, where, and what waits."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from alwrity_desktop.core.domain.live import GatewayState
from alwrity_desktop.ui import formatting


def _tr(text: str) -> str:
    return QCoreApplication.translate("gateway", text)


def has_trouble(state: GatewayState) -> bool:
    """Return whether the gateway needs somebody to look."""
    return bool(state.trouble) or state.is_held_up


def tone_of(state: GatewayState) -> str:
    """Return the role of the gateway's status."""
    if has_trouble(state):
        return "warning"
    return "success" if state.is_running else "neutral"


def icon_of(state: GatewayState) -> str:
    """Return the icon of the gateway's status."""
    return {"warning": "triangle-alert", "success": "circle-check"}.get(
        tone_of(state), "circle-dashed"
    )


def word_of(state: GatewayState) -> str:
    """Return how the gateway stands, in a word or two."""
    if state.trouble:
        return _tr("Not reachable")
    if state.is_held_up:
        return _tr("Calls wait")
    return _tr("Running") if state.is_running else _tr("Not running")


def sentence_of(state: GatewayState) -> str:
    """Return how the gateway stands, and where."""
    if state.trouble:
        return state.trouble
    if state.is_running:
        return _tr("The gateway listens at {url}.").format(url=state.url)
    return _tr("The gateway is not running.")


def waiting_sentence(state: GatewayState) -> str:
    """Return that calls wait to be booked, and why; "" where booking goes on as it should."""
    if not state.is_held_up:
        return ""
    reason = state.waiting_reason.rstrip(".")
    if not state.waiting:
        return _tr("The gateway cannot book calls: {reason}.").format(reason=reason)
    words = _tr("1 call waits") if state.waiting == 1 else _tr("{count} calls wait")
    text = _tr("{calls} to be booked: {reason}. Nothing is lost.")
    return text.format(calls=words.format(count=formatting.count(state.waiting)), reason=reason)
