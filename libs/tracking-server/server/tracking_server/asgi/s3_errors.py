"""What S3 says, told to clients: what is not there is 404 at once; MLflow would say 500, which its clients repeat for minutes."""

from __future__ import annotations

import json
import logging
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

_logger = logging.getLogger(__name__)

_MISSING = ('NoSuchKey', 'NoSuchUpload', '404')
_RANGE = ('InvalidRange', '416')


def say_what_s3_says(fastapi_application: Starlette, flask_application: Any) -> None:
    """Answers for both halves of MLflow, wherever they let an error of boto3 through."""
    _tell_what_is_missing()
    for kind in (ClientError, BotoCoreError):
        fastapi_application.add_exception_handler(kind, _for_fastapi)
        flask_application.register_error_handler(kind, _for_flask)


def answer_to(error: Exception) -> Response:
    """The answer to a request that S3 did not do."""
    return Response(*_told(error)[::-1], media_type='application/json')


def _tell_what_is_missing() -> None:
    """MLflow fetches several files at once, and keeps of what went wrong only its own kind of error."""
    from mlflow.exceptions import MlflowException
    from mlflow.protos.databricks_pb2 import RESOURCE_DOES_NOT_EXIST
    from mlflow.store.artifact.s3_artifact_repo import S3ArtifactRepository

    fetch = S3ArtifactRepository._download_file

    def fetch_or_tell(self: Any, remote_file_path: str, local_path: str) -> None:
        try:
            fetch(self, remote_file_path, local_path)
        except ClientError as error:
            if error.response['Error']['Code'] in _MISSING:
                raise MlflowException(f'There is no artifact {remote_file_path}.', RESOURCE_DOES_NOT_EXIST) from None
            raise

    S3ArtifactRepository._download_file = fetch_or_tell


def _told(error: Exception) -> tuple[int, str]:
    code = error.response.get('Error', {}).get('Code', '') if isinstance(error, ClientError) else ''
    if code in _MISSING:
        status, name, message = 404, 'RESOURCE_DOES_NOT_EXIST', 'The artifact store has no such artifact.'
    elif code in _RANGE:
        status, name, message = 416, 'INVALID_PARAMETER_VALUE', 'The artifact has no such range.'
    else:
        # Whether it was done is not known: 503, and how to mend it is for who runs the server to read.
        status, name, message = 503, 'TEMPORARILY_UNAVAILABLE', 'The artifact store did not answer as it should.'
        _logger.error('S3: %s', ' '.join(str(error).split()))
    return status, json.dumps({'error_code': name, 'message': message})


async def _for_fastapi(_request: Request, error: Exception) -> Response:
    return answer_to(error)


def _for_flask(error: Exception) -> Any:
    from flask import Response as FlaskResponse

    status, text = _told(error)
    return FlaskResponse(text, status, mimetype='application/json')
