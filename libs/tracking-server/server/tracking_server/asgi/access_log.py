"""A line of the log, and of the metrics, for every request that was let in."""

from __future__ import annotations

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..metrics import Observe
from .admission import LIVENESS_PATHS

_logger = logging.getLogger('mlflow.access')


class AccessLog:
    """Tells how every request went, and how long it took."""

    def __init__(self, application: ASGIApp, observe: Observe | None):
        self._application = application
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] != 'http':
            await self._application(scope, receive, send)
            return
        began = time.monotonic()
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message['type'] == 'http.response.start':
                status = message['status']
            await send(message)

        try:
            await self._application(scope, receive, watched)
        finally:
            seconds = time.monotonic() - began
            if self._observe is not None:
                self._observe(scope, status, seconds)
            if scope['path'] not in LIVENESS_PATHS:
                # The path without its query: searches carry what people look for.
                fields = {
                    'method': scope['method'],
                    'path': scope['path'],
                    'status': status,
                    'milliseconds': round(seconds * 1000),
                    'client': (scope.get('client') or ('',))[0],
                }
                _logger.info('request', extra={'fields': fields})
