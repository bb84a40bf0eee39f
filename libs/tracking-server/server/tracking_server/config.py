"""The configuration that the stack rendered, checked before anything is started."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class ConfigError(Exception):
    """Everything that is wrong with a configuration file, a line each."""


@dataclass(frozen=True)
class Database:
    host: str
    replicaHost: str | None
    port: int
    name: str
    user: str
    passwordSecretArn: str
    passwordRotationDays: int | None
    iamUser: str | None


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
    purgeDeletedAfterDays: int | None
    archiveTracesAfterDays: int | None


@dataclass(frozen=True)
class Config:
    """As `ServerConfig` of libs/tracking-server/src/server-config.ts, which explains every key."""

    environment: str
    region: str
    port: int
    keepAliveSeconds: int
    database: Database
    artifacts: Artifacts
    allowedHosts: list[str]
    corsAllowedOrigins: list[str]
    publicDns: bool
    adminSecretArn: str | None
    keysSecretArn: str
    prometheusPort: int | None
    logGroup: str | None
    housekeeping: Housekeeping | None
    sizing: Sizing


_SECTIONS: dict[str, type[Any]] = {'database': Database, 'artifacts': Artifacts, 'housekeeping': Housekeeping, 'sizing': Sizing}
_TYPES: dict[str, Any] = {'str': str, 'int': int, 'bool': bool, 'list[str]': list, 'str | None': str | None, 'int | None': int | None}
_WANT = {
    'str': 'text',
    'int': 'a whole number',
    'bool': 'true or false',
    'list[str]': 'a list',
    'str | None': 'text or null',
    'int | None': 'a whole number or null',
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
    config: Config | None = _read(Config, given, '', problems)
    if config is not None and config.artifacts.mode not in ('proxied', 'presigned', 'direct'):
        problems.append(f'artifacts.mode: got "{config.artifacts.mode}", want proxied, presigned or direct')
    if config is None or problems:
        raise ConfigError('\n'.join(f'{path}: {problem}' for problem in problems))
    return config


def _read(section: type[Any], given: Any, prefix: str, problems: list[str]) -> Any:
    values: dict[str, Any] = {}
    if not isinstance(given, dict):
        problems.append(f'{prefix.rstrip(".") or "the whole"}: got {json.dumps(given)}, want an object')
        return None
    fields = {field.name: str(field.type) for field in dataclasses.fields(section)}
    problems.extend(f'{prefix}{key}: unknown key, want one of {", ".join(fields)}' for key in given if key not in fields)
    for name, wanted in fields.items():
        value = given.get(name)
        optional = wanted.endswith(' | None')
        if name in _SECTIONS and value is None and optional:
            values[name] = None
        elif name in _SECTIONS:
            values[name] = _read(_SECTIONS[name], value, f'{prefix}{name}.', problems)
        elif not isinstance(value, _TYPES[wanted]) or (wanted != 'bool' and isinstance(value, bool)) or value == '':
            problems.append(f'{prefix}{name}: got {json.dumps(value)}, want {_WANT[wanted]}')
        else:
            values[name] = value
    return None if problems else section(**values)
