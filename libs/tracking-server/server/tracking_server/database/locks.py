"""Advisory locks of the database: numbers that nobody else takes in it, no two of ours the same, and how they are held."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum, unique

from ..config import Config
from .connection import Connection, connect
from .login import Login


@unique
class Lock(IntEnum):
    """What a session may hold."""

    # Servers that start at once migrate one after the other.
    MIGRATION = 0x6D6C666C6F77
    # One server keeps house.
    HOUSEKEEPING = 0x6D6C666C6F78
    # Held by the server that migrates, from before it begins: every server of the release before looks for it.
    MIGRATION_AHEAD = 0x6D6C666C6F79
    # One server replaces the password.
    ROTATION = 0x6D6C666C6F7A


@contextmanager
def one_at_a_time(config: Config, login: Login, lock: Lock) -> Iterator[Connection]:
    """Waits for a lock, holds it, and gives the session that does: when this process dies, the database gives it to the next."""
    with _session(config, login) as session:
        _ask(session, 'pg_advisory_lock', lock)
        yield session


@contextmanager
def only_one(config: Config, login: Login, lock: Lock) -> Iterator[Connection | None]:
    """Gives the session that holds a lock, or None when somebody else holds it."""
    with _session(config, login) as session:
        yield session if _ask(session, 'pg_try_advisory_lock', lock) else None


@contextmanager
def _session(config: Config, login: Login) -> Iterator[Connection]:
    session = connect(config, login)
    try:
        session.autocommit = True
        yield session
    finally:
        session.close()


def _ask(session: Connection, function: str, lock: Lock) -> bool:
    with session.cursor() as cursor:
        cursor.execute(f'SELECT {function}(%s)', (int(lock),))
        [answer] = cursor.fetchone() or [False]
        return answer is True
