"""The configuration that the stack rendered, checked before anything is started."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional


class ConfigError(Exception):
    """Everything that is wrong with a configuration file, a line each."""


@dataclass(frozen=True)
class Database:
    host: str
    replicaHost: Optional[str]
    port: int
    name: str
    user: str
    passwordSecretArn: str
    passwordRotationDays: Optional[int]
    iamUser: Optional[str]


@dataclass(frozen=True)
class Artifacts:
    bucket: str
    prefix: str
    traceArchivePrefix: str
    mode: str


@dataclass(frozen=True)
class Sizing:
    workers: int
    poolSize: int
    maxOverflow: int


@dataclass(frozen=True)
class Housekeeping:
    at: str
    purgeDeletedAfterDays: Optional[int]
    archiveTracesAfterDays: Optional[int]


@dataclass(frozen=True)
class Config:
    """As `ServerConfig` of libs/tracking-server/src/server-config.ts, which explains every key."""

    environment: str
    region: str
    port: int
    keepAliveSeconds: int
    database: Database
    artifacts: Artifacts
    allowedHosts: list
    corsAllowedOrigins: list
    publicDns: bool
    adminSecretArn: Optional[str]
    prometheusPort: Optional[int]
    logGroup: Optional[str]
    housekeeping: Optional[Housekeeping]
    sizing: Sizing


_SECTIONS = {'database': Database, 'artifacts': Artifacts, 'housekeeping': Housekeeping, 'sizing': Sizing}
_NOTHING = type(None)
_TYPES = {'str': str, 'int': int, 'bool': bool, 'list': list, 'Optional[str]': (str, _NOTHING), 'Optional[int]': (int, _NOTHING)}
_WANT = {
    'str': 'text',
    'int': 'a whole number',
    'bool': 'true or false',
    'list': 'a list',
    'Optional[str]': 'text or null',
    'Optional[int]': 'a whole number or null',
}


def read_config(path: Path) -> Config:
    """Reads and checks a configuration file. Raises ConfigError with all problems at once."""
    try:
        given = json.loads(path.read_text())
    except OSError as error:
        raise ConfigError(f'{path}: cannot be read: {error.strerror}') from None
    except ValueError as error:
        raise ConfigError(f'{path}: want JSON: {error}') from None
    problems: list[str] = []
    config = _read(Config, given, '', problems)
    if not problems and config.artifacts.mode not in ('proxied', 'presigned', 'direct'):
        problems.append(f'artifacts.mode: got "{config.artifacts.mode}", want proxied, presigned or direct')
    if problems:
        raise ConfigError('\n'.join(f'{path}: {problem}' for problem in problems))
    return config


def _read(section: type, given: Any, prefix: str, problems: list[str]) -> Any:
    values: dict[str, Any] = {}
    if not isinstance(given, dict):
        problems.append(f'{prefix.rstrip(".") or "the whole"}: got {json.dumps(given)}, want an object')
        return None
    fields = section.__dataclass_fields__
    problems.extend(f'{prefix}{key}: unknown key, want one of {", ".join(fields)}' for key in given if key not in fields)
    for name, field in fields.items():
        value = given.get(name)
        if name in _SECTIONS and value is None and field.type.startswith('Optional'):
            values[name] = None
        elif name in _SECTIONS:
            values[name] = _read(_SECTIONS[name], value, f'{prefix}{name}.', problems)
        elif not isinstance(value, _TYPES[field.type]) or (field.type != 'bool' and isinstance(value, bool)) or value == '':
            problems.append(f'{prefix}{name}: got {json.dumps(value)}, want {_WANT[field.type]}')
        else:
            values[name] = value
    return None if problems else section(**values)
