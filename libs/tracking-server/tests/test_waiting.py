"""Waiting for what is not there yet."""

from __future__ import annotations

import logging
import time

import pytest
from tracking_server import waiting


class TestWaiting:
    @pytest.fixture(autouse=True)
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        """Time that passes only by waiting."""
        pauses: list[float] = []
        monkeypatch.setattr(time, 'sleep', pauses.append)
        monkeypatch.setattr(time, 'monotonic', lambda: sum(pauses))
        return pauses

    def test_grows_its_pauses_until_it_is_there(self, clock: list[float], caplog: pytest.LogCaptureFixture) -> None:
        answers = iter([ValueError('not yet'), ValueError('not yet'), ValueError('not yet'), None])

        def attempt() -> str:
            answer = next(answers)
            if answer:
                raise answer
            return 'there'

        with caplog.at_level(logging.INFO):
            assert waiting.wait_for('the database', attempt, (ValueError,), 60) == 'there'
        assert clock == [0.5, 1.0, 2.0]
        assert 'waiting for the database' in caplog.text

    def test_gives_up_with_one_line(self, clock: list[float]) -> None:
        def attempt() -> None:
            raise ValueError('connection\nrefused')

        with pytest.raises(waiting.GaveUp) as told:
            waiting.wait_for('the database', attempt, (ValueError,), 30)
        assert str(told.value).startswith('gave up waiting for the database after')
        assert str(told.value).endswith('connection refused')
        assert '\n' not in str(told.value)
        assert sum(clock) <= 30

    def test_what_will_not_pass_is_not_waited_for(self) -> None:
        def attempt() -> None:
            raise KeyError

        with pytest.raises(KeyError):
            waiting.wait_for('x', attempt, (ValueError,), 30)
