"""Who waits for whom when artifacts pass through the server."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from asgi import Echo, ask, ask_async
from starlette.types import Message, Receive, Scope, Send
from tracking_server.asgi import artifacts, deadlines
from tracking_server.asgi.artifacts import Artifacts, Slots
from tracking_server.asgi.deadlines import Deadlines

FILES = '/api/2.0/mlflow-artifacts/artifacts/1/2/artifacts/'
LISTING = '/ajax-api/2.0/mlflow/artifacts/list'


class Store:
    """Takes whole bodies, then works against S3 until it may answer."""

    def __init__(self) -> None:
        self.working = 0
        self.most = 0
        self.go_on = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        while scope['method'] == 'PUT' and (await receive()).get('more_body'):
            pass
        self.working += 1
        self.most = max(self.most, self.working)
        await self.go_on.wait()
        self.working -= 1
        await send({'type': 'http.response.start', 'status': 200, 'headers': []})
        await send({'type': 'http.response.body', 'body': b''})


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_large_files_wait_for_each_other_and_small_ones_for_none_of_them() -> None:
    async def run() -> None:
        store = Store()
        layer = Artifacts(store, Slots(12))  # four large, two small
        large = [asyncio.create_task(ask_async(layer, 'PUT', f'{FILES}{n}', b'x', content_length='100000000')) for n in range(9)]
        await settle()
        assert store.working == 4
        small = [
            asyncio.create_task(ask_async(layer, 'GET', LISTING)),
            asyncio.create_task(ask_async(layer, 'PUT', f'{FILES}s', b'x', content_length='1')),
        ]
        await settle()
        assert store.working == 6
        store.go_on.set()
        answers = await asyncio.gather(*large, *small)
        assert {answer.status for answer in answers} == {200}
        assert store.most == 6

    asyncio.run(run())


def test_who_sends_in_drips_holds_no_slot() -> None:
    async def run() -> None:
        store = Store()
        store.go_on.set()
        layer = Artifacts(store, Slots(6))  # two large

        async def never_ends() -> Message:
            await asyncio.sleep(60)
            raise AssertionError

        async def send(_message: Message) -> None:
            raise AssertionError

        scope = {'type': 'http', 'method': 'PUT', 'path': f'{FILES}slow', 'headers': [(b'content-length', b'9000000')]}
        slow = [asyncio.create_task(layer(dict(scope), never_ends, send)) for _ in range(12)]
        await settle()
        answer = await asyncio.wait_for(ask_async(layer, 'PUT', f'{FILES}large', b'x', content_length='9000000'), 5)
        assert answer.status == 200
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)

    asyncio.run(run())


@pytest.mark.parametrize('name, status', [('p%41.txt', 400), ('100%.txt', 200), ('a b.txt', 200), ('ü日.txt', 200), ('%2e%2e.txt', 400)])
def test_an_upload_keeps_its_name_or_is_refused(name: str, status: int) -> None:
    mlflow = Echo()
    assert ask(Artifacts(mlflow, Slots(6)), 'PUT', FILES + name, b'x', content_length='1').status == status
    assert len(mlflow.scopes) == (status == 200)


def test_an_upload_that_stalls_is_told_so_and_leaves_nothing_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifacts, 'STALLED_SECONDS', 0.01)
    sent: list[Message] = []

    async def never() -> Message:
        await asyncio.sleep(60)
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    slots = Slots(6)
    scope = {'type': 'http', 'method': 'PUT', 'path': f'{FILES}x', 'headers': [(b'content-length', b'9000000')]}
    asyncio.run(Artifacts(Echo(), slots)(scope, never, send))
    assert (sent[0]['status'], json.loads(sent[1]['body'])['error_code']) == (408, 'REQUEST_LIMIT_EXCEEDED')
    assert (slots.large.borrowed_tokens, slots.small.borrowed_tokens) == (0, 0)


def test_a_client_that_takes_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, 'STALLED_SECONDS', 0.01)

    class Cycle:
        """What uvicorn's `send` is a method of."""

        def __init__(self) -> None:
            self.transport = self
            self.aborted = False

        async def send(self, _message: Message) -> None:
            await asyncio.sleep(60)

        def abort(self) -> None:
            self.aborted = True

    async def receive() -> Message:
        return {'type': 'http.request', 'body': b'', 'more_body': False}

    cycle = Cycle()
    scope: Any = {'type': 'http', 'method': 'GET', 'path': FILES, 'headers': []}
    asyncio.run(Deadlines(Echo())(scope, receive, cycle.send))
    assert cycle.aborted
