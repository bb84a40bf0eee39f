"""Who is told to come back."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from unittest.mock import MagicMock

import pytest
from asgi import Answer, Echo, ask, ask_async
from starlette.types import Receive, Scope, Send
from tracking_server.asgi import admission
from tracking_server.asgi.admission import Admission
from tracking_server.database.schema_watch import SchemaWatch

API = '/api/2.0/mlflow/runs/create'


@pytest.fixture
def schema() -> SchemaWatch:
    return SchemaWatch('ours', MagicMock())


@pytest.mark.parametrize('state', ['moving', 'moved'])
def test_while_another_mlflow_migrates_nothing_is_done(schema: SchemaWatch, state: str) -> None:
    setattr(schema, state, True)
    mlflow = Echo()
    answer = ask(Admission(mlflow, schema, None), 'POST', API)
    # Seven times so many seconds is what MLflow's clients wait.
    assert (answer.status, answer.headers['retry-after']) == (429, '15')
    # A load balancer wants to know that nobody should be sent here.
    assert ask(Admission(mlflow, schema, None), 'GET', '/ready').status == 503
    assert mlflow.scopes == []


def test_a_crowd_is_told_to_come_back_at_different_times(schema: SchemaWatch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, 'MOST_REQUESTS', 1)
    observed: list[int] = []
    turned_away: list[Answer] = []
    layer: Admission

    async def busy(scope: Scope, receive: Receive, send: Send) -> None:
        if scope['path'] == API:
            turned_away.extend([await ask_async(layer, 'POST', API) for _ in range(40)])
            assert (await ask_async(layer, 'GET', '/health')).status == 200
        await Echo()(scope, receive, send)

    def observe(_scope: Scope, status: int, _took: float | None = None) -> None:
        observed.append(status)

    layer = Admission(busy, schema, observe)
    assert ask(layer, 'POST', API).status == 200
    assert {answer.status for answer in turned_away} == {429}
    assert {int(answer.headers['retry-after']) for answer in turned_away} <= set(range(2, 9))
    assert len({answer.headers['retry-after'] for answer in turned_away}) > 1
    assert observed == [429] * 40


def test_a_worker_that_stops_says_so_of_what_it_had_begun(schema: SchemaWatch) -> None:
    async def slow(_scope: Any, _receive: Any, _send: Any) -> None:
        await asyncio.sleep(60)

    async def stop() -> Answer:
        asked = asyncio.create_task(ask_async(Admission(slow, schema, None), 'POST', API))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        asked.cancel()
        return await asked

    answer = asyncio.run(stop())
    assert (answer.status, answer.headers['connection']) == (503, 'close')
    assert json.loads(answer.body)['error_code'] == 'TEMPORARILY_UNAVAILABLE'
