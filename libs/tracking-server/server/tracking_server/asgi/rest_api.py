"""MLflow's REST API past its FastAPI application, which has nothing to do with it.

MLflow serves its API by Flask, below a FastAPI application that adds a few routes of its own. That way a request crosses five
middlewares and changes thread four times and more; host and origin checks, authentication and workspaces are all in the Flask
application too, since MLflow also runs it alone (under gunicorn). So what is the API's goes there at once: one change of thread
and back. Measured, November 2026: half the processor time of a `log-batch`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import anyio.to_thread
from starlette.applications import Starlette
from starlette.middleware.wsgi import build_environ
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

WsgiApplication = Callable[[dict[str, Any], Callable[..., object]], Any]
# Path, handler, methods.
Endpoints = Sequence[tuple[str, object, list[str]]]


class RestApi:
    """An ASGI application: the REST API to Flask, everything else to FastAPI."""

    def __init__(self, fastapi_application: Starlette, flask_application: WsgiApplication, endpoints: Endpoints):
        """Takes `mlflow.server.handlers.get_endpoints()`: what answers with JSON, never with a stream."""
        self._fastapi = fastapi_application
        self._flask = flask_application
        # The last route is Flask itself, below everything. What FastAPI answers itself goes on doing so.
        *own, _ = fastapi_application.routes
        self._paths = frozenset(
            path for path, _, methods in endpoints if '<' not in path and not any(_answers(own, path, method) for method in methods)
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Browsers get what MLflow's own CORS tells them; SDKs name no origin.
        if scope['type'] != 'http' or scope['path'] not in self._paths or scope['method'] == 'OPTIONS' or _names_an_origin(scope):
            await self._fastapi(scope, receive, send)
            return
        parts = []
        while True:
            message = await receive()
            if message['type'] != 'http.request':
                return  # the client is gone
            parts.append(message.get('body', b''))
            if not message.get('more_body'):
                break
        status, headers, body = await anyio.to_thread.run_sync(self._ask_flask, build_environ(scope, b''.join(parts)))
        await send({'type': 'http.response.start', 'status': status, 'headers': headers})
        await send({'type': 'http.response.body', 'body': body})

    def _ask_flask(self, environ: dict[str, Any]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        begun: list[Any] = []
        answer = self._flask(environ, lambda *status_and_headers: begun.extend(status_and_headers))
        try:
            body = b''.join(answer)
        finally:
            answer.close()
        status, headers, *_ = begun
        # ASGI wants names in lower case.
        return int(status.split(' ', 1)[0]), [(name.lower().encode('latin-1'), value.encode('latin-1')) for name, value in headers], body


def _names_an_origin(scope: Scope) -> bool:
    return any(name == b'origin' for name, _ in scope['headers'])


def _answers(routes: Iterable[BaseRoute], path: str, method: str) -> bool:
    scope = {'type': 'http', 'path': path, 'root_path': '', 'method': method, 'headers': []}
    return any(route.matches(scope)[0] is not Match.NONE for route in routes)
