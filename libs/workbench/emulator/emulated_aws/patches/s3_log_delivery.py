"""Access logs into a bucket whose policy also speaks of everybody.

AWS: looks for the statement that lets `logging.s3.amazonaws.com` write. moto: the same, but fails at a statement whose
principal is `"*"`, such as the one that refuses requests without TLS.
Here: moto looks at the statements that name a service only.
"""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from moto.s3.models import FakeBucket


def apply() -> None:
    """Leaves out the statements that name no service."""
    enabled = FakeBucket._log_permissions_enabled_policy

    def enabled_by_services(target_bucket: Any, target_prefix: Any) -> bool:
        if not target_bucket.policy:
            return False
        policy = json.loads(target_bucket.policy.decode())
        policy['Statement'] = [one for one in policy['Statement'] if isinstance(one.get('Principal'), dict)]
        seen = SimpleNamespace(
            policy=json.dumps(policy).encode(), name=target_bucket.name, partition=target_bucket.partition
        )
        return enabled(seen, target_prefix)

    FakeBucket._log_permissions_enabled_policy = staticmethod(enabled_by_services)
