"""From a request to moto's handler for it. The only module that knows how moto finds one."""

from __future__ import annotations

import importlib
import json
import re
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from botocore.model import OperationNotFoundError
from moto.backend_index import backend_url_patterns
from moto.backends import get_backend
from moto.core.base_backend import BackendDict
from moto.core.exceptions import ServiceException
from moto.core.request import Request
from werkzeug.exceptions import HTTPException

from . import cbor

# moto answers one request at a time: its models are not made for two threads, and conditional writes
# (the lock file of a Terraform state) must be atomic. The snapshots take the same lock.
WORLD = threading.RLock()

_READING = re.compile(
    '(Describe|List|Get|Head|BatchGet|BatchDescribe|Lookup|Query|Scan|Search|Filter'
    '|Validate|Test|Simulate|Decode|Check)'
)


_S3_HOST = re.compile(r'(^|\.)s3(\.dualstack)?([.-][a-z]{2}(-[a-z]+)+-\d)?\.amazonaws\.com(\.cn)?(:\d+)?$')


@dataclass
class Call:
    """One request as the emulator got it."""

    method: str
    host: str  # with the port, when the client named one
    path: str  # with the query
    headers: Mapping[str, str]
    body: bytes = b''
    scheme: str = 'https'
    service: str | None = None

    def __post_init__(self) -> None:
        self.service = service_of(self.scheme, self.host)

    @property
    def url(self) -> str:
        """The whole address."""
        return f'{self.scheme}://{self.host}{self.path}'

    @property
    def action(self) -> str:
        """The name of the API action where the protocol has one; never a value of the request."""
        if self.service == 's3':
            return ''
        target = self.headers.get('X-Amz-Target')
        if target:
            return target.rsplit('.', 1)[-1]
        path, _, query = self.path.partition('?')
        if 'Smithy-Protocol' in self.headers:
            return path.rsplit('/', 1)[-1]
        if self.headers.get('Content-Type', '').startswith('application/x-www-form-urlencoded'):
            found = re.match(rb'(?:.*&)?Action=(\w+)', self.body[:4096])
            if found:
                return found.group(1).decode()
        named = parse_qs(query).get('Action')
        return named[0] if named else ''

    @property
    def reads_only(self) -> bool:
        """Whether the call cannot have changed anything that must survive."""
        action = self.action
        return bool(_READING.match(action)) if action else self.method in ('GET', 'HEAD', 'OPTIONS')


@dataclass
class Answer:
    """What goes back. `body` is bytes or a `objects.Content`, which is streamed."""

    status: int
    headers: dict[str, str]
    body: Any


Handler = Callable[[Any, str, Any], Any]


class Refused(Exception):
    """AWS would refuse the call: its error code, and the message."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


own: dict[str, dict[str, Handler]] = {}
"""Services that are not moto's: by name, and by path as in moto's `url_paths`."""

preparations: list[Callable[[Call], Call]] = []
"""Steps that turn a call into one that moto understands; patches add theirs."""


@lru_cache(maxsize=1024)
def service_of(scheme: str, host: str) -> str | None:
    """moto's name of the service behind a host, or None."""
    if _S3_HOST.search(host):  # first: moto takes a bucket named "logs" for the service of that name
        return 's3'
    for service, pattern in backend_url_patterns:
        if pattern.match(f'{scheme}://{host}'):
            # The control API of moto could throw everything away behind the back of the snapshots.
            return None if service == 'moto_api' else service
    return None


@lru_cache(maxsize=256)
def _routes(service: str) -> list[tuple[re.Pattern[str], Handler]]:
    return [(re.compile(path.format('')), handler) for path, handler in _paths(service).items()]


def _paths(service: str) -> dict[str, Handler]:
    if service in own:
        return own[service]
    backends = get_backend(service)
    package = backends.backend.__module__ if isinstance(backends, BackendDict) else type(backends['global']).__module__
    return importlib.import_module('.'.join(package.split('.')[:2]) + '.urls').url_paths


def _find(call: Call) -> Handler | None:
    if call.service is None:
        return None
    path = call.path.split('?')[0]
    for pattern, handler in _routes(call.service):
        if pattern.match(path):
            return handler
    return None


current: Call | None = None
"""The call that moto is answering."""


def refusal(call: Call, status: int, code: str, message: str) -> Answer:
    """An error in the form the client of the call can read.

    The status of what the emulator lacks is 501: SDKs retry 500, 502, 503 and 504 for many minutes.
    """
    if 'Smithy-Protocol' in call.headers:
        body = cbor.encode({'__type': code, 'message': message})
        return Answer(status, {'Content-Type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor'}, body)
    form = call.headers.get('Content-Type', '').startswith('application/x-www-form-urlencoded')
    if not form and call.service not in ('s3', 's3control', 'route53', 'cloudfront', 'ec2'):
        content_type, text = 'application/x-amz-json-1.1', json.dumps({'__type': code, 'message': message})
    else:
        content_type = 'text/xml'
        error = f'<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>'
        text = {
            'ec2': f'<Response><Errors>{error}</Errors><RequestID>emulated-aws</RequestID></Response>',
            's3': error.replace('</Error>', '<RequestId>emulated-aws</RequestId></Error>'),
        }.get(call.service or '', f'<ErrorResponse>{error}<RequestId>emulated-aws</RequestId></ErrorResponse>')
    return Answer(status, {'Content-Type': content_type, 'x-amzn-ErrorType': code}, text.encode())


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def answer(call: Call) -> Answer:
    """Lets moto answer; hold WORLD while calling."""
    try:
        for prepare in preparations:
            call = prepare(call)
    except Refused as refused:
        return refusal(call, 400, refused.code, str(refused))
    global current
    current = call
    handler = _find(call)
    if handler is None:
        what = f'{call.service}:{call.method} {call.path.split("?")[0]}' if call.service else f'service at {call.host}'
        return refusal(call, 501, 'NotImplemented', f'the emulated AWS has no {what}')
    request = Request.from_primitives(call.method, call.url, call.headers, call.body)
    try:
        response = handler(request, request.raw_url, request.headers)
    except HTTPException as error:
        status, headers, body = error.code or 500, dict(error.get_headers()), error.get_body()
    except (NotImplementedError, OperationNotFoundError) as error:
        what = f'the emulated AWS has no {call.service}:{call.action or call.method} ({error})'
        return refusal(call, 501, 'NotImplemented', what)
    except ServiceException as error:
        return refusal(call, 400, getattr(error, 'code', 'ServiceException'), str(error))
    except Exception as error:  # a fault of the emulation: say so at once instead of making the SDK retry
        traceback.print_exc(file=sys.stderr)
        return refusal(call, 501, 'EmulatorFault', f'{call.service}:{call.action}: {type(error).__name__}: {error}')
    else:
        status, headers, body = response if isinstance(response, tuple) else (200, {}, response)
    if isinstance(body, str):
        body = body.encode()
    return Answer(int(status), {key: _text(value) for key, value in headers.items()}, body)
