"""MLflow's own application, as it is configured here. Only to be imported once its environment is set."""

from __future__ import annotations

import importlib.util
from typing import Any

from starlette.types import ASGIApp

from ..authentication import load_key
from ..config import Config
from ..database.refusals import tell_refusals_apart
from ..keys import read_lost_secrets_as_none
from ..private_file import runtime_directory
from .artifacts import Slots
from .downloads import Downloads
from .rest_api import RestApi
from .s3_errors import say_what_s3_says


def mlflow_application(config: Config, slots: Slots) -> ASGIApp:
    """Imports MLflow, and returns its REST API, its pages and, where there is a replica, reads from that."""
    tell_refusals_apart()
    read_lost_secrets_as_none()
    _refuse_what_is_no_json()
    if config.artifacts.mode != 'presigned':
        _offer_no_presigned_urls()
    if config.adminSecretArn is None:
        from mlflow.server.fastapi_app import app
    else:
        load_key(runtime_directory())
        from mlflow.server.auth import create_app

        app = create_app()
    from mlflow import server
    from mlflow.server import handlers

    say_what_s3_says(app, server.app)
    Downloads(slots).take_the_place_in(app)
    application = RestApi(app, server.app, handlers.get_endpoints())
    if config.database.replicaHost is None:
        return application
    from ..database.replica import Replica
    from .reading import ReadsFromReplica

    Replica(config).take_reads_of(handlers._get_tracking_store(), handlers._get_model_registry_store())
    return ReadsFromReplica(application)


def _refuse_what_is_no_json() -> None:
    """Keeps MLflow from taking a body that it cannot read for an empty one: a search would answer 200 with nothing."""
    from flask import request
    from mlflow.exceptions import MlflowException
    from mlflow.server import handlers

    read = handlers._get_request_json

    def read_or_refuse(flask_request: Any = request) -> Any:
        parsed = read(flask_request)
        if parsed is None and flask_request.get_data().strip() not in (b'', b'null'):
            raise MlflowException.invalid_parameter_value('The body of the request is no JSON.')
        return parsed

    handlers._get_request_json = read_or_refuse


def _offer_no_presigned_urls() -> None:
    """Keeps MLflow from telling clients that it signs URLs for them.

    A client that is told so downloads everything from S3, and where it cannot reach S3 tries for minutes and gives up; it does not
    come back to the server. One that wishes for such URLs says so by a variable of its own, and gets them.
    """
    if importlib.util.find_spec('mlflow.server.server_info_api') is None:
        return  # MLflow 3.16, with which the tests of an upgrade begin, is left as it is
    from mlflow.server import handlers, server_info_api
    from mlflow.utils.server_info import SERVER_INFO_MULTIPART_DOWNLOADS_ENABLED, SERVER_INFO_MULTIPART_UPLOADS_ENABLED

    build = handlers.build_server_info_payload
    off = {SERVER_INFO_MULTIPART_UPLOADS_ENABLED: False, SERVER_INFO_MULTIPART_DOWNLOADS_ENABLED: False}
    for module in (handlers, server_info_api):
        module.build_server_info_payload = lambda: {**build(), **off}
