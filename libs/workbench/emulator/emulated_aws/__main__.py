"""`python -m emulated_aws --state-dir DIR --account-id 123456789012`: runs the emulated AWS until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import re
import signal
import sys
import threading
from pathlib import Path


def _arguments() -> argparse.Namespace:
    def account(text: str) -> str:
        if not re.fullmatch(r'\d{12}', text):
            raise argparse.ArgumentTypeError(f'got "{text}", an AWS account id is 12 digits')
        return text

    parser = argparse.ArgumentParser(prog='emulated_aws', description=__doc__)
    parser.add_argument('--state-dir', type=Path, required=True, help='keeps the account; made when missing')
    parser.add_argument('--account-id', type=account, required=True)
    parser.add_argument('--port', type=int, default=0, help='wish for the proxy on 127.0.0.1; without it, or when it is taken: a free one')
    parser.add_argument('--metadata-port', type=int, default=0, help='the same for the instance metadata service')
    return parser.parse_args()


def _write_atomically(path: Path, value: dict[str, object]) -> None:
    fresh = path.with_name(f'.{path.name}.{os.getpid()}')
    fresh.write_text(json.dumps(value, indent=2) + '\n')
    fresh.replace(path)


def main() -> int:
    """Runs in the foreground; DIR/endpoint.json exists while it answers."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    arguments = _arguments()
    directory: Path = arguments.state_dir.absolute()
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    endpoint = directory / 'endpoint.json'
    with (directory / 'lock').open('a') as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f'{directory}: another emulated AWS runs on this state directory', file=sys.stderr)
            return 1
        endpoint.unlink(missing_ok=True)  # of one that was killed

        os.environ['MOTO_ACCOUNT_ID'] = arguments.account_id  # moto reads it once, when imported
        from .emulator import Emulator
        from .state import StateError

        try:
            emulator = Emulator(directory, arguments.account_id, arguments.port, arguments.metadata_port)
        except (StateError, OSError) as error:
            print(f'emulated AWS: {error}', file=sys.stderr)
            return 1
        try:
            _write_atomically(endpoint, {'pid': os.getpid(), **emulator.describe()})
            stop.wait()
        finally:
            endpoint.unlink(missing_ok=True)
            emulator.close()
    return 0


if __name__ == '__main__':
    sys.exit(main())
