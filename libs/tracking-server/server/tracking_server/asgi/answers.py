"""Answers that MLflow is not asked for."""

from __future__ import annotations

import json

from starlette.types import Send


async def answer(send: Send, status: int, content: dict[str, str], **headers: str) -> None:
    """Sends a whole answer. An underscore in a header's name stands for a hyphen."""
    body = json.dumps(content).encode()
    given = {'content-type': 'application/json', 'content-length': str(len(body)), **headers}
    raw = [(name.replace('_', '-').encode(), value.encode()) for name, value in given.items()]
    await send({'type': 'http.response.start', 'status': status, 'headers': raw})
    await send({'type': 'http.response.body', 'body': body})
