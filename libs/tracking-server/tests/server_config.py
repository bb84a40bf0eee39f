"""A configuration as the stack renders it."""

import json
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parents[3]
SERVER = CHECKOUT / 'libs/tracking-server/server'

CONFIG: dict[str, Any] = {
    'environment': 'dev',
    'region': 'us-east-1',
    'port': 5000,
    'keepAliveSeconds': 130,
    'database': {
        'host': 'db',
        'replicaHost': None,
        'port': 5432,
        'name': 'mlflow_db',
        'user': 'mlflow',
        'passwordSecretArn': 'arn:secret',
        'passwordRotationDays': None,
        'iamUser': None,
    },
    'artifacts': {'bucket': 'b', 'prefix': 'artifacts', 'traceArchivePrefix': 'archived-traces', 'mode': 'proxied'},
    'allowedHosts': [],
    'corsAllowedOrigins': [],
    'publicDns': True,
    'adminSecretArn': None,
    'keysSecretArn': 'arn:keys',
    'prometheusPort': None,
    'logGroup': None,
    'housekeeping': None,
    'sizing': {'workers': 1, 'poolSize': 10, 'maxOverflow': 10},
}


def write(path: Path, **changes: Any) -> Path:
    file = path / 'server.json'
    file.write_text(json.dumps({**CONFIG, **changes}))
    return file
