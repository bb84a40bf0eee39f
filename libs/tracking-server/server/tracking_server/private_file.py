"""Files that only the server's user can read, in the folder that systemd makes for the service and empties when it stops."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def runtime_directory() -> Path:
    """In a folder that only the server's user can enter, gone at the next boot."""
    given = os.environ.get('RUNTIME_DIRECTORY')  # from systemd
    return Path(given) if given else Path(os.environ.get('MLFLOW_ROOT', '/') or '/') / 'run' / 'mlflow'


def write_private(file: Path, text: str) -> None:
    """Replaces a file in one step: a reader finds the old text or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, fresh = tempfile.mkstemp(dir=file.parent, prefix=f'.{file.name}-')  # mode 0600
    with os.fdopen(descriptor, 'w') as stream:
        stream.write(text)
    os.replace(fresh, file)
