"""CloudWatch over rpc-v2-cbor.

AWS: the SDKs speak rpc-v2-cbor to CloudWatch (POST /service/GraniteServiceVersion20100801/operation/NAME).
moto: answers 404 there; it knows the same actions in the JSON protocol.
Here: the request is turned into JSON, and moto's answer into CBOR, with timestamps as the service model has them.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch import urls
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.request import Request
from moto.core.responses import get_service_model

from .. import cbor

PATH = r'{0}/service/GraniteServiceVersion20100801/operation/\w+$'


def apply() -> None:
    """Adds the path to moto's."""
    urls.url_paths[PATH] = _handle


def _handle(request: Request, full_url: str, headers: Any) -> Any:
    action = request.path.rsplit('/', 1)[-1]
    parameters = cbor.decode(request.data) if request.data else {}
    plain = {name: value for name, value in headers.items() if name.lower() not in ('content-length', 'content-type')}
    translated = Request.from_primitives(
        'POST',
        f'{request.scheme}://{request.host}/',
        {
            **plain,
            'X-Amz-Target': f'GraniteServiceVersion20100801.{action}',
            'Content-Type': 'application/x-amz-json-1.0',
        },
        json.dumps(parameters, default=lambda moment: moment.timestamp()).encode(),
    )
    status, answer_headers, body = CloudWatchResponse.dispatch(translated, translated.raw_url, translated.headers)
    answer = json.loads(body) if body else {}
    if status < 300:
        answer = _with_timestamps(answer, get_service_model('cloudwatch').operation_model(action).output_shape)
    kept = {name: value for name, value in answer_headers.items() if name.lower() != 'content-type'}
    return status, {**kept, 'Content-Type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor'}, cbor.encode(answer)


def _with_timestamps(value: Any, shape: Any) -> Any:
    """JSON has no timestamps, only numbers; the model tells which are which. Absent members are left out."""
    if shape is None or value is None:
        return value
    if shape.type_name == 'structure':
        return {
            name: _with_timestamps(member, shape.members.get(name))
            for name, member in value.items()
            if member is not None
        }
    if shape.type_name == 'list':
        return [_with_timestamps(item, shape.member) for item in value]
    if shape.type_name == 'map':
        return {name: _with_timestamps(item, shape.value) for name, item in value.items()}
    if shape.type_name == 'timestamp':
        return _moment(value)
    if shape.type_name in ('float', 'double'):
        return float(value)
    return value


def _moment(value: Any) -> datetime:
    if isinstance(value, str):
        return datetime.fromisoformat(value.replace('Z', '+00:00'))
    return datetime.fromtimestamp(value, UTC)
