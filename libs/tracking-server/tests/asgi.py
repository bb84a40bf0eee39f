"""Asking an ASGI application without a network."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(application: ASGIApp, method: str, path: str, *parts: bytes, query: str = '', **headers: str) -> Answer:
    """Sends a request in parts; an underscore in a header's name stands for a hyphen."""
    return asyncio.run(ask_async(application, method, path, *parts, query=query, **headers))


async def ask_async(application: ASGIApp, method: str, path: str, *parts: bytes, query: str = '', **headers: str) -> Answer:
    messages: list[Message] = [{'type': 'http.request', 'body': part, 'more_body': True} for part in parts]
    messages.append({'type': 'http.request', 'body': b'', 'more_body': False})
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0) if messages else {'type': 'http.disconnect'}

    async def send(message: Message) -> None:
        sent.append(message)

    raw = [(name.replace('_', '-').encode(), value.encode()) for name, value in headers.items()]
    await application(
        {'type': 'http', 'method': method, 'path': path, 'query_string': query.encode(), 'headers': raw}, receive, send
    )
    [begun, *bodies] = sent
    found = {name.decode(): value.decode() for name, value in begun.get('headers', [])}
    return Answer(begun['status'], found, b''.join(message['body'] for message in bodies))


class Echo:
    """Answers with the body, and keeps what it was asked."""

    def __init__(self) -> None:
        self.scopes: list[Any] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        body = b''
        more = True
        while more:
            message = await receive()
            body += message.get('body', b'')
            more = message.get('more_body', False)
        await send({'type': 'http.response.start', 'status': 200, 'headers': []})
        await send({'type': 'http.response.body', 'body': body})
