"""Conditions in a bucket policy.

AWS: a statement applies where its conditions hold, so that "deny everything unless over TLS" lets TLS requests pass.
moto: ignores conditions, or takes a statement with one for a denial; such a bucket refuses every object (403).
Here: the conditions on the transport, on encryption headers and on the account are judged; a statement with any other
is left out, as one that names particular principals is: who calls is not known here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from .. import services

Test = Callable[[str | None, str], bool]

OPERATORS: dict[str, Test] = {
    'Bool': lambda actual, wanted: actual is not None and actual.lower() == wanted.lower(),
    'StringEquals': lambda actual, wanted: actual == wanted,
    'StringNotEquals': lambda actual, wanted: actual != wanted,
    'StringLike': lambda actual, wanted: actual is not None and fnmatchcase(actual, wanted),
    'StringNotLike': lambda actual, wanted: actual is None or not fnmatchcase(actual, wanted),
    'ArnEquals': lambda actual, wanted: actual is not None and fnmatchcase(actual, wanted),
    'ArnNotEquals': lambda actual, wanted: actual is None or not fnmatchcase(actual, wanted),
    'NumericLessThan': lambda actual, wanted: actual is not None and float(actual) < float(wanted),
    'NumericLessThanEquals': lambda actual, wanted: actual is not None and float(actual) <= float(wanted),
    'NumericGreaterThan': lambda actual, wanted: actual is not None and float(actual) > float(wanted),
    'NumericGreaterThanEquals': lambda actual, wanted: actual is not None and float(actual) >= float(wanted),
    'Null': lambda actual, wanted: (actual is None) == (wanted.lower() == 'true'),
}


def _context(account_id: str) -> dict[str, str | None]:
    call = services.current
    headers = call.headers if call else {}
    tls = call is None or call.scheme == 'https'
    return {
        'aws:securetransport': str(tls).lower(),
        's3:tlsversion': '1.3' if tls else None,
        'aws:principalaccount': account_id,
        's3:x-amz-server-side-encryption': headers.get('x-amz-server-side-encryption'),
        's3:x-amz-server-side-encryption-aws-kms-key-id': headers.get('x-amz-server-side-encryption-aws-kms-key-id'),
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _matches(patterns: Any, value: str) -> bool:
    return any(
        re.fullmatch(re.escape(pattern).replace(r'\*', '.*').replace(r'\?', '.'), value, re.IGNORECASE | re.DOTALL)
        for pattern in _listed(patterns)
    )


def _holds(conditions: dict[str, dict[str, Any]], context: dict[str, str | None]) -> bool:
    """Whether all conditions hold; a condition that cannot be judged does not."""
    for operator, keys in conditions.items():
        name = operator.removesuffix('IfExists')
        for key, wanted in keys.items():
            if name not in OPERATORS or key.lower() not in context:
                return False
            actual = context[key.lower()]
            if name != operator and actual is None:
                continue
            # Several values: any of them for what is wanted, none of them for what is not.
            combine = all if 'Not' in name else any
            if not combine(OPERATORS[name](actual, str(value)) for value in _listed(wanted)):
                return False
    return True


def _applies(statement: dict[str, Any], action: str, resource: str, context: dict[str, str | None]) -> bool:
    principal = statement.get('Principal')
    everyone = principal == '*' or (isinstance(principal, dict) and '*' in _listed(principal.get('AWS')))
    if not everyone:
        return False
    excepted = 'NotAction' in statement
    acts = excepted != _matches(statement.get('NotAction' if excepted else 'Action', []), action)
    if 'NotResource' in statement:
        concerned = not _matches(statement['NotResource'], resource)
    else:
        concerned = _matches(statement.get('Resource', []), resource)
    return acts and concerned and _holds(statement.get('Condition') or {}, context)


def apply() -> None:
    """Replaces moto's reading of a bucket policy."""

    def get_permission(bucket: FakeBucket, action: str, resource: str) -> PermissionResult:
        if bucket.policy is None:
            return PermissionResult.NEUTRAL
        context = _context(bucket.account_id)
        effects = {
            statement['Effect']
            for statement in _listed(json.loads(bucket.policy)['Statement'])
            if _applies(statement, action, resource, context)
        }
        if 'Deny' in effects:
            return PermissionResult.DENIED
        return PermissionResult.PERMITTED if effects else PermissionResult.NEUTRAL

    FakeBucket.get_permission = get_permission
