"""The words about an account and its server, told from a report; pure functions."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.server import ServerView
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.translation import QT_TRANSLATE_NOOP

OK: Final = "ok"
REFUSED: Final = "auth"
STALE: Final = "stale"

KIND_ICONS: Final = {"sample": "flask-conical", "all": "layers"}
_STATE_ICONS: Final = {
    STALE: "clock",
    REFUSED: "key-round",
    "offline": "wifi-off",
    "error": "circle-x",
}
_STATE_TONES: Final = {OK: "success", "stale": "neutral", "offline": "neutral"}
_STATE_WORDS: Final = {
    OK: QT_TRANSLATE_NOOP("account", "Connected"),
    "stale": QT_TRANSLATE_NOOP("account", "Out of date"),
    REFUSED: QT_TRANSLATE_NOOP("account", "Token expired"),
    "offline": QT_TRANSLATE_NOOP("account", "Not reachable"),
    "error": QT_TRANSLATE_NOOP("account", "Failed"),
}
_KINDS: Final = {
    "local": QT_TRANSLATE_NOOP("account", "local logs"),
    "sample": QT_TRANSLATE_NOOP("account", "made up"),
    "all": QT_TRANSLATE_NOOP("account", "each call once"),
    "alwrity": QT_TRANSLATE_NOOP("account", "ALwrity server"),
    "agent-billing": QT_TRANSLATE_NOOP("account", "agent platform"),
    "openai-admin": QT_TRANSLATE_NOOP("account", "OpenAI bill"),
    "anthropic-admin": QT_TRANSLATE_NOOP("account", "Anthropic bill"),
    "openrouter": QT_TRANSLATE_NOOP("account", "OpenRouter bill"),
}
_NAMES: Final = {
    "local": QT_TRANSLATE_NOOP("account", "This computer"),
    "sample": QT_TRANSLATE_NOOP("account", "Sample data"),
    "all": QT_TRANSLATE_NOOP("account", "All accounts"),
}


def _tr(text: str) -> str:
    return QCoreApplication.translate("account", text)


def kind_words(kind: str) -> str:
    """Return what kind of account it is, in a word or two."""
    return _tr(_KINDS[kind]) if kind in _KINDS else kind


def name_of(kind: str, label: str) -> str:
    """Return what an account is called: its own label for servers."""
    return _tr(_NAMES[kind]) if kind in _NAMES else label


def state_icon(kind: str, state: str) -> str:
    """Return the icon that stands for an account, or for what is wrong with it."""
    return _STATE_ICONS.get(state) or KIND_ICONS.get(kind, "server")


def state_tone(state: str) -> str:
    """Return the status role of an account's state."""
    return _STATE_TONES.get(state, "danger")


def state_word(state: str) -> str:
    """Return how an account stands, in a word or two; other words stay as they are."""
    return _tr(_STATE_WORDS[state]) if state in _STATE_WORDS else state


def account_words(report: Report) -> tuple[str, str]:
    """Return the account's name, and beside it what matters most: its trouble, plan or kind."""
    account = report.account
    name = name_of(account.kind, account.label)
    server = report.server
    if server is None:
        return name, kind_words(account.kind)
    if server.state != OK:
        return name, _trouble(server, report)
    plan = plan_name(server)
    return name, _tr("{plan} plan").format(plan=plan) if plan else kind_words(account.kind)


def plan_name(server: ServerView) -> str:
    """Return the name of the account's own plan, "" where the server has not said it."""
    subscription = server.facts.subscription
    return "" if subscription is None else subscription.plan


def account_icon(report: Report) -> str:
    """Return the icon of the account that is shown."""
    state = OK if report.server is None else report.server.state
    return state_icon(report.account.kind, state)


def _when(at_ms: int | None, report: Report) -> str:
    return "" if at_ms is None else formatting.stamp(at_ms, report.as_of_ms, _zone(report))


def _zone(report: Report) -> str:
    return report.period.timezone


def _trouble(server: ServerView, report: Report) -> str:
    """Return "Token expired · shows figures of 14:02"."""
    word = state_word(server.state)
    if server.last_sync_ms is None:
        return word
    shows = _tr("{trouble} · shows figures of {time}")
    return shows.format(trouble=word, time=_when(server.last_sync_ms, report))


def refused_sentence(report: Report) -> str:
    """Return what stands above the figures while the token is refused, "" when it is not."""
    server = report.server
    if server is None or server.state != REFUSED:
        return ""
    if server.last_sync_ms is None:
        return _tr("{name}: the server refused the token. Nothing was read yet.").format(
            name=report.account.label
        )
    template = _tr("{name}: token refused since {time}. Figures of then are shown.")
    return template.format(name=report.account.label, time=_when(server.last_sync_ms, report))


def stale_sentence(report: Report) -> str:
    """Return why the figures are old where a person cannot mend it, "" when they are not."""
    server = report.server
    if server is None or server.state in {OK, REFUSED}:
        return ""
    if server.state == STALE and not server.trouble:
        # Nothing went wrong: nobody has asked for a while.
        return ""
    why = server.trouble or _tr("{name} cannot be reached.").format(name=report.account.label)
    if server.last_sync_ms is None:
        return _tr("{why} Nothing was read yet.").format(why=why)
    template = _tr("{why} Figures of {time} are shown.")
    return template.format(why=why, time=_when(server.last_sync_ms, report))


def source_words(report: Report) -> tuple[str, str, str]:
    """Return icon, tone and words for where the figures come from, for a server's account."""
    server = report.server
    if server is None or (server.last_sync_ms is None and server.state == OK):
        return "circle-dashed", "neutral", _tr("Nothing read yet")
    if server.state == OK:
        words = _tr("Connected to {name}").format(name=report.account.label)
        return "circle-check", "success", words
    icon = state_icon(report.account.kind, server.state)
    return icon, state_tone(server.state), state_word(server.state)
