"""Which host names are AWS. Everything else is refused: the emulator never reaches outside."""

from __future__ import annotations

AWS_DOMAINS = ('amazonaws.com', 'amazonaws.com.cn', 'api.aws')


def is_aws(host: str) -> bool:
    """Whether `host` (no port) belongs to AWS."""
    host = host.lower().rstrip('.')
    return any(host == domain or host.endswith('.' + domain) for domain in AWS_DOMAINS)
