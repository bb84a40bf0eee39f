"""A client that takes nothing of its answer for a while is cut off: what was kept for it is given back."""

from __future__ import annotations

import logging

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .bodies import STALLED_SECONDS

_logger = logging.getLogger(__name__)


class Deadlines:
    """Waits for a client so long at every part of an answer, and no longer."""

    def __init__(self, application: ASGIApp):
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] != 'http':
            await self._application(scope, receive, send)
            return
        stalled = False

        async def patient(message: Message) -> None:
            nonlocal stalled
            try:
                with anyio.fail_after(STALLED_SECONDS):
                    await send(message)
            except TimeoutError:
                stalled = True
                raise

        try:
            await self._application(scope, receive, patient)
        except Exception:
            if not stalled:
                raise
            _logger.warning('a client took nothing of %s for %d s: cut off', scope['path'], STALLED_SECONDS)
            _abort(send)


def _abort(send: Send) -> None:
    """Drops the connection with what waits in it; closing it would wait for the client. ASGI has no word for this: uvicorn's own does."""
    transport = getattr(getattr(send, '__self__', None), 'transport', None)
    if transport is not None:
        transport.abort()
