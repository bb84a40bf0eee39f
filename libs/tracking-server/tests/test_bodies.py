"""Bodies of requests, as they reach MLflow."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import pytest
from asgi import Answer, Echo, ask
from starlette.types import Message
from tracking_server.asgi import bodies
from tracking_server.asgi.bodies import Bodies

API = '/api/2.0/mlflow/runs/set-tag'


@pytest.fixture
def mlflow() -> Echo:
    return Echo()


def post(mlflow: Any, *parts: bytes, path: str = API, **headers: str) -> Answer:
    given = headers or {'content_length': str(sum(map(len, parts)))}
    return ask(Bodies(mlflow), 'POST', path, *parts, **given)


def headers_of(mlflow: Echo) -> dict[bytes, bytes]:
    return dict(mlflow.scopes[0]['headers'])


def test_a_body_without_length_gets_one(mlflow: Echo) -> None:
    assert post(mlflow, b'{"a":', b' 1}', transfer_encoding='chunked').body == b'{"a": 1}'
    assert headers_of(mlflow) == {b'content-length': b'8'}


@pytest.mark.parametrize(
    'encoding, packed',
    [
        ('gzip', gzip.compress(b'{"a": 1}')),
        ('GZIP', gzip.compress(b'{"a": 1}')),
        ('deflate', zlib.compress(b'{"a": 1}')),
        ('deflate', zlib.compress(b'{"a": 1}', wbits=-15)),
    ],
)
def test_a_packed_body_is_unpacked(mlflow: Echo, encoding: str, packed: bytes) -> None:
    answer = post(mlflow, packed[:5], packed[5:], content_length=str(len(packed)), content_encoding=encoding)
    assert (answer.status, answer.body) == (200, b'{"a": 1}')
    assert headers_of(mlflow) == {b'content-length': b'8'}


@pytest.mark.parametrize(
    'encoding, packed, status',
    [
        ('gzip', b'{"a": 1}', 400),
        ('gzip', gzip.compress(b'{"a": 1}')[:-4], 400),
        ('br', b'x', 415),
        ('gzip', gzip.compress(b'\0' * 9), 400),
    ],
)
def test_what_cannot_be_unpacked_is_refused(mlflow: Echo, encoding: str, packed: bytes, status: int) -> None:
    assert post(mlflow, packed, content_length=str(len(packed)), content_encoding=encoding).status == status
    assert mlflow.scopes == []


@pytest.mark.parametrize(
    'body', [b'{"value": "a\\u0000b"}', b'{"value": "\\\\\\u0000"}', b'{"value": "a\0b"}', '{"a": 1}'.encode('utf-16')]
)
def test_nul_is_refused_at_once(mlflow: Echo, body: bytes) -> None:
    answer = post(mlflow, body)
    assert (answer.status, json.loads(answer.body)['error_code']) == (400, 'INVALID_PARAMETER_VALUE')
    assert mlflow.scopes == []


@pytest.mark.parametrize('body', [b'{"value": "a\\\\u0000b"}', b'{"value": "\\\\\\\\u0000"}', b'{"value": "\\u0001"}'])
def test_what_only_looks_like_nul_is_not(mlflow: Echo, body: bytes) -> None:
    assert post(mlflow, body).body == body


def test_a_binary_body_has_zeros(mlflow: Echo) -> None:
    assert post(mlflow, b'\n\0', path='/v1/traces', content_length='2', content_type='application/x-protobuf').status == 200


@pytest.mark.parametrize('path, query', [('/api/2.0/mlflow/runs/a\0b', ''), (API, 'run_id=a%00b'), (API, 'run_id=ü')])
def test_nul_in_the_address(mlflow: Echo, path: str, query: str) -> None:
    assert ask(Bodies(mlflow), 'GET', path, query=query).status == 400
    assert mlflow.scopes == []


class TestBounds:
    @pytest.fixture(autouse=True)
    def small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bodies, 'MOST_OF_A_SEARCH', 10)
        monkeypatch.setattr(bodies, 'MOST_OF_A_BODY', 20)

    @pytest.mark.parametrize(
        'path, size, status', [('runs/search', 10, 200), ('runs/search', 11, 413), ('runs/set-tag', 20, 200), ('runs/set-tag', 21, 413)]
    )
    @pytest.mark.parametrize('told', [True, False])
    def test_what_is_too_large(self, mlflow: Echo, path: str, size: int, status: int, told: bool) -> None:
        headers = {'content_length': str(size)} if told else {'transfer_encoding': 'chunked'}
        parts = [b'x' * 5] * (size // 5) + [b'x' * (size % 5)]
        assert post(mlflow, *parts, path=f'/ajax-api/2.0/mlflow/{path}', **headers).status == status

    def test_what_unpacks_to_too_much(self, mlflow: Echo) -> None:
        packed = gzip.compress(b'x' * 1_000_000)
        assert post(mlflow, packed, content_length=str(len(packed)), content_encoding='gzip').status == 413

    def test_an_upload_is_not_held(self, mlflow: Echo) -> None:
        path = '/api/2.0/mlflow-artifacts/artifacts/1/2/artifacts/x'
        assert ask(Bodies(mlflow), 'PUT', path, b'\0' * 50, content_length='50').body == b'\0' * 50

    def test_more_than_can_be_held_is_told_to_come_back(self, mlflow: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bodies, 'MOST_AT_ONCE', 25)
        inner: list[Answer] = []
        layer: Bodies

        async def busy(scope: Any, receive: Any, send: Any) -> None:
            if not inner:
                inner.append(Answer(0, {}, b''))
                from asgi import ask_async

                inner[0] = await ask_async(layer, 'POST', API, b'y' * 20, content_length='20')
            await mlflow(scope, receive, send)

        layer = Bodies(busy)
        outer = ask(layer, 'POST', API, b'x' * 20, content_length='20')
        assert (outer.status, inner[0].status, inner[0].headers['retry-after']) == (200, 429, '5')
        # And what was held is given back.
        assert ask(layer, 'POST', API, b'x' * 20, content_length='20').status == 200


def test_a_client_that_stalls_is_told_so(mlflow: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    monkeypatch.setattr(bodies, 'STALLED_SECONDS', 0.01)
    sent: list[Message] = []

    async def never() -> Message:
        await asyncio.sleep(60)
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {'type': 'http', 'method': 'POST', 'path': API, 'query_string': b'', 'headers': [(b'content-length', b'5')]}
    asyncio.run(Bodies(mlflow)(scope, never, send))
    assert sent[0]['status'] == 408
