"""Waiting for what is not there yet, with growing pauses, a word about what for, and an end."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

_logger = logging.getLogger(__name__)
_T = TypeVar('_T')

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 15.0


class GaveUp(Exception):
    """What was waited for did not come within the time, or never will."""


def wait_for(what: str, attempt: Callable[[], _T], transient: tuple[type[Exception], ...], timeout: float) -> _T:
    """Repeats `attempt` until it returns; raises GaveUp when `timeout` seconds have passed."""
    began = time.monotonic()
    pause = FIRST_PAUSE
    while True:
        try:
            return attempt()
        except transient as error:
            reason = ' '.join(str(error).split())
            waited = time.monotonic() - began
            if waited + pause > timeout:
                raise GaveUp(f'gave up waiting for {what} after {waited:.0f} s: {reason}') from None
            _logger.info('waiting for %s, next try in %.1f s: %s', what, pause, reason)
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
