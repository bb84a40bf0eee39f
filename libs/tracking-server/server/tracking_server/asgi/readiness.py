"""`/ready`: whether the database answers. `/health` only says that the process lives."""

from __future__ import annotations

import logging
from collections.abc import Callable

import anyio
import anyio.to_thread
from starlette.types import ASGIApp, Receive, Scope, Send

from ..database.connection import Connection
from .answers import answer

_logger = logging.getLogger(__name__)

_SECONDS = 8


class Readiness:
    """Asks the database whenever `/ready` is asked."""

    def __init__(self, application: ASGIApp, connect: Callable[[], Connection]):
        self._application = application
        self._connect = connect
        # Threads of its own: a question about the database must not wait behind requests that wait for the database.
        self._limiter = anyio.CapacityLimiter(2)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] != 'http' or scope['path'] != '/ready':
            await self._application(scope, receive, send)
            return
        try:
            with anyio.fail_after(_SECONDS):
                await anyio.to_thread.run_sync(self._ask, abandon_on_cancel=True, limiter=self._limiter)
        except Exception as error:  # whatever it is, the answer is no
            _logger.warning('not ready: %s', ' '.join(str(error).split()) or type(error).__name__)
            await answer(send, 503, {'database': 'unreachable'}, retry_after='2')
        else:
            await answer(send, 200, {'database': 'ok'})

    def _ask(self) -> None:
        connection = self._connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute('SELECT 1')
        finally:
            connection.close()
