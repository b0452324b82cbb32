"""Connections to the ledger file: lent to one at a time, nothing half done stays in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlite

from alwrity_desktop.core.ledger import connection as connection_module
from alwrity_desktop.core.ledger.connection import Connection, Connections


@pytest.fixture
def prepared() -> list[Any]:
    """Remember what the driver gave."""
    return []


@pytest.fixture
def connections(tmp_path: Path, prepared: list[Any]) -> Iterator[Connections]:
    """Connect to a file with two songs."""
    opened = Connections(tmp_path / "songs", prepared.append)
    with opened.connect() as connection:
        connection.execute("CREATE TABLE songs (title TEXT, minutes INTEGER)")
        songs = iter([("Nantes", 4), ("Elephant Gun", 6)])
        connection.execute_many("INSERT INTO songs VALUES (?, ?)", songs)
    yield opened
    opened.close()


def titles(connections: Connections) -> list[str]:
    with connections.connect() as connection:
        return [title for (title,) in connection.execute("SELECT title FROM songs")]


def is_open(connection: Connection) -> bool:
    try:
        connection.execute("SELECT 1")
    except sqlite.ProgrammingError:
        return False
    return True


def test_that_an_answer_is_asked_for_in_the_shape_that_it_has(connections: Connections) -> None:
    with connections.connect() as connection:
        every = "SELECT title, minutes FROM songs ORDER BY minutes"
        none = "SELECT minutes FROM songs WHERE title = ?"

        assert connection.execute(every).all() == [("Nantes", 4), ("Elephant Gun", 6)]
        assert connection.execute(every).first() == ("Nantes", 4)
        assert list(connection.execute(every).named())[1] == {
            "title": "Elephant Gun",
            "minutes": 6,
        }
        assert connection.execute(none, ("Elephant Gun",)).scalar_one() == 6
        assert connection.execute(none, ("Postcards",)).scalar() is None
        assert connection.execute(none, ("Postcards",)).first() is None
        assert connection.execute("UPDATE songs SET minutes = 5 WHERE minutes > 1").changed == 2
        with pytest.raises(LookupError):
            connection.execute(none, ("Postcards",)).scalar_one()


def test_that_a_connection_is_kept_for_its_next_use(
    connections: Connections, prepared: list[Any]
) -> None:
    for _ in range(3):
        titles(connections)

    assert len(prepared) == 1


def test_that_two_at_a_time_have_a_connection_each(connections: Connections) -> None:
    with connections.connect() as one, connections.connect() as other:
        assert one.driver is not other.driver


@pytest.mark.parametrize("ending", [None, KeyError, KeyboardInterrupt])
def test_that_what_was_not_committed_is_undone(
    connections: Connections, ending: type[BaseException] | None
) -> None:
    with ExitStack() as stack:
        if ending is not None:
            stack.enter_context(pytest.raises(ending))
        with connections.connect() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("DELETE FROM songs")
            if ending is not None:
                raise ending

    assert titles(connections) == ["Nantes", "Elephant Gun"]


def test_that_a_connection_that_something_went_wrong_with_is_not_used_again(
    connections: Connections,
) -> None:
    with pytest.raises(sqlite.OperationalError), connections.connect() as failed:
        failed.execute("SELECT nothing")

    assert not is_open(failed)
    assert len(titles(connections)) == 2


def test_that_few_connections_wait(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "_KEPT", 1)
    with connections.connect() as one, connections.connect() as other:
        pass

    assert [is_open(one), is_open(other)] == [False, True]


def test_that_a_connection_that_is_lent_closes_when_it_comes_back_after_the_end(
    connections: Connections,
) -> None:
    with connections.connect() as lent, connections.connect() as waiting:
        pass
    with connections.connect() as lent:
        connections.close()
        assert is_open(lent)

    assert not is_open(lent)
    assert not is_open(waiting)
