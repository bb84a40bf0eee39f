"""Who is told to come back later, before anything was done for it.

Everybody while another MLflow migrates the database, whatever is more than a worker can take, and what a worker that stops has not begun.
"""

from __future__ import annotations

import asyncio
import random

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..database.schema_watch import SchemaWatch
from ..metrics import Observe
from .answers import answer, turn_away

# Requests that one worker takes on before it turns others away: at some 130 requests a second the last of them waits about 8 s, well
# inside a client's 30.
MOST_REQUESTS = 1000
# MLflow's clients come back seven times, each time after as long as they are told: that is how long they can wait for a migration.
SECONDS_OF_A_MIGRATION = 15
# Not all at the same moment.
SECONDS_OF_A_CROWD = (2, 8)
LIVENESS_PATHS = ('/health', '/version', '/ready')


class Admission:
    """Lets requests in, or tells them to come back."""

    def __init__(self, application: ASGIApp, schema: SchemaWatch, observe: Observe | None):
        self._application = application
        self._schema = schema
        self._observe = observe
        self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] != 'http':
            await self._application(scope, receive, send)
        elif self._schema.refuses(scope['path']):
            if scope['path'] in LIVENESS_PATHS:
                await answer(send, 503, {'database': 'another MLflow migrates it'})
            else:
                await self._turn_away(scope, send, 'another MLflow migrates the database', SECONDS_OF_A_MIGRATION)
        elif self._requests >= MOST_REQUESTS and scope['path'] not in LIVENESS_PATHS:
            # Not for security: clients that were turned away together should not come back together.
            await self._turn_away(scope, send, 'too many requests at once', random.randint(*SECONDS_OF_A_CROWD))  # noqa: S311
        else:
            self._requests += 1
            try:
                await self._until_stopped(scope, receive, send)
            finally:
                self._requests -= 1

    async def _turn_away(self, scope: Scope, send: Send, reason: str, seconds: int) -> None:
        if self._observe is not None:
            self._observe(scope, 429)
        await turn_away(send, reason, seconds)

    async def _until_stopped(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers what a worker that stops can no longer answer: by then uvicorn cancels it, and would say 500."""
        answered = False

        async def watched(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._application(scope, receive, watched)
        except asyncio.CancelledError:
            if answered:
                raise
            # Something may have been written: no client may take this for "not done".
            content = {'error_code': 'TEMPORARILY_UNAVAILABLE', 'message': 'the server stops'}
            await answer(send, 503, content, retry_after='2', connection='close')
