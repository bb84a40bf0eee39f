"""`requests.log`: one line a request (time, method, host, action, status, milliseconds), never a header, query or
body."""

from __future__ import annotations

import logging
import logging.handlers
import time
from pathlib import Path

MEGABYTE = 1024 * 1024


class RequestLog:
    """Appends to DIR/requests.log and keeps one older file once it has grown past `limit` bytes."""

    def __init__(self, directory: Path, limit: int = 5 * MEGABYTE):
        handler = logging.handlers.RotatingFileHandler(
            directory / 'requests.log', maxBytes=limit, backupCount=1, encoding='utf-8'
        )
        formatter = logging.Formatter('%(asctime)s.%(msecs)03dZ %(message)s', '%Y-%m-%dT%H:%M:%S')
        formatter.converter = time.gmtime
        handler.setFormatter(formatter)
        self._logger = logging.Logger('requests')
        self._logger.addHandler(handler)

    def write(self, method: str, host: str, action: str, status: int, seconds: float) -> None:
        """Adds one line."""
        self._logger.info('%s %s %s %d %.0fms', method, host, action, status, seconds * 1000)

    def close(self) -> None:
        """Closes the file."""
        for handler in self._logger.handlers:
            handler.close()
