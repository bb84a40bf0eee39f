"""Artifacts pass through the server: in large parts, and never more of them at once than leaves room for everybody else."""

from __future__ import annotations

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# MLflow hands every part of an upload to a thread of its own: in parts of 64 KiB, as they come from the network, 100 MB cost
# 1,600 changes of thread, each of which waits for the interpreter behind the requests that compute.
UPLOAD_PART_BYTES = 4 * 1024 * 1024


class Artifacts:
    """Lets so many artifacts through at once, and no more."""

    def __init__(self, application: ASGIApp, at_once: int):
        self._application = application
        self._slots = anyio.CapacityLimiter(at_once)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] != 'http' or 'artifact' not in scope['path']:
            await self._application(scope, receive, send)
            return
        async with self._slots:
            await self._application(scope, in_large_parts(receive), send)


def in_large_parts(receive: Receive) -> Receive:
    """Gathers the parts of a request's body, as they come, into large ones."""

    async def gathered() -> Message:
        message = await receive()
        if message['type'] != 'http.request' or not message.get('more_body'):
            return message
        parts = [message.get('body', b'')]
        size = len(parts[0])
        while message.get('more_body') and size < UPLOAD_PART_BYTES:
            message = await receive()
            if message['type'] != 'http.request':
                return message  # the client is gone, and what it sent of no use
            parts.append(message.get('body', b''))
            size += len(parts[-1])
        return {**message, 'body': b''.join(parts)}

    return gathered
