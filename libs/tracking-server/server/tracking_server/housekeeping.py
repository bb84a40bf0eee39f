"""What nobody looks at and what grows: deleted runs go for good, with their artifacts; old traces move to the bucket.

Both are MLflow's own (`mlflow gc`, trace archival), run by a process that ends, on one server at a time. Otherwise MLflow archives
traces in its job processes. Artifacts are removed from the bucket as the server would, by the machine's role: nobody's password is
needed where MLflow asks for one.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlparse

from .config import Config, Housekeeping
from .database.connection import store_uri
from .database.locks import Lock, only_one
from .database.reaching import reach
from .log import adopt_library_loggers

_logger = logging.getLogger(__name__)

_DAY_MILLISECONDS = 24 * 60 * 60 * 1000
TRACES_AT_ONCE = 1_000


def keep_house(config: Config, plan: Housekeeping | None, dry_run: bool) -> None:
    """Says what is due, and does it unless `dry_run`. Raises GaveUp when secret or database do not come."""
    if plan is None:
        _logger.info('nothing is configured: server.housekeeping')
        return
    login = reach(config)
    with only_one(config, login, Lock.HOUSEKEEPING) as alone:
        if alone is None:
            _logger.info('another server keeps house now')
            return
        os.environ.setdefault('MLFLOW_DISABLE_TELEMETRY', 'true')
        os.environ.setdefault('MLFLOW_CONFIGURE_LOGGING', 'false')
        os.environ.setdefault('MLFLOW_SQLALCHEMYSTORE_POOL_SIZE', '1')
        from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

        adopt_library_loggers()
        _reach_artifacts_in_the_bucket(config)
        store = SqlAlchemyStore(store_uri(config), f's3://{config.artifacts.bucket}/{config.artifacts.prefix}')
        if plan.purgeDeletedAfterDays is not None:
            _purge(config, store, plan.purgeDeletedAfterDays, dry_run)
        if plan.archiveTracesAfterDays is not None:
            _archive(config, store, plan.archiveTracesAfterDays, dry_run)


def trace_archive(config: Config) -> str:
    """Where old traces go: outside of the artifacts, which MLflow hands out without asking whose experiment they are of."""
    return f's3://{config.artifacts.bucket}/{config.artifacts.traceArchivePrefix}'


def _purge(config: Config, store: Any, days: int, dry_run: bool) -> None:
    used = _Used(config, store)
    runs = [run for run in store._get_deleted_runs(older_than=days * _DAY_MILLISECONDS) if run not in used.runs]
    due = store._get_deleted_logged_models(older_than=days * _DAY_MILLISECONDS)
    models = [model for model in due if model not in used.models]
    experiments = [experiment for experiment in _deleted_experiments(store, days) if experiment.experiment_id not in used.experiments]

    say = 'would be removed for good' if dry_run else 'to be removed for good'
    for info in (store.get_run(run).info for run in runs):
        _say(say, run=info.run_id, name=info.run_name, experiment=info.experiment_id, artifacts=info.artifact_uri)
    for model in (store.get_logged_model(model, allow_deleted=True) for model in models):
        _say(say, model=model.model_id, name=model.name, experiment=model.experiment_id, artifacts=model.artifact_location)
    for experiment in experiments:
        _say(say, experiment=experiment.experiment_id, name=experiment.name)
    count = len(runs) + len(models) + len(experiments)
    _logger.info('deleted more than %d days ago, and of no registered model: %d', days, count)
    if dry_run or count == 0:
        return
    # What `mlflow gc` does with ids; its command takes no empty list of them.
    from mlflow.cli import _gc_tracking_resources

    with contextlib.redirect_stdout(_LoggedLines()):
        _gc_tracking_resources(
            store,
            run_ids=runs,
            experiment_ids=[experiment.experiment_id for experiment in experiments],
            logged_model_ids=models,
            older_than=None,
            time_delta=days * _DAY_MILLISECONDS,
            skip_experiments=not experiments,
            skip_logged_models=False,
            ignore_not_found=True,
        )


class _Used:
    """Runs, models and experiments that versions of registered models came from: `mlflow gc` would take their artifacts away."""

    def __init__(self, config: Config, store: Any) -> None:
        from mlflow.exceptions import MlflowException
        from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore

        registry = SqlAlchemyStore(store_uri(config))
        versions = list(_pages(lambda token: registry.search_model_versions(max_results=1000, page_token=token)))
        self.runs = {version.run_id for version in versions if version.run_id}
        sources = {version.source for version in versions if version.source}
        self.models = {source.removeprefix('models:/') for source in sources if source.startswith('models:/m-')}
        self.experiments = set()
        for run in self.runs:
            with contextlib.suppress(MlflowException):  # gone already
                self.experiments.add(store.get_run(run).info.experiment_id)
        for model in self.models:
            with contextlib.suppress(MlflowException):
                self.experiments.add(store.get_logged_model(model, allow_deleted=True).experiment_id)


def _deleted_experiments(store: Any, days: int) -> list[Any]:
    from mlflow.entities import ViewType

    before = f'last_update_time < {int(time.time() * 1000) - days * _DAY_MILLISECONDS}'
    return list(
        _pages(lambda token: store.search_experiments(ViewType.DELETED_ONLY, filter_string=before, page_token=token))
    )


def _pages(search: Callable[[str | None], Any]) -> Iterator[Any]:
    token = None
    while True:
        page = search(token)
        yield from page
        token = page.token
        if not token:
            return


def _say(message: str, **fields: Any) -> None:
    _logger.info('%s', message, extra={'fields': fields})


def _archive(config: Config, store: Any, days: int, dry_run: bool) -> None:
    if dry_run:
        with store.ManagedSessionMaker() as session:
            _, due = store._plan_trace_archival(
                session=session,
                now_millis=int(time.time() * 1000),
                broader_retention_millis=days * _DAY_MILLISECONDS,
                long_retention_allowlist=set(),
                max_traces_per_pass=None,
            )
        for trace in due:
            _say('would be moved to the bucket', trace=trace.trace_id, experiment=str(trace.experiment_id))
        _logger.info('traces that are older than %d days: %d', days, len(due))
        return
    total, moved = 0, TRACES_AT_ONCE
    while moved == TRACES_AT_ONCE:
        moved = store.archive_traces(
            resolved_trace_archival_location=trace_archive(config),
            broader_retention=f'{days}d',
            max_traces_per_pass=TRACES_AT_ONCE,
        )
        total += moved
    _logger.info('traces older than %d days that were moved to the bucket: %d', days, total)


def _reach_artifacts_in_the_bucket(config: Config) -> None:
    """Lets MLflow find what clients call `mlflow-artifacts:` where the server keeps it."""
    from mlflow.store.artifact.artifact_repository_registry import _artifact_repository_registry
    from mlflow.store.artifact.s3_artifact_repo import S3ArtifactRepository

    root = f's3://{config.artifacts.bucket}/{config.artifacts.prefix}'
    _artifact_repository_registry.register(
        'mlflow-artifacts', lambda uri, **_: S3ArtifactRepository(f'{root}/{urlparse(uri).path.lstrip("/")}')
    )


class _LoggedLines(io.TextIOBase):
    """What a command prints, as lines of the log."""

    def __init__(self) -> None:
        self._rest = ''

    def write(self, text: str) -> int:
        *lines, self._rest = (self._rest + text).split('\n')
        for line in lines:
            if line:
                _logger.info('%s', line)
        return len(text)
