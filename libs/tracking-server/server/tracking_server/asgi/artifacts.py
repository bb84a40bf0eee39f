"""Artifacts pass through the server without keeping others waiting.

A slot is held by work against S3 alone, never while a client's line brings or takes what it can. Listings and small files have slots of
their own. So slow clients cost a socket and a file on disk, and large files cost small ones nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import unquote

import anyio
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .answers import answer, refuse
from .bodies import STALLED_SECONDS, is_upload

# MLflow hands every part of an upload to a thread of its own: in parts of 64 KiB, as they come from the network, 100 MB cost
# 1,600 changes of thread, each of which waits for the interpreter behind the requests that compute.
UPLOAD_PART_BYTES = 4 * 1024 * 1024
SMALL_BYTES = 1024 * 1024

# What MLflow fetches whole before it answers, beside `mlflow-artifacts/artifacts/`.
_WHOLE = ('get-artifact', 'get-trace-artifact', 'upload-artifact')


class Slots:
    """How much work against S3 there is at once: half of what serves requests at most."""

    def __init__(self, threads: int):
        self.large = anyio.CapacityLimiter(max(1, threads // 3))
        self.small = anyio.CapacityLimiter(max(1, threads // 6))


class Artifacts:
    """Gives requests for artifacts their slots, and those that stall an end."""

    def __init__(self, application: ASGIApp, slots: Slots):
        self._application = application
        self._slots = slots

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] != 'http' or 'artifact' not in scope['path'] or is_download(scope):
            await self._application(scope, receive, send)
        elif is_upload(scope):
            await self._upload(scope, receive, send)
        else:
            held = _Held(self._slots.large if scope['path'].endswith(_WHOLE) else self._slots.small)
            try:
                await held.take()
                await self._application(scope, receive, held.until_answered(send))
            finally:
                held.release()

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = scope['path'].rsplit('/', 1)[-1]
        if unquote(name) != name:
            # MLflow decodes it once more, and the file would have another name.
            await refuse(send, 400, 'INVALID_PARAMETER_VALUE', f'the artifact would not keep its name {name}: a percent sign escapes there')
            return
        length = int(Headers(scope=scope).get('content-length', SMALL_BYTES + 1))
        held = _Held(self._slots.small if length <= SMALL_BYTES else self._slots.large)
        stalled = answered = False

        async def patient() -> Message:
            nonlocal stalled
            try:
                with anyio.fail_after(STALLED_SECONDS):
                    return await receive()
            except TimeoutError:
                stalled = True
                raise

        async def watched(message: Message) -> None:
            nonlocal answered
            answered = True
            if not stalled:
                await send(message)

        try:
            await self._application(scope, in_large_parts(patient, held.take), held.until_answered(watched))
        except Exception:
            if not stalled:
                raise
        finally:
            held.release()
        if stalled:
            reason = {'error_code': 'REQUEST_LIMIT_EXCEEDED', 'message': f'nothing of the artifact came for {STALLED_SECONDS} s'}
            await answer(send, 408, reason, connection='close')


class _Held:
    """One slot, taken once and given back once."""

    def __init__(self, limiter: anyio.CapacityLimiter):
        self._limiter = limiter
        self._taken = False

    async def take(self) -> None:
        await self._limiter.acquire_on_behalf_of(self)
        self._taken = True

    def release(self) -> None:
        if self._taken:
            self._taken = False
            self._limiter.release_on_behalf_of(self)

    def until_answered(self, send: Send) -> Send:
        """S3 is done when the answer begins: what follows is between the server and the client."""

        async def answering(message: Message) -> None:
            self.release()
            await send(message)

        return answering


def is_download(scope: Scope) -> bool:
    """Whether it is answered by downloads.py, part by part."""
    return scope['method'] in ('GET', 'HEAD') and '/mlflow-artifacts/artifacts/' in scope['path']


def in_large_parts(receive: Receive, before_last: Callable[[], Awaitable[None]]) -> Receive:
    """Gathers the parts of a request's body, as they come, into large ones; waits for `before_last` before the end is handed on."""

    async def gathered() -> Message:
        parts: list[bytes] = []
        size = 0
        more = True
        while more and size < UPLOAD_PART_BYTES:
            message = await receive()
            if message['type'] != 'http.request':
                return message  # the client is gone, and what it sent of no use
            parts.append(message.get('body', b''))
            size += len(parts[-1])
            more = message.get('more_body', False)
        if not more:
            await before_last()
        return {'type': 'http.request', 'body': b''.join(parts), 'more_body': more}

    return gathered
