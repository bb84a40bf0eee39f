"""How this machine logs in to the database: what a way of logging in must do, and connecting by it until it fits.

When the database refuses, because a password was rotated or a role's credentials were taken back, the login is renewed and the
connection tried again: a rotation needs no restart and loses no request.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from ..secrets_manager import TRANSIENT

_logger = logging.getLogger(__name__)
_T = TypeVar('_T')

# After a refusal: RDS changes the password and the secret one after the other, moments apart.
RETRY_SECONDS = 20.0
RETRY_PAUSE = 0.25


class Login(Protocol):
    """A way of logging in."""

    @property
    def kind(self) -> str:
        """What the database is shown, for the log."""

    @property
    def source(self) -> str:
        """Where that comes from, for the log."""

    def parameters(self, host: str | None = None, /) -> dict[str, str]:
        """What libpq must be told to log in to a host, the configured one by default. Raises what botocore raises."""

    def renew(self) -> None:
        """Fetches it anew. Raises what boto3 raises."""

    def renew_refused(self, refused_at: float) -> None:
        """Fetches it anew, once for all connections that were refused at about the same time. Raises what boto3 raises."""


class OncePerRefusal:
    """Lets the first of many that were refused act for all of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._renewed = 0.0

    def renew(self, refused_at: float, renew: Callable[[], None]) -> None:
        """Calls `renew` unless that was done since `refused_at`, by the monotonic clock."""
        with self._lock:
            if self._renewed < refused_at:
                renew()
                self._renewed = time.monotonic()


def is_refusal(error: Exception) -> bool:
    """Whether the database refused the password or the token, or had none to check."""
    message = str(error)
    return any(reason in message for reason in ('password authentication failed', 'PAM authentication failed', 'no password supplied'))


def connect_with(login: Login, connect: Callable[[dict[str, str]], _T], host: str | None = None) -> _T:
    """Connects with the login of the day; on a refusal, renews it and tries again until a rotation is through.

    With a `host` to a replica, which learns of a new password later: nobody waits for that.
    """
    deadline = time.monotonic() + (RETRY_SECONDS if host is None else 0)
    while True:
        tried_at = time.monotonic()
        try:
            return connect(login.parameters(host))
        except Exception as error:
            if not is_refusal(error) or time.monotonic() > deadline:
                raise
            _logger.info('the database refused the %s: reading %s again', login.kind, login.source)
        try:
            login.renew_refused(tried_at)
        except TRANSIENT as error:
            _logger.warning('%s could not be read: %s', login.source, error)
        time.sleep(RETRY_PAUSE)
