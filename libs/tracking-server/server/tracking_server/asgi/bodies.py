"""The bodies of requests to the API: read whole before MLflow sees them, and refused where MLflow would stumble.

MLflow reads no body without Content-Length and takes it for an empty one, unpacks none but traces, has no bound for any, and keeps
clients busy for minutes with what PostgreSQL does not store. What streams into the artifact store is not read here.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .answers import refuse, turn_away

_MEBIBYTE = 1024 * 1024
# MLflow parses a filter for seconds long before this; 10,000 experiments to search in take 200 kB.
MOST_OF_A_SEARCH = _MEBIBYTE
# Traces and profiles of datasets (MLflow allows 16 MiB) are what is large; a batch of metrics is at most 1 MB.
MOST_OF_A_BODY = 64 * _MEBIBYTE
# Of all requests of a worker together.
MOST_AT_ONCE = 128 * _MEBIBYTE
# What is refused is still read so far: a client that is cut off while it sends does not see the answer, and tries again.
MOST_TO_PASS_OVER = 512 * _MEBIBYTE
# Without a byte from the client.
STALLED_SECONDS = 60

# An even number of backslashes before it are backslashes themselves.
_ESCAPED_NUL = re.compile(rb'(?<!\\)(?:\\\\)*\\u0000')
_BINARY = ('application/x-protobuf', 'application/octet-stream', 'multipart/')


class Refused(Exception):
    """A request that goes no further: status, MLflow's code of the error, and why."""


class ClientGone(Exception):
    """Nobody waits for an answer."""


class Bodies:
    """Hands every request on with its whole body."""

    def __init__(self, application: ASGIApp):
        self._application = application
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] != 'http':
            await self._application(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if '\0' in scope['path'] or b'%00' in scope['query_string'] or not scope['query_string'].isascii():
            await refuse(send, 400, 'INVALID_PARAMETER_VALUE', 'the address holds a NUL character, or others that are not escaped')
        elif is_upload(scope) or not ('content-length' in headers or 'transfer-encoding' in headers):
            await self._application(scope, receive, send)
        else:
            await self._with_body(scope, headers, Incoming(receive), send)

    async def _with_body(self, scope: Scope, headers: Headers, incoming: Incoming, send: Send) -> None:
        size = 0

        def hold(more: int) -> None:
            nonlocal size
            if self._held > 0 and self._held + more > MOST_AT_ONCE:
                raise MemoryError
            size += more
            self._held += more

        try:
            try:
                body = await _read(incoming, headers, MOST_OF_A_SEARCH if scope['path'].endswith('/search') else MOST_OF_A_BODY, hold)
                _look_for_nul(body, headers.get('content-type', ''))
            except MemoryError:
                await incoming.pass_over(headers)
                await turn_away(send, 'too many large requests at once', 5)
            except Refused as refused:
                await incoming.pass_over(headers)
                await refuse(send, *refused.args)
            except TimeoutError:
                await refuse(send, 408, 'REQUEST_LIMIT_EXCEEDED', f'nothing of the body came for {STALLED_SECONDS} s')
            else:
                await self._application(_plain(scope, len(body)), incoming.once_more(body), send)
        except ClientGone:
            pass
        finally:
            self._held -= size


class Incoming:
    """One body, part by part as the network brings it."""

    def __init__(self, receive: Receive):
        self._receive = receive
        self.more = True

    async def part(self) -> bytes:
        """The next part. Raises TimeoutError and ClientGone."""
        with anyio.fail_after(STALLED_SECONDS):
            message = await self._receive()
        if message['type'] != 'http.request':
            raise ClientGone
        self.more = message.get('more_body', False)
        return bytes(message.get('body', b''))

    async def pass_over(self, headers: Headers) -> None:
        """Reads what a client still sends, unless it waits to be asked for it."""
        passed = 0
        if headers.get('expect', '').lower() == '100-continue':
            return
        while self.more and passed < MOST_TO_PASS_OVER:
            passed += len(await self.part())

    def once_more(self, body: bytes) -> Receive:
        """What hands on a body that was read."""
        given = False

        async def receive() -> Message:
            nonlocal given
            if given:
                return await self._receive()
            given = True
            return {'type': 'http.request', 'body': body, 'more_body': False}

        return receive


def is_upload(scope: Scope) -> bool:
    """Whether the body streams into the artifact store."""
    return scope['method'] == 'PUT' and '/mlflow-artifacts/artifacts/' in scope['path']


async def _read(incoming: Incoming, headers: Headers, most: int, hold: Callable[[int], None]) -> bytes:
    too_large = Refused(413, 'INVALID_PARAMETER_VALUE', f'the body is larger than {most} bytes')
    if int(headers.get('content-length', '0')) > most:
        raise too_large
    encoding = headers.get('content-encoding', 'identity').strip().lower()
    if encoding not in ('identity', '', 'gzip', 'x-gzip', 'deflate'):
        raise Refused(415, 'INVALID_PARAMETER_VALUE', f'the body has Content-Encoding {encoding}, want gzip, deflate or none')
    unpacker = None
    parts: list[bytes] = []
    size = 0
    while incoming.more:
        part = await incoming.part()
        if encoding not in ('identity', '') and part:
            unpacker = unpacker or _unpacker(encoding, part)
            try:
                part = unpacker.decompress(part, most - size + 1)
            except zlib.error as error:
                raise Refused(400, 'INVALID_PARAMETER_VALUE', f'the body is no {encoding}: {error}') from None
        size += len(part)
        if size > most:
            raise too_large
        hold(len(part))
        parts.append(part)
    if unpacker is not None and (not unpacker.eof or unpacker.unused_data):
        raise Refused(400, 'INVALID_PARAMETER_VALUE', f'the body is no {encoding}: it ends too early or too late')
    return b''.join(parts)


def _unpacker(encoding: str, first: bytes) -> zlib._Decompress:
    if encoding != 'deflate':
        return zlib.decompressobj(16 + zlib.MAX_WBITS)
    # "deflate" comes with zlib's two bytes in front, and without.
    with_header = len(first) > 1 and first[0] & 15 == 8 and (first[0] * 256 + first[1]) % 31 == 0
    return zlib.decompressobj(zlib.MAX_WBITS if with_header else -zlib.MAX_WBITS)


def _look_for_nul(body: bytes, content_type: str) -> None:
    if content_type.startswith(_BINARY):
        return  # what of it goes into the database is looked at there: see refusals.py
    if b'\0' in body or (b'\\u0000' in body and _ESCAPED_NUL.search(body)):
        raise Refused(400, 'INVALID_PARAMETER_VALUE', 'the body holds a NUL character, which PostgreSQL does not store')


def _plain(scope: Scope, length: int) -> Scope:
    """The scope of a request whose body is all there, and not encoded."""
    plain = {**scope, 'headers': list(scope['headers'])}
    headers = MutableHeaders(scope=plain)
    del headers['transfer-encoding']
    del headers['content-encoding']
    headers['content-length'] = str(length)
    return plain
