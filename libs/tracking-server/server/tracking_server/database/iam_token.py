"""Logging in with tokens of the machine's IAM role in place of a password.

A token is a signed URL, made here without a request, good for 15 minutes, one user and one host, and no longer than the role's
credentials that signed it. Every connection gets a token of its own, handed to libpq in memory: there is none to keep, to renew
or to write down.
Source: Amazon RDS user guide, "IAM database authentication for MariaDB, MySQL, and PostgreSQL".
"""

from __future__ import annotations

import botocore.session
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import NoCredentialsError

from ..config import Config
from .login import OncePerRefusal

LIFETIME_SECONDS = 900


class Tokens:
    """A `Login` that signs tokens with the credentials of this machine's role, for one PostgreSQL role."""

    kind = 'token'
    source = "the credentials of this machine's role"

    def __init__(self, config: Config, user: str):
        self._config = config
        self.user = user
        self._refusals = OncePerRefusal()
        self._signing: Credentials | None = None

    def parameters(self, host: str | None = None) -> dict[str, str]:
        """User and token for a host, the configured one by default. Raises what botocore raises."""
        signing = (self._signing or self._find_credentials()).get_frozen_credentials()
        database = self._config.database
        return {'user': self.user, 'password': sign(signing, self._config.region, host or database.host, database.port, self.user)}

    def renew(self) -> None:
        """Asks for the role's credentials anew; botocore renews them before they end. Raises what botocore raises."""
        self._find_credentials()

    def renew_refused(self, refused_at: float) -> None:
        """Asks anew once for all connections that were refused at about the same time."""
        self._refusals.renew(refused_at, self.renew)

    def _find_credentials(self) -> Credentials:
        # A session of its own: it remembers none that were taken back.
        found = botocore.session.Session().get_credentials()
        if found is None:
            raise NoCredentialsError
        self._signing = found
        return found


def sign(credentials: ReadOnlyCredentials, region: str, host: str, port: int, user: str) -> str:
    """The token that boto3's `generate_db_auth_token` makes, without the 5 MiB that a client of RDS takes."""
    request = AWSRequest(method='GET', url=f'https://{host}:{port}/', params={'Action': 'connect', 'DBUser': user})
    SigV4QueryAuth(credentials, 'rds-db', region, expires=LIFETIME_SECONDS).add_auth(request)
    return str(request.url).removeprefix('https://')
