"""What EC2 tells a machine about itself (IMDSv2). Source: EC2 user guide, "Access instance metadata for an EC2 instance"."""

from __future__ import annotations

import os
import urllib.request

TIMEOUT = 2.0


def _ask(path: str, method: str = 'GET', headers: dict[str, str] | None = None) -> str:
    endpoint = os.environ.get('AWS_EC2_METADATA_SERVICE_ENDPOINT', 'http://169.254.169.254').rstrip('/')
    request = urllib.request.Request(f'{endpoint}/latest/{path}', method=method, headers=headers or {})
    # The service is link-local: never through a proxy.
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=TIMEOUT) as answer:
        return str(answer.read().decode())


def public_dns_name() -> str | None:
    """This machine's public DNS name, or None when it has none or is no EC2 instance."""
    if os.environ.get('AWS_EC2_METADATA_DISABLED', '').lower() == 'true':
        return None
    try:
        token = _ask('api/token', 'PUT', {'X-aws-ec2-metadata-token-ttl-seconds': '60'})
        return _ask('meta-data/public-hostname', headers={'X-aws-ec2-metadata-token': token}).strip() or None
    except OSError:
        return None
