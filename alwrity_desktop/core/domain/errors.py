"""The errors that reach a person, in three kinds.

::

    AlwrityError            knows its sentence: what happened, what to do
    ├── WorldError          the world's fault: disk, network, another program
    │   ├── LedgerUnavailableError
    │   └── SourceUnreadableError
    └── PersonError         the person's turn: a wrong word, a missing choice
        ├── UsageError      wrong usage of the command line (exit status 2)
        └── NotFoundError   what was named does not exist

Everything else that is raised is our bug.
"""

from __future__ import annotations


class AlwrityError(Exception):
    """An error whose text is the sentence that a person reads."""

    exit_status = 1


class WorldError(AlwrityError):
    """The world's fault: nothing that the person typed was wrong."""


class LedgerUnavailableError(WorldError):
    """The ledger cannot be opened, read or written."""


class SourceUnreadableError(WorldError):
    """A log file or folder cannot be read."""


class PersonError(AlwrityError):
    """The person's turn: something has to be chosen or corrected."""


class UsageError(PersonError):
    """The command's words are off."""

    exit_status = 2


class NotFoundError(PersonError):
    """What was named does not exist."""
