"""Starts and stops the window's parts, in order; loads Qt only when it is sure to be used."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from alwrity_desktop.core import profile, program_log
from alwrity_desktop.core.context import Context
from alwrity_desktop.ui.display import check_display
from alwrity_desktop.ui.first_report import FirstReport


def run(context: Context, arguments: Sequence[str] = ()) -> int:
    """Open the window and stay until it is closed; return the exit status.

    Raises WorldError with one sentence where there is no display.
    """
    # Loading makes a hundred thousand objects that stay: the session looks for cycles later.
    gc.disable()
    profile.prepare(context.profile)
    check_display(os.environ, sys.platform)
    program_log.start(context.profile.log)
    first_report = FirstReport.begin(context)
    from alwrity_desktop.ui.session import run_session  # noqa: PLC0415 - Qt, never in the child

    return run_session(context, arguments, first_report)
