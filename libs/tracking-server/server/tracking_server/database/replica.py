"""Reads go to the read replica while it keeps up; whatever changes something, and reads while it does not, to the primary.

With MLflow's own option for this (`--read-replica-backend-store-uri`) a replica that is away stops every read and every start, and
a client does not find what it made a moment ago. So its stores are parted here, at the seam that MLflow has for it: it says of
every session whether it only reads.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy
from mlflow.store.db import utils
from sqlalchemy.orm import Session

from ..asgi.reading import on_primary
from ..config import Config
from .connection import replica_uri

_logger = logging.getLogger(__name__)

# A replica that is further behind is not read from. Some seconds are usual while it replays a large change.
MOST_SECONDS_BEHIND = 10.0
_LOOK_EVERY_SECONDS = 2.0


class Replica:
    """The read replica, and whether it is read from. Looked after by a thread, so that no request waits for one that is away."""

    def __init__(self, config: Config):
        self._engine: sqlalchemy.Engine = utils.create_sqlalchemy_engine(replica_uri(config))
        self._schema = utils._get_latest_schema_revision()
        self._follows: bool | None = None
        # When the primary had written how far, for what the replica has not replayed yet.
        self._marks: deque[tuple[float, int]] = deque()

    def take_reads_of(self, *stores: Any) -> None:
        """Lets the sessions of MLflow's stores that only read be the replica's."""
        for store in stores:
            self._take_reads_of(store, store.ManagedSessionMaker)
        threading.Thread(target=self._watch, args=(stores[0].engine,), daemon=True, name='replica').start()

    def _take_reads_of(self, store: Any, primary: Any) -> None:
        @contextmanager
        def managed(read_only: bool = True) -> Iterator[Session]:
            connection = self._connect() if read_only and not on_primary.get() else None
            if connection is None:
                with primary(read_only=read_only) as session:
                    yield session
                return
            replica = utils._get_managed_session_maker(lambda: Session(bind=connection), store.db_type)
            with connection, replica(read_only=True) as session:
                yield session

        store.ManagedSessionMaker = managed

    def _connect(self) -> sqlalchemy.Connection | None:
        if not self._follows:
            return None
        try:
            return self._engine.connect()
        except sqlalchemy.exc.OperationalError as error:
            self._say(str(error.orig))
            return None

    def _watch(self, primary: sqlalchemy.Engine) -> None:
        while True:
            try:
                self._say(self._look(primary))
            except Exception as error:  # whatever it is, it is not read from
                self._say(str(error))
            time.sleep(_LOOK_EVERY_SECONDS)

    def _look(self, primary: sqlalchemy.Engine) -> str | None:
        """What is wrong with the replica, or None."""
        try:
            with primary.connect() as connection:
                written = connection.scalar(sqlalchemy.text("SELECT pg_current_wal_lsn() - '0/0'"))
                self._marks.append((time.monotonic(), written))
        except sqlalchemy.exc.OperationalError:
            pass  # what can be read can be read
        with self._engine.connect() as connection:
            replayed = connection.scalar(sqlalchemy.text("SELECT pg_last_wal_replay_lsn() - '0/0'"))
        if replayed is None:
            return 'it follows no primary'
        while self._marks and self._marks[0][1] <= replayed:
            self._marks.popleft()
        behind = time.monotonic() - self._marks[0][0] if self._marks else 0
        if behind > MOST_SECONDS_BEHIND:
            return f'it is {behind:.0f} s behind'
        if not self._follows and utils._get_schema_version(self._engine) != self._schema:
            return 'it has not the schema of this server yet'
        return None

    def _say(self, problem: str | None) -> None:
        follows = problem is None
        if follows != self._follows:
            if follows:
                _logger.info('reading from the replica')
            else:
                _logger.warning('reading from the primary, not from the replica: %s', ' '.join((problem or '').split()))
        self._follows = follows
