"""Validation of a certificate by DNS.

AWS: a certificate is issued once the CNAME records asked for are found. moto: 60 s after it was asked for, records or
not.
Here: once the records are in a public zone of the account's Route 53.
"""

from __future__ import annotations

from typing import Any

from moto import settings
from moto.acm.models import CertBundle
from moto.route53.models import route53_backends

NEVER = 10**9


def _records(account_id: str, partition: str) -> set[tuple[str, str]]:
    """All CNAME records of the public zones, as (name, value)."""
    return {
        (record.name.rstrip('.').lower(), str(value).rstrip('.').lower())
        for zone in route53_backends[account_id][partition].zones.values()
        if not zone.private_zone
        for record in zone.rrsets
        if record.type == 'CNAME'
        for value in record.records
    }


def _wanted(certificate: CertBundle) -> set[tuple[str, str]]:
    options: list[Any] = describe(certificate)['Certificate'].get('DomainValidationOptions', [])
    return {
        (option['ResourceRecord']['Name'].rstrip('.').lower(), option['ResourceRecord']['Value'].rstrip('.').lower())
        for option in options
    }


describe = CertBundle.describe


def apply() -> None:
    """Looks for the records whenever the certificate is looked at."""
    settings.ACM_VALIDATION_WAIT = NEVER
    check = CertBundle.check

    def check_records(certificate: CertBundle) -> None:
        check(certificate)
        if certificate.type == 'AMAZON_ISSUED' and certificate.status == 'PENDING_VALIDATION':
            _, partition, _, _, account_id, _ = certificate.arn.split(':', 5)
            if _wanted(certificate) <= _records(account_id, partition):
                certificate.status = 'ISSUED'

    CertBundle.check = check_records
