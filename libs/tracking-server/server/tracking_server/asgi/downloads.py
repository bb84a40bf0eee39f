"""Downloads from the artifact store: passed from S3 to the client part by part, nothing kept on disk.

MLflow itself fetches the whole file to disk before it answers, without a length, and says 500 of one that is not there. This stands in
the same place of its application, behind the same checks of host, user and permission.
"""

from __future__ import annotations

import posixpath
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import anyio
import anyio.to_thread
from botocore.exceptions import BotoCoreError, ClientError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from .artifacts import Slots
from .s3_errors import answer_to

_T = TypeVar('_T')

# What is read from S3 while a slot is held, and the most that is kept for a client.
PART_BYTES = 1024 * 1024
# In a row, with a growing pause before each.
MOST_TRIES = 5
PATHS = ('/api/2.0/mlflow-artifacts/artifacts/{artifact_path:path}', '/ajax-api/2.0/mlflow-artifacts/artifacts/{artifact_path:path}')
_HEADERS = {'ContentLength': 'content-length', 'ContentRange': 'content-range', 'ETag': 'etag'}


class Downloads:
    """Answers downloads in the place of MLflow."""

    def __init__(self, slots: Slots):
        self._slots = slots

    def take_the_place_in(self, application: Starlette) -> None:
        """Stands before MLflow's own routes of the same address."""
        for path in PATHS:
            application.router.routes.insert(0, Route(path, self.download, methods=['GET']))

    async def download(self, request: Request) -> Response:
        from mlflow.exceptions import MlflowException
        from mlflow.server.mlflow_response import mlflow_exception_response

        try:
            client, place, name = _find(request.path_params['artifact_path'])
        except MlflowException as error:
            refused: Response = mlflow_exception_response(error)
            return refused
        if 'range' in request.headers:
            place['Range'] = request.headers['range']
        # A look at what is there costs S3 nothing of the file.
        read = client.head_object if request.method == 'HEAD' else client.get_object
        try:
            found = await self._in_a_slot(lambda: read(**place))
        except ClientError as error:
            return answer_to(error)
        headers = {ours: str(found[theirs]) for theirs, ours in _HEADERS.items() if theirs in found}
        headers |= {'accept-ranges': 'bytes', **_about(name)}
        status = 206 if 'ContentRange' in found else 200
        if request.method == 'HEAD':
            return Response(status_code=status, headers=headers)
        return StreamingResponse(self._parts(client.get_object, place, found), status, headers)

    async def _parts(self, get: Callable[..., Any], place: dict[str, str], found: Any) -> AsyncIterator[bytes]:
        """All of what was found. A line to S3 that breaks is taken up where it broke, as long as the artifact is the same."""
        begin, end = _bounds(found)
        body, tries = found['Body'], 0
        try:
            while begin <= end:
                try:
                    if body is None:
                        rest = {**place, 'Range': f'bytes={begin}-{end}', 'IfMatch': found['ETag']}
                        body = (await self._in_a_slot(lambda: get(**rest)))['Body']  # noqa: B023
                    part = await self._in_a_slot(lambda: body.read(PART_BYTES))  # noqa: B023
                except BotoCoreError:
                    if body is not None:
                        body.close()
                    body, tries = None, tries + 1
                    if tries > MOST_TRIES:
                        raise
                    await anyio.sleep(tries)
                    continue
                begin, tries = begin + len(part), 0
                yield part
        finally:
            if body is not None:
                body.close()

    async def _in_a_slot(self, work: Callable[[], _T]) -> _T:
        return await anyio.to_thread.run_sync(work, limiter=self._slots.large)


def _find(path: str) -> tuple[Any, dict[str, str], str]:
    """The client of S3, where the artifact is in it, and its name. Raises MlflowException for a path that leads elsewhere."""
    from mlflow.server import handlers
    from mlflow.utils.uri import validate_path_is_safe

    within = handlers._get_workspace_scoped_repo_path_if_enabled(validate_path_is_safe(path))
    repository = handlers._get_artifact_repo_mlflow_artifacts()
    bucket, root = repository.parse_s3_compliant_uri(repository.artifact_uri)
    place = {'Bucket': bucket, 'Key': posixpath.join(root, within), **repository._bucket_owner_params}
    return repository._get_s3_client(), place, posixpath.basename(within)


def _bounds(found: Any) -> tuple[int, int]:
    """The first and the last byte of what was found, by their places in the artifact."""
    if 'ContentRange' in found:  # bytes 0-9/100
        first, last = found['ContentRange'].split(' ')[1].split('/')[0].split('-')
        return int(first), int(last)
    return 0, found['ContentLength'] - 1


def _about(name: str) -> dict[str, str]:
    """What MLflow says of a file by its name; always as an attachment, so that no page of it runs under this server's name."""
    from mlflow.server.handlers import _content_disposition_attachment
    from mlflow.utils.mime_type_utils import _guess_mime_type

    return {
        'content-type': str(_guess_mime_type(name)),
        'content-disposition': str(_content_disposition_attachment(name)),
        'x-content-type-options': 'nosniff',
    }
