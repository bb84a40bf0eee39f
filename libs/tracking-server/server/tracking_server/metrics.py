"""How many requests there were, how long they took and what became of them, for Prometheus.

On a port of its own, which only named networks reach: who collects needs no user of MLflow, and a load balancer passes nothing of it
on. MLflow's own exporter (`--expose-prometheus`) is at the address of the API and sees only the requests that its Flask part answers.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Protocol

from starlette.types import Scope

_logger = logging.getLogger(__name__)

# Of a search, of a batch, of an upload.
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120)


class Observe(Protocol):
    """Takes note of a request: its ASGI scope, its status and, unless it was turned away, its seconds."""

    def __call__(self, scope: Scope, status: int, took: float | None = None, /) -> None: ...


def expose(host: str, port: int, workers: int, directory: Path) -> None:
    """Answers on a port from this process, which outlives its workers. Called before anything else looks for metrics."""
    if workers > 1:
        directory.mkdir(mode=0o700, exist_ok=True)
        # The workers write to files there that this process adds up; prometheus_client looks for it when it is imported.
        os.environ['PROMETHEUS_MULTIPROC_DIR'] = str(directory)
    import prometheus_client
    from prometheus_client import multiprocess

    registry = prometheus_client.REGISTRY
    if workers > 1:
        registry = prometheus_client.CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    try:
        prometheus_client.start_http_server(port, host, registry)
    except OSError as error:
        # Serving comes first.
        _logger.warning('no metrics: port %d: %s', port, error.strerror)
    else:
        _logger.info('metrics on %s:%d', host, port)


def observer() -> Observe:
    """Returns what a worker calls after every request."""
    from mlflow.server import app as flask
    from prometheus_client import Counter, Histogram

    requests = Counter('mlflow_server_requests_total', 'Requests', ['method', 'route', 'status'])
    seconds = Histogram('mlflow_server_request_seconds', 'Seconds that a request took', ['route'], buckets=_SECONDS)
    rules = flask.url_map.bind('localhost')

    def route(scope: Scope) -> str:
        # A route and not a path: what clients think up must not become a series of its own.
        if (found := getattr(scope.get('route'), 'path', None)) is not None:
            return str(found)
        try:
            rule, _ = rules.match(scope['path'], scope['method'], return_rule=True)
        except Exception:  # no such route, or not by this method
            return 'none'
        return str(rule.rule)

    def observe(scope: Scope, status: int, took: float | None = None) -> None:
        where = route(scope)
        requests.labels(scope['method'], where, str(status)).inc()
        if took is not None:
            seconds.labels(where).observe(took)

    return observe
