"""Starts real emulators, each a process of its own on free ports, and gives boto3 clients that speak through them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

ROOT = Path(__file__).parents[1]
ACCOUNT = '210987654321'
START = 60

# One session reads each service's model once; making clients of it is not safe in several threads.
_session = boto3.session.Session()
_session_lock = threading.Lock()


class Running:
    """An emulator under test."""

    def __init__(self, directory: Path, account: str = ACCOUNT, arguments: Sequence[str] = ()):
        self.arguments = arguments
        self.directory = directory
        self.account = account
        self.start()

    def start(self) -> None:
        self.output = (self.directory.parent / f'{self.directory.name}.log').open('w+')
        self.process = subprocess.Popen(
            [
                *(sys.executable, '-m', 'emulated_aws', '--state-dir', str(self.directory)),
                *('--account-id', self.account, *self.arguments),
            ],
            cwd=ROOT,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            env={**os.environ, 'PYTHONDONTWRITEBYTECODE': '1'},
        )
        deadline = time.monotonic() + START
        while not (self.directory / 'endpoint.json').exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f'the emulator did not start: {self.log()}')
            time.sleep(0.02)
        self.endpoint = json.loads((self.directory / 'endpoint.json').read_text())

    def log(self) -> str:
        return Path(self.output.name).read_text()

    def stop(self) -> int:
        """As `npm run local -- down` does it."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(START)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(START)
        (self.directory / 'endpoint.json').unlink(missing_ok=True)

    def client(self, service: Any, region: str = 'us-east-1', **credentials: Any) -> Any:
        keys = credentials or {'aws_access_key_id': 'AKIATEST', 'aws_secret_access_key': 'test'}
        config = Config(
            proxies={'https': self.endpoint['proxyUrl']}, retries={'total_max_attempts': 1}, read_timeout=60
        )
        with _session_lock:
            return _session.client(service, region, verify=self.endpoint['caBundle'], config=config, **keys)


@pytest.fixture(autouse=True, scope='session')
def _no_settings_of_this_machine() -> None:
    for name in list(os.environ):
        if name.startswith('AWS_') or name.upper().endswith('_PROXY') or name.endswith('_CA_BUNDLE'):
            del os.environ[name]
    os.environ['AWS_EC2_METADATA_DISABLED'] = 'true'
    os.environ['AWS_CONFIG_FILE'] = os.environ['AWS_SHARED_CREDENTIALS_FILE'] = os.devnull


@pytest.fixture(scope='session')
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One emulator for all tests that do not stop it; its path has a space."""
    running = Running(tmp_path_factory.mktemp('emulated aws') / 'the state')
    yield running
    assert running.stop() == 0
    assert running.log() == ''


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Running]:
    """An emulator that the test may stop, kill and start."""
    running = Running(tmp_path / 'state')
    yield running
    if running.process.poll() is None:
        running.kill()
