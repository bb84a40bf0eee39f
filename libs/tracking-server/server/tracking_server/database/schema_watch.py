"""Notices that another MLflow migrates the schema, or has: then this server steps aside.

MLflow compares the schema when it starts and never again. What an older release goes on writing into a newer schema is accepted
and yet wrong: traces, for one, lose their names and spans between 3.16 and 3.17.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from .connection import Connection
from .locks import Lock

_logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 2.0


class SchemaWatch:
    """Compares the schema of the database, again and again, with the one that this MLflow is made for."""

    def __init__(self, expected: str, connect: Callable[[], Connection]):
        self._expected = expected
        self._connect = connect
        # Whether a server is about to migrate, or does; when it fails, this one goes on.
        self.moving = False
        # Whether the schema is another's: this server is of no use until that is restored.
        self.moved = False

    def refuses(self, path: str) -> bool:
        """Whether a request must be turned away. A server that waits for a migration lives; one after it wants a replacement."""
        return path != '/version' and (self.moved or (self.moving and path != '/health'))

    def look(self) -> None:
        """Looks once. A database that does not answer says nothing about its schema."""
        try:
            found, free = self._ask()
        except Exception:  # whatever it is, `/ready` tells it
            return
        before = (self.moving, self.moved)
        self.moving, self.moved = not free, found != self._expected
        if before == (self.moving, self.moved):
            return
        if self.moved:
            _logger.error('the database has schema %s, not %s: another MLflow migrated it', found, self._expected)
        elif self.moving:
            _logger.warning('another MLflow is about to migrate the database: requests are told to come back')
        else:
            _logger.info('the database has schema %s and nobody migrates it: serving', found)

    def _ask(self) -> tuple[str, bool]:
        connection = self._connect()
        try:
            with connection.cursor() as cursor:
                question = 'SELECT version_num, pg_try_advisory_xact_lock_shared(%s) FROM alembic_version'
                cursor.execute(question, (int(Lock.MIGRATION_AHEAD),))
                row = cursor.fetchone()
                if row is None:
                    raise LookupError('no schema')
                return row[0], row[1]
        finally:
            connection.close()
