"""The instance metadata service (IMDSv2) of the instances in the emulated EC2, read live from their state.

`http://127.0.0.1:PORT/latest/...` speaks for the only running instance that has an instance profile;
`http://127.0.0.1:PORT/i-0123.../latest/...` for the one named. Either works as AWS_EC2_METADATA_SERVICE_ENDPOINT.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from .proxy import bind_loopback
from .requestlog import RequestLog
from .services import WORLD
from .state import State

SESSION = timedelta(hours=6)
RENEW_BEFORE = timedelta(minutes=30)
LONGEST_TOKEN = 21600
"""Seconds that an IMDSv2 token can live at most."""

Value = str | bytes


class _Refused(Exception):
    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status = status


class MetadataService(ThreadingHTTPServer):
    """Listens on 127.0.0.1."""

    daemon_threads = True

    def __init__(self, port: int, account_id: str, state: State, log: RequestLog):
        self.account_id = account_id
        self.log = log
        self._state = state
        self._tokens: dict[str, float] = {}
        self._sessions: dict[tuple[str, str], tuple[datetime, dict[str, str]]] = {}
        super().__init__(('127.0.0.1', port), _Request)

    server_bind = bind_loopback

    @property
    def url(self) -> str:
        """The endpoint, without a path."""
        return f'http://127.0.0.1:{self.server_address[1]}'

    def new_token(self, lifetime: str) -> str:
        """A token for `lifetime` seconds."""
        if not lifetime.isdigit() or not 1 <= int(lifetime) <= LONGEST_TOKEN:
            raise _Refused(400, f'X-aws-ec2-metadata-token-ttl-seconds must be 1 to {LONGEST_TOKEN}')
        now = time.monotonic()
        self._tokens = {token: expires for token, expires in self._tokens.items() if expires > now}
        token = secrets.token_urlsafe(40)
        self._tokens[token] = now + int(lifetime)
        return token

    def allows(self, token: str) -> bool:
        """Whether the token is one of ours and still good."""
        return self._tokens.get(token, 0) > time.monotonic()

    def get(self, instance_id: str | None, path: str) -> Value:
        """The value at a path below `/latest/`."""
        with WORLD:
            instance = self._instance(instance_id)
            if path == 'user-data':
                return _or_missing(_user_data(instance))
            if path == 'dynamic/instance-identity/document':
                return json.dumps(_identity_document(instance), indent=2)
            kind, _, key = path.partition('/')
            if kind == 'meta-data':
                return self._metadata(instance, key)
            raise _Refused(404, 'Not Found')

    def _running(self) -> Iterator[Any]:
        for backend in ec2_backends[self.account_id].values():
            for instance in backend.all_instances():
                if instance.state == 'running':
                    yield instance

    def _instance(self, wanted: str | None) -> Any:
        running = list(self._running())
        if wanted:
            found = [instance for instance in running if instance.id == wanted]
        else:
            found = [instance for instance in running if _profile(instance)]
        if len(found) == 1:
            return found[0]
        if wanted:
            raise _Refused(404, f'no running instance {wanted}')
        ask = ', '.join(f'{self.url}/{instance.id}' for instance in found)
        raise _Refused(404, f'several instances run; ask one of {ask}' if found else 'no instance with a profile runs')

    def _metadata(self, instance: Any, key: str) -> Value:
        roles = [role.name for role in _profile(instance).roles] if _profile(instance) else []
        if key.startswith('iam/security-credentials/') and key.rsplit('/', 1)[-1] in roles:
            return json.dumps(self._credentials(instance, key.rsplit('/', 1)[-1]), indent=2)
        values = _values(instance, roles)
        if key in values:
            return _or_missing(values[key]())
        listed = sorted({_first_segment(name[len(key) :]) for name in values if name.startswith(key)})
        if listed and (key == '' or key.endswith('/')):
            return '\n'.join(listed)
        raise _Refused(404, 'Not Found')

    def _credentials(self, instance: Any, role_name: str) -> dict[str, str]:
        """A session of the role, as STS would give it; the same one until it nears its end."""
        now = datetime.now(UTC)
        expires, session = self._sessions.get((instance.id, role_name), (now, {}))
        if expires - RENEW_BEFORE > now:
            return session
        partition = instance.ec2_backend.partition
        role = iam_backends[self.account_id][partition].get_role(role_name)
        made = sts_backends[self.account_id][partition].assume_role(
            region_name=instance.region_name,
            role_session_name=instance.id,
            role_arn=role.arn,
            policy='',
            duration=int(SESSION.total_seconds()),
            external_id='',
        )
        session = {
            'Code': 'Success',
            'LastUpdated': _stamp(now),
            'Type': 'AWS-HMAC',
            'AccessKeyId': made.access_key_id,
            'SecretAccessKey': made.secret_access_key,
            'Token': made.session_token,
            'Expiration': _stamp(now + SESSION),
        }
        self._sessions[instance.id, role_name] = (now + SESSION, session)
        self._state.changed()
        return session


def _stamp(moment: datetime) -> str:
    return moment.strftime('%Y-%m-%dT%H:%M:%SZ')


def _first_segment(rest: str) -> str:
    head, slash, _ = rest.partition('/')
    return head + slash


def _or_missing(value: Value | None) -> Value:
    if value is None:
        raise _Refused(404, 'Not Found')
    return value


def _profile(instance: Any) -> Any:
    association = instance.ec2_backend.iam_instance_profile_associations.get(instance.id)
    return association.iam_instance_profile if association else None


def _user_data(instance: Any) -> bytes | None:
    data = str(instance.user_data or '')  # as the API takes it: base64
    try:
        return base64.b64decode(data, validate=True) if data else None
    except ValueError:
        return data.encode()


def _values(instance: Any, roles: list[str]) -> dict[str, Callable[[], Value | None]]:
    zone = instance.placement.zone
    return {
        'ami-id': lambda: instance.image_id,
        'hostname': lambda: instance.private_dns_name,
        'iam/info': lambda: (
            json.dumps(
                {
                    'Code': 'Success',
                    'InstanceProfileArn': _profile(instance).arn,
                    'InstanceProfileId': _profile(instance).id,
                }
            )
            if _profile(instance)
            else None
        ),
        'iam/security-credentials/': lambda: '\n'.join(roles) or None,
        'instance-id': lambda: instance.id,
        'instance-life-cycle': lambda: 'on-demand',
        'instance-type': lambda: instance.instance_type,
        'local-hostname': lambda: instance.private_dns_name,
        'local-ipv4': lambda: instance.private_ip,
        'placement/availability-zone': lambda: zone,
        'placement/region': lambda: instance.region_name,
        'public-hostname': lambda: instance.public_dns_name if instance.public_ip else None,
        'public-ipv4': lambda: instance.public_ip,
        'services/domain': lambda: 'amazonaws.com',
        'services/partition': lambda: instance.ec2_backend.partition,
    }


def _identity_document(instance: Any) -> dict[str, Any]:
    return {
        'accountId': instance.owner_id,
        'architecture': instance.architecture,
        'availabilityZone': instance.placement.zone,
        'imageId': instance.image_id,
        'instanceId': instance.id,
        'instanceType': instance.instance_type,
        'pendingTime': _stamp(instance.launch_time),
        'privateIp': instance.private_ip,
        'region': instance.region_name,
        'version': '2017-09-30',
    }


class _Request(BaseHTTPRequestHandler):
    server: MetadataService
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    timeout = 60

    def do_PUT(self) -> None:
        """Hands out a token; like the real service not to what comes through a proxy."""
        self.rfile.read(int(self.headers.get('Content-Length') or 0))

        def token() -> Value:
            if self.headers.get('X-Forwarded-For'):
                raise _Refused(403, 'Forbidden')
            if self._split()[1] != 'api/token':
                raise _Refused(404, 'Not Found')
            return self.server.new_token(self.headers.get('X-aws-ec2-metadata-token-ttl-seconds', ''))

        self._answer(token)

    def do_GET(self) -> None:
        """Answers who has a token (IMDSv2)."""

        def value() -> Value:
            if not self.server.allows(self.headers.get('X-aws-ec2-metadata-token', '')):
                raise _Refused(401, 'Unauthorized: IMDSv2 needs a token (PUT /latest/api/token)')
            return self.server.get(*self._split())

        self._answer(value)

    def _split(self) -> tuple[str | None, str]:
        found = re.fullmatch(r'(?:/(i-[0-9a-f]+))?/+latest/(.*)', self.path.partition('?')[0])
        if not found:
            raise _Refused(404, 'Not Found')
        return found.group(1), found.group(2)

    def _answer(self, value: Callable[[], Value]) -> None:
        started = time.monotonic()
        try:
            status, body = 200, value()
        except _Refused as refused:
            status, body = refused.status, str(refused)
        except Exception:  # a fault of the emulation: clients try again after a 500, so no harm is done
            traceback.print_exc(file=sys.stderr)
            status, body = 500, 'Internal Server Error'
        body = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header('Content-Type', 'text/plain')
        self.send_header('Content-Length', str(len(body)))
        lifetime = self.headers.get('X-aws-ec2-metadata-token-ttl-seconds')
        if status == 200 and lifetime:
            self.send_header('X-aws-ec2-metadata-token-ttl-seconds', lifetime)
        self._headers_buffer += [b'\r\n', body]  # type: ignore[attr-defined]  # http.server's own
        self.flush_headers()
        self.server.log.write(
            self.command, 'instance-metadata', self.path.partition('?')[0], status, time.monotonic() - started
        )

    def version_string(self) -> str:
        """The Server header."""
        return 'EC2ws'

    def log_message(self, format: str, *args: Any) -> None:
        """The request log has it."""
