"""The account on disk: `state.sqlite` beside the content files of S3.

Two kinds of state, because they change at different rates:

- Everything but the objects of S3 is one graph of moto's models (an Auto Scaling group holds the very instances that
  EC2 lists), so it is pickled as one. That costs tens of milliseconds, so it is written at most `DELAY` after a
  change.
- An object of S3, or an unfinished multipart upload, is a row of its own, written before its request is answered. The
  same transaction writes the graph if that has changed: no Terraform state on disk ever names a resource that is not.

SQLite in WAL mode makes both atomic; what is committed survives a kill of the process at any moment.
"""

from __future__ import annotations

import importlib
import io
import pickle
import sqlite3
import sys
import threading
import time
import types
from importlib.metadata import version
from pathlib import Path
from typing import Any

import moto.s3.models as s3
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.core.common_models import BaseModel
from moto.ssm.models import ParameterDict

from .contents import ContentStore
from .objects import contents_of, empty_bucket, touched
from .services import WORLD, Call

FORMAT = '1'
"""Raised when what is pickled changes its shape, such as the name of a class of ours."""
DELAY = 0.5
"""Seconds that a change outside S3 may wait for company before it is written."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS graph (id INTEGER PRIMARY KEY CHECK (id = 1), pickle BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS object (bucket TEXT, name TEXT, pickle BLOB NOT NULL, PRIMARY KEY (bucket, name));
CREATE TABLE IF NOT EXISTS upload (bucket TEXT, name TEXT, pickle BLOB NOT NULL, PRIMARY KEY (bucket, name));
"""


class StateError(Exception):
    """The state directory cannot be used; the message says why and what to do."""


# --- pickling moto ----------------------------------------------------------------------------------------------------


def _backends_of(module: str, name: str) -> BackendDict:
    """The dictionary of all backends of one class: a global of moto, found instead of made."""
    loaded = importlib.import_module(module)
    wanted = getattr(loaded, name)
    for value in vars(loaded).values():
        if isinstance(value, BackendDict) and value.backend is wanted:
            return value
    raise LookupError(f'{module} has no backends of {name}')


def _account_of(backends: BackendDict, account_id: str) -> AccountSpecificBackend:
    return backends[account_id]


def _bare_bucket(cls: type, state: dict[str, Any]) -> Any:
    bucket = BaseModel.__new__(cls)
    bucket.__dict__.update(state)
    empty_bucket(bucket)
    return bucket


def _identity(backends: BackendDict) -> tuple[str, str]:
    return backends.backend.__module__, backends.backend.__qualname__


def _parameters(attributes: dict[str, Any], items: dict[str, Any]) -> ParameterDict:
    parameters = ParameterDict('', '')
    parameters.__dict__.update(attributes)
    dict.update(parameters, items)
    return parameters


def _private_key(pem: bytes) -> Any:
    return serialization.load_pem_private_key(pem, password=None)


def _certificate(pem: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem)


def _function(module: str, name: str, line: int) -> types.FunctionType:
    """A function without a name of its own (`defaultdict(lambda: ...)`): looked up in the code of what encloses it."""
    enclosing: Any = importlib.import_module(module)
    for part in name.split('.<locals>.')[0].split('.'):
        enclosing = getattr(enclosing, part)
    open_codes = [enclosing.__code__]
    while open_codes:
        for code in (constant for constant in open_codes.pop().co_consts if isinstance(constant, types.CodeType)):
            if code.co_firstlineno == line and code.co_name == name.rsplit('.', 1)[-1]:
                function = types.FunctionType(code, enclosing.__globals__)
                function.__qualname__ = name
                return function
            open_codes.append(code)
    raise LookupError(f'{module}.{name}, line {line}')


class _Pickler(pickle.Pickler):
    """Pickles moto's models; what is unique to a process is made anew or found again."""

    def reducer_override(self, value: Any) -> Any:
        kind = type(value)
        if kind in _REDUCERS:
            return _REDUCERS[kind](value)
        if kind is types.FunctionType and '<' in value.__qualname__ and not value.__closure__:
            return _function, (value.__module__, value.__qualname__, value.__code__.co_firstlineno)
        if kind.__module__.startswith('cryptography.') and hasattr(value, 'private_bytes'):
            return _private_key, (value.private_bytes(*_PEM),)
        if isinstance(value, x509.Certificate):
            return _certificate, (value.public_bytes(_PEM[0]),)
        if kind.__module__.startswith('cryptography.') and hasattr(value, 'public_bytes'):
            return serialization.load_pem_public_key, (
                value.public_bytes(_PEM[0], serialization.PublicFormat.SubjectPublicKeyInfo),
            )
        return NotImplemented


_PEM = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()


def _reduce_backends(backends: BackendDict) -> Any:
    return _backends_of, _identity(backends)


_REDUCERS: dict[type, Any] = {
    type(threading.Lock()): lambda _: (threading.Lock, ()),
    type(threading.RLock()): lambda _: (threading.RLock, ()),
    BackendDict: _reduce_backends,
    s3.S3BackendDict: _reduce_backends,
    AccountSpecificBackend: lambda account: (
        _account_of,
        (_backends_of(account.backend.__module__, account.backend.__qualname__), account.account_id),
    ),
    ParameterDict: lambda found: (_parameters, (vars(found), dict(dict.items(found)))),
    s3.FakeBucket: lambda bucket: (
        _bare_bucket,
        (s3.FakeBucket, {name: part for name, part in vars(bucket).items() if name not in ('keys', 'multiparts')}),
    ),
}


def _dump(value: Any) -> bytes:
    buffer = io.BytesIO()
    _Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump(value)
    return buffer.getvalue()


Graph = dict[tuple[str, str], dict[tuple[str, str], Any]]
"""The backends by (module, class), then by (account, region)."""


def _graph() -> Graph:
    return {
        _identity(backends): {(account, region): backend for account, region, backend in backends.iter_backends()}
        for backends in BackendDict._instances
    }


def _buckets() -> dict[str, tuple[s3.S3Backend, s3.FakeBucket]]:
    return {
        name: (backend, bucket)
        for _, _, backend in s3.s3_backends.iter_backends()
        for name, bucket in backend.buckets.items()
    }


# --- the file ---------------------------------------------------------------------------------------------------------


class State:
    """Restores the account when opened, and writes it as it changes."""

    def __init__(self, directory: Path, account_id: str, store: ContentStore):
        self._store = store
        self._changed = False
        self._closing = False
        self._wake = threading.Condition(WORLD)
        self._unwritable: set[tuple[str, str]] = set()
        self._failure = ''
        self._db = sqlite3.connect(directory / 'state.sqlite', check_same_thread=False, isolation_level=None)
        self._check(directory, account_id)
        self._restore()
        self._writer = threading.Thread(target=self._write_when_changed, name='state writer', daemon=True)
        self._writer.start()

    def _check(self, directory: Path, account_id: str) -> None:
        ours = {'format': FORMAT, 'moto': version('moto'), 'account': account_id}
        try:
            self._db.execute('PRAGMA journal_mode = WAL')
            self._db.execute('PRAGMA synchronous = NORMAL')
            self._db.executescript(SCHEMA)
            theirs = dict(self._db.execute('SELECT name, value FROM about'))
        except sqlite3.DatabaseError as error:
            raise StateError(f'{directory / "state.sqlite"}: {error}; delete {directory} to start afresh') from None
        for name, value in ours.items():
            if theirs and theirs.get(name) != value:
                raise StateError(
                    f'{directory / "state.sqlite"}: written for {name} {theirs.get(name)}, this emulator has {name} '
                    f'{value}; run it with that one, or delete {directory} to start with an empty account'
                )
        self._db.executemany('INSERT OR REPLACE INTO about VALUES (?, ?)', ours.items())

    def _restore(self) -> None:
        try:
            row = self._db.execute('SELECT pickle FROM graph').fetchone()
            graph = pickle.loads(row[0]) if row else {}
            for identity, regions in graph.items():
                backends = _backends_of(*identity)
                for (account, region), backend in regions.items():
                    dict.__setitem__(backends[account], region, backend)
            buckets = _buckets()
            for name, (backend, _) in buckets.items():
                s3.s3_backends.bucket_accounts[name] = (backend.partition, backend.account_id)
            names: set[str] = set()
            for bucket, name, data in self._db.execute('SELECT bucket, name, pickle FROM object'):
                if bucket in buckets:
                    versions, tags = pickle.loads(data)
                    backend, holder = buckets[bucket]
                    dict.__setitem__(holder.keys, name, versions)
                    backend.tagger.tags.update(tags)
                    names.update(content.name for content in contents_of(versions))
            for bucket, name, data in self._db.execute('SELECT bucket, name, pickle FROM upload'):
                if bucket in buckets:
                    upload = pickle.loads(data)
                    dict.__setitem__(buckets[bucket][1].multiparts, name, upload)
                    names.update(content.name for content in contents_of(upload.parts.values()))
        except Exception as error:
            raise StateError(
                f'the saved account cannot be read ({type(error).__name__}: {error}); '
                'delete the state directory to start with an empty one'
            ) from error
        touched.clear()
        self._store.keep_only(names)

    def commit(self, call: Call) -> None:
        """After a request, before its answer: objects now, the rest within DELAY. Hold WORLD."""
        if not call.reads_only or touched.written:  # reading a bucket with access logs writes, too
            only_objects = call.service == 's3' and not touched.deleted_buckets and touched
            if not only_objects:
                self.changed()
            if call.service == 's3' or touched:
                self._write(with_objects=True)
                self._store.sweep_discarded()
        touched.clear()

    def changed(self) -> None:
        """Something outside the objects of S3 has changed. Hold WORLD."""
        if not self._changed:
            self._changed = True
            self._wake.notify()

    def _write(self, with_objects: bool) -> None:
        """One transaction: the graph if it has changed, and the objects touched. Nothing is forgotten if it fails."""
        self._db.execute('BEGIN IMMEDIATE')
        with self._db:  # commits, or rolls back on an exception
            if self._changed:
                self._db.execute('INSERT OR REPLACE INTO graph VALUES (1, ?)', (self._pickled_graph(),))
            if with_objects:
                self._write_objects()
        self._changed = False

    def _pickled_graph(self) -> bytes:
        graph = _graph()
        try:
            return _dump(graph)
        except Exception:
            return _dump(self._writable(graph))

    def _writable(self, graph: Graph) -> Graph:
        """Without the services that cannot be pickled: better to forget one, and say so, than all."""
        kept: Graph = {}
        for identity, regions in graph.items():
            try:
                _dump(regions)
                kept[identity] = regions
            except Exception as error:
                if identity not in self._unwritable:
                    self._unwritable.add(identity)
                    print(f'{identity[0]} will not outlive this emulator: {error}', file=sys.stderr, flush=True)
        return kept

    def _write_objects(self) -> None:
        buckets = _buckets()
        for bucket in touched.deleted_buckets:
            self._db.execute('DELETE FROM object WHERE bucket = ?', (bucket,))
            self._db.execute('DELETE FROM upload WHERE bucket = ?', (bucket,))
        for bucket, name in list(touched.objects):
            backend, holder = buckets.get(bucket, (None, None))
            versions = dict.get(holder.keys, name) if holder else None
            self._put('object', bucket, name, versions and (versions, _tags(backend, versions)))
        for bucket, name in list(touched.uploads):
            _, holder = buckets.get(bucket, (None, None))
            self._put('upload', bucket, name, dict.get(holder.multiparts, name) if holder else None)

    def _put(self, table: str, bucket: str, name: str, value: Any) -> None:
        if value:
            self._db.execute(f'INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)', (bucket, name, _dump(value)))
        else:
            self._db.execute(f'DELETE FROM {table} WHERE bucket = ? AND name = ?', (bucket, name))

    def _write_when_changed(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._changed or self._closing)
                if self._closing:
                    return
            time.sleep(DELAY)
            with WORLD:
                self._save()

    def _save(self) -> None:
        if not self._changed or self._closing:
            return
        try:
            self._write(with_objects=False)
            self._failure = ''
        except Exception as error:  # tried again until it works; a request that must be durable fails meanwhile
            failure = f'the account cannot be written: {type(error).__name__}: {error}'
            if failure != self._failure:
                print(failure, file=sys.stderr, flush=True)
            self._failure = failure

    def close(self) -> None:
        """Writes what is not yet written."""
        with WORLD:
            self._save()
            self._closing = True
            self._wake.notify_all()
            self._db.close()


def _tags(backend: s3.S3Backend, versions: list[Any]) -> dict[str, Any]:
    arns = (key.arn for key in versions if isinstance(key, s3.FakeKey))
    return {arn: backend.tagger.tags[arn] for arn in arns if arn in backend.tagger.tags}
