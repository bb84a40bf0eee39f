"""Brings the server up, step by step, and serves until it is told to stop."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import uvicorn

from . import authentication, keys, metrics
from .application import create_application
from .config import Config
from .database.connection import store_uri
from .database.locks import Lock, one_at_a_time
from .database.migration import migrate
from .database.reaching import reach
from .instance_metadata import public_dns_name
from .log import adopt_library_loggers
from .private_file import runtime_directory

_logger = logging.getLogger(__name__)

GRACE_SECONDS = 25


def serve(config: Config, config_file: Path, host: str, port: int | None) -> None:
    """Waits, migrates and serves. Raises GaveUp when something does not come."""
    login = reach(config)
    if config.prometheusPort is not None:
        metrics.expose(host, config.prometheusPort, config.sizing.workers, runtime_directory() / 'metrics')
    os.environ.update(mlflow_environment(config))
    os.environ.update(allowed_names(config, public_dns_name() if config.publicDns else None))
    workers = config.sizing.workers
    with one_at_a_time(config, login, Lock.MIGRATION) as session:
        keys.fetch_keys(config.region, config.keysSecretArn, runtime_directory())
        if workers == 1:
            # Several load them for themselves: what this process had in its environment theirs would show.
            keys.load_keys(runtime_directory())
        schema = migrate(config, login)
        keys.wrap_anew(session, runtime_directory())
        if config.adminSecretArn is not None:
            authentication.prepare(config, config.adminSecretArn, runtime_directory())
    # Workers read the rest of what they need from where this process read it.
    os.environ.update({'MLFLOW_SERVER_CONFIG': str(config_file), 'MLFLOW_SERVER_SCHEMA': schema})
    adopt_library_loggers()
    _logger.info('serving %s on %s:%d with %d worker(s)', config.environment, host, port or config.port, workers)
    uvicorn.run(
        # One worker is this process itself: nothing that only waits takes memory.
        create_application(config, login, schema) if workers == 1 else 'tracking_server.application:create_worker',
        factory=workers > 1,
        workers=workers if workers > 1 else None,
        app_dir=str(Path(__file__).parent.parent),
        host=host,
        port=port or config.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=config.keepAliveSeconds,
        timeout_graceful_shutdown=GRACE_SECONDS,
        lifespan='on',
    )


def mlflow_environment(config: Config) -> dict[str, str]:
    """What `mlflow server` would set for its workers, had it been started by its command line with the same wishes.

    The names with an underscore are MLflow's own (mlflow/server/constants.py); the locked version makes them safe to rely on.
    """
    artifacts = config.artifacts
    location = f's3://{artifacts.bucket}/{artifacts.prefix}'
    return {
        '_MLFLOW_SERVER_FILE_STORE': store_uri(config),
        '_MLFLOW_SGI_NAME': 'uvicorn',
        # An experiment keeps the location that it was made with: what was made to be passed on is, whatever the mode is now.
        '_MLFLOW_SERVER_SERVE_ARTIFACTS': 'true',
        '_MLFLOW_SERVER_ARTIFACT_DESTINATION': location,
        '_MLFLOW_SERVER_ARTIFACT_ROOT': location if artifacts.mode == 'direct' else 'mlflow-artifacts:/',
        # By default boto3 signs URLs for the host of us-east-1, which for a new bucket of another region redirects, and a signature
        # does not survive that. Source: Amazon S3 user guide, "Making requests", "Request redirection and the REST API".
        'MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE': 'virtual',
        'MLFLOW_SQLALCHEMYSTORE_POOL_SIZE': str(config.sizing.poolSize),
        'MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW': str(config.sizing.maxOverflow),
        # Server-side GenAI jobs start eight more processes: 1.8 GiB that a small machine does not have.
        'MLFLOW_SERVER_ENABLE_JOB_EXECUTION': 'false',
        'MLFLOW_DISABLE_TELEMETRY': 'true',
        # MLflow's records go the way of ours, as JSON.
        'MLFLOW_CONFIGURE_LOGGING': 'false',
    }


# As MLflow's defaults (mlflow/server/security_utils.py), which naming any host replaces. Not imported from there: mlflow.server
# takes over the environment at its import, before the names below are in it.
_LOCAL_HOSTS = (
    *(host for name in ('localhost', '127.0.0.1', '0.0.0.0') for host in (name, f'{name}:*')),
    *('[::1]', '[[]::1]:*', '10.*', '192.168.*', 'fc00:*', 'fd00:*'),
    *(f'172.{part}.*' for part in range(16, 32)),
)


def allowed_names(config: Config, public_dns: str | None) -> dict[str, str]:
    """Host names that requests may name, and origins whose pages may change things.

    Localhost, private addresses, and the names by which this server is really reached.
    """
    names = [*config.allowedHosts, *([public_dns] if public_dns else [])]
    hosts = [host for name in names for host in (name, f'{name}:{config.port}')]
    origins = [*config.corsAllowedOrigins, *([f'http://{public_dns}:{config.port}'] if public_dns else [])]
    return {
        'MLFLOW_SERVER_ALLOWED_HOSTS': ','.join([*_LOCAL_HOSTS, *hosts]),
        'MLFLOW_SERVER_CORS_ALLOWED_ORIGINS': ','.join(origins),
    }
