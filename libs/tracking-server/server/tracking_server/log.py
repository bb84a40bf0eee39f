"""Logs as CloudWatch takes them: one JSON object a line, on standard output."""

from __future__ import annotations

import json
import logging
import logging.config
import re
import sys
from datetime import UTC, datetime

# A URI with a password has no place in our configuration, and a signed one is as good as one for a while; should a library print
# them, what is secret stays out of the log.
_PASSWORD = re.compile(r'(://[^:/@\s]+:)[^@\s]+@')
_SIGNATURE = re.compile(r'(X-Amz-(?:Signature|Security-Token)=)[^&\s"\\]+', re.IGNORECASE)


class JsonFormatter(logging.Formatter):
    """One line per record, exceptions included."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            'time': datetime.fromtimestamp(record.created, UTC).isoformat(timespec='milliseconds'),
            'level': record.levelname,
            'logger': record.name,
            'message': record.getMessage(),
            **getattr(record, 'fields', {}),
        }
        if record.exc_info:
            entry['exception'] = self.formatException(record.exc_info)
        line = _PASSWORD.sub(r'\1***@', json.dumps(entry, ensure_ascii=False))
        return _SIGNATURE.sub(r'\1***', line)


def configure() -> None:
    """Every logger of the process writes this way; MLflow and uvicorn included."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)
    for name in ('botocore', 'boto3', 'urllib3', 'alembic'):
        logging.getLogger(name).setLevel(logging.WARNING)


def adopt_library_loggers() -> None:
    """MLflow and uvicorn bring handlers of their own; their records go the same way as ours instead."""
    for name in ('mlflow', 'alembic', 'uvicorn', 'uvicorn.error'):
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
