"""The ASGI application: MLflow's own, with what a team needs around it. Importing this does nothing.

Its engines connect with the password of the day, its requests are logged with their times, what is more than it can take is told to
come back, and `/ready` says whether the database answers. While another MLflow migrates the schema nothing is read or written;
afterwards `/health` asks for a replacement.
"""

from __future__ import annotations

import os
from pathlib import Path

from starlette.types import ASGIApp

from .asgi.access_log import AccessLog
from .asgi.admission import Admission
from .asgi.artifacts import Artifacts, Slots
from .asgi.bodies import Bodies
from .asgi.deadlines import Deadlines
from .asgi.lifespan import Lifespan
from .asgi.readiness import Readiness
from .config import Config, read_config
from .database.connection import Connection, connect, log_in_all_engines, login_of
from .database.login import Login
from .database.schema_watch import SchemaWatch
from .keys import load_keys
from .log import adopt_library_loggers, configure
from .metrics import observer
from .private_file import runtime_directory


def create_application(config: Config, login: Login, schema: str) -> ASGIApp:
    """Puts the layers around MLflow, whose environment must be set. `schema` is the one that this MLflow is made for."""
    from .asgi.mlflow_application import mlflow_application

    def connection() -> Connection:
        return connect(config, login)

    watch = SchemaWatch(schema, connection)
    slots = Slots(config.sizing.poolSize)
    application = mlflow_application(config, slots)
    observe = None if config.prometheusPort is None else observer()
    application = Artifacts(application, slots)
    application = Bodies(application)
    application = AccessLog(application, observe)
    application = Readiness(application, connection)
    application = Admission(application, watch, observe)
    application = Deadlines(application)
    application = Lifespan(application, config.sizing.poolSize, watch)
    adopt_library_loggers()
    return application


def create_worker() -> ASGIApp:
    """The same in one of several worker processes, which has nothing but the environment of the one that started it."""
    configure()
    config = read_config(Path(os.environ['MLFLOW_SERVER_CONFIG']))
    login = login_of(config, Path(os.environ['PGPASSFILE']))
    # Both before MLflow is imported: no engine is made, and nothing encrypted, without them.
    log_in_all_engines(login)
    load_keys(runtime_directory())
    return create_application(config, login, os.environ['MLFLOW_SERVER_SCHEMA'])
