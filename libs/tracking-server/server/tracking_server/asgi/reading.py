"""Which requests may be answered from a read replica, that is from what was so a moment ago."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Not there yet, or cancelled because of what the replica had to replay.
ASK_THE_PRIMARY = (404, 503)

# Whether the request at hand reads from the primary; the thread that works on it sees it.
on_primary: ContextVar[bool] = ContextVar('on_primary', default=False)


class ReadsFromReplica:
    """MLflow's application; requests that change something read what they need from the primary, and nobody misses what is there."""

    def __init__(self, application: ASGIApp):
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] != 'http' or not _only_reads(scope['method'], scope['path']):
            await self._ask_primary(scope, receive, send)
            return
        body = await _whole_body(receive)
        refused = False

        async def unless_refused(message: Message) -> None:
            nonlocal refused
            refused = refused or (message['type'] == 'http.response.start' and message['status'] in ASK_THE_PRIMARY)
            if not refused:
                await send(message)

        await self._application(dict(scope), _again(body, receive), unless_refused)
        if refused:
            await self._ask_primary(scope, _again(body, receive), send)

    async def _ask_primary(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = on_primary.set(True)
        try:
            await self._application(scope, receive, send)
        finally:
            on_primary.reset(token)


def _only_reads(method: str, path: str) -> bool:
    """Searches are posted. Artifacts are large, and have one row in the database to look up."""
    return 'artifact' not in path and (method in ('GET', 'HEAD') or (method == 'POST' and path.endswith('/search')))


async def _whole_body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get('body', b''))
        more = message.get('more_body', False)
    return b''.join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Receives a body that was received, and then what comes behind it."""
    messages: Iterator[Message] = iter([{'type': 'http.request', 'body': body, 'more_body': False}])

    async def received() -> Message:
        return next(messages, None) or await receive()

    return received
