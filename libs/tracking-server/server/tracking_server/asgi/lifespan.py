"""What a worker does from its start to its end, beside answering."""

from __future__ import annotations

import sys

import anyio
import anyio.to_thread
from starlette.types import ASGIApp, Receive, Scope, Send

from ..database.schema_watch import INTERVAL_SECONDS, SchemaWatch

# How soon a thread that waits for the interpreter gets it; Python's default of 5 ms starves the thread that reads the network.
SWITCH_INTERVAL_SECONDS = 0.0005


class Lifespan:
    """Sets the number of threads, and watches the schema."""

    def __init__(self, application: ASGIApp, threads: int, schema: SchemaWatch):
        self._application = application
        self._threads = threads
        self._schema = schema
        # A thread of its own: it must not wait behind requests that wait for the database.
        self._limiter = anyio.CapacityLimiter(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] != 'lifespan':
            await self._application(scope, receive, send)
            return
        # As many threads as connections stay open: nobody waits for a connection, and few enough not to fight for the interpreter.
        anyio.to_thread.current_default_thread_limiter().total_tokens = self._threads
        sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._watch_schema)
            await self._application(scope, receive, send)
            tasks.cancel_scope.cancel()

    async def _watch_schema(self) -> None:
        while True:
            await anyio.sleep(INTERVAL_SECONDS)
            await anyio.to_thread.run_sync(self._schema.look, abandon_on_cancel=True, limiter=self._limiter)
