"""Who is told to come back later: everybody while another MLflow migrates the database, and whatever is more than a worker can take."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from ..database.schema_watch import SchemaWatch
from ..metrics import Observe
from .answers import answer

# Requests that one worker takes on before it turns others away: at some 130 requests a second the last of them waits about 8 s, well
# inside a client's 30.
MOST_REQUESTS = 1000
RETRY_AFTER_SECONDS = 2
LIVENESS_PATHS = ('/health', '/version', '/ready')


class Admission:
    """Lets requests in, or tells them to come back before anything was done for them."""

    def __init__(self, application: ASGIApp, schema: SchemaWatch, observe: Observe | None):
        self._application = application
        self._schema = schema
        self._observe = observe
        self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] != 'http':
            await self._application(scope, receive, send)
        elif self._schema.refuses(scope['path']):
            await self._turn_away(send, 'another MLflow migrates the database')
        elif self._requests >= MOST_REQUESTS and scope['path'] not in LIVENESS_PATHS:
            if self._observe is not None:
                self._observe(scope, 503)
            await self._turn_away(send, 'too many requests at once')
        else:
            self._requests += 1
            try:
                await self._application(scope, receive, send)
            finally:
                self._requests -= 1

    async def _turn_away(self, send: Send, reason: str) -> None:
        content = {'error_code': 'TEMPORARILY_UNAVAILABLE', 'message': reason}
        await answer(send, 503, content, retry_after=str(RETRY_AFTER_SECONDS))
