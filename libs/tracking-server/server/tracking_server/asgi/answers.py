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


async def turn_away(send: Send, reason: str, seconds: int) -> None:
    """Tells a client to come back, before anything was done for it.

    By 429: clients of MLflow 3.18 send what creates something again after 408 and 429 alone, since 503 may come after a write.
    Source: mlflow/utils/rest_utils.py of 3.18.
    """
    await answer(send, 429, {'error_code': 'REQUEST_LIMIT_EXCEEDED', 'message': reason}, retry_after=str(seconds))


async def refuse(send: Send, status: int, code: str, reason: str) -> None:
    """Says what is wrong with a request, in MLflow's words."""
    await answer(send, status, {'error_code': code, 'message': reason})
