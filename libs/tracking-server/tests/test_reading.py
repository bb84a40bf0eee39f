"""Which requests a read replica answers."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tracking_server.asgi import reading


class TestReading:
    """Requests to an application that answers 404 from a replica, and 200 from the primary."""

    @pytest.fixture
    def ask(self) -> Any:
        def ask(
            method: str, path: str, *parts: bytes, statuses: tuple[int, int] = (404, 200)
        ) -> tuple[list[tuple[bool, bytes]], list[Any]]:
            asked: list[tuple[bool, bytes]] = []

            async def application(_scope: Any, receive: Any, send: Any) -> None:
                body = b''
                more = True
                while more:
                    message = await receive()
                    body += message['body']
                    more = message['more_body']
                primary = reading.on_primary.get()
                asked.append((primary, body))
                await send({'type': 'http.response.start', 'status': statuses[primary]})
                await send({'type': 'http.response.body', 'body': b'primary' if primary else b'replica'})

            answers: list[Any] = []
            waiting = [{'type': 'http.request', 'body': part, 'more_body': True} for part in parts]
            waiting.append({'type': 'http.request', 'body': b'', 'more_body': False})

            async def receive() -> Any:
                return waiting.pop(0)

            async def send(message: Any) -> None:
                answers.append(message.get('status') or message['body'])

            scope = {'type': 'http', 'method': method, 'path': path}
            asyncio.run(reading.ReadsFromReplica(application)(scope, receive, send))
            return asked, answers

        return ask

    @pytest.mark.parametrize('method, path', [('GET', '/api/2.0/mlflow/runs/get'), ('POST', '/ajax-api/2.0/mlflow/runs/search')])
    @pytest.mark.parametrize('status', [404, 503])
    def test_what_a_replica_has_not_is_asked_of_the_primary(self, ask: Any, method: str, path: str, status: int) -> None:
        asked, answers = ask(method, path, b'{"a":', b' 1}', statuses=(status, 200))
        assert asked == [(False, b'{"a": 1}'), (True, b'{"a": 1}')]
        assert answers == [200, b'primary']

    @pytest.mark.parametrize('status', [200, 400])
    def test_what_it_has_is_not(self, ask: Any, status: int) -> None:
        asked, answers = ask('GET', '/api/2.0/mlflow/runs/get', statuses=(status, 200))
        assert asked == [(False, b'')]
        assert answers == [status, b'replica']

    @pytest.mark.parametrize(
        'method, path',
        [
            ('POST', '/api/2.0/mlflow/runs/create'),
            ('DELETE', '/api/2.0/mlflow/model-versions/delete'),
            ('GET', '/api/2.0/mlflow-artifacts/artifacts/model.pkl'),
            ('POST', '/graphql'),
        ],
    )
    def test_changes_and_artifacts_read_from_the_primary(self, ask: Any, method: str, path: str) -> None:
        asked, answers = ask(method, path, b'x')
        assert asked == [(True, b'x')]
        assert answers == [200, b'primary']
