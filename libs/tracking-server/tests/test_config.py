"""The configuration that the stack rendered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from server_config import CONFIG, write
from tracking_server.config import ConfigError, Housekeeping, read_config


class TestConfig:
    def test_is_read(self, tmp_path: Path) -> None:
        config = read_config(write(tmp_path))
        assert config.database.host == 'db'
        assert config.sizing.workers == 1

    def test_all_problems_are_told_at_once(self, tmp_path: Path) -> None:
        file = write(tmp_path, port='five', artifacts={'bucket': '', 'prefix': 'a', 'mode': 'both'}, publicDNS=True)
        with pytest.raises(ConfigError) as told:
            read_config(file)
        lines = str(told.value).splitlines()
        assert any(f'{file}: port: got "five", want a whole number' == line for line in lines)
        assert any('artifacts.bucket: got ""' in line for line in lines)
        assert any('publicDNS: unknown key' in line for line in lines)

    def test_what_may_be_left_out_is_null(self, tmp_path: Path) -> None:
        plan: dict[str, Any] = {'at': '02:30', 'purgeDeletedAfterDays': 30, 'archiveTracesAfterDays': None}
        assert read_config(write(tmp_path, housekeeping=plan)).housekeeping == Housekeeping(**plan)
        assert read_config(write(tmp_path)).housekeeping is None
        with pytest.raises(ConfigError, match=r'housekeeping\.purgeDeletedAfterDays: got true, want a whole number or null'):
            read_config(write(tmp_path, housekeeping={**plan, 'purgeDeletedAfterDays': True}))

    @pytest.mark.parametrize('text, told', [('{', 'want JSON'), ('[]', 'want an object'), (None, 'cannot be read')])
    def test_what_is_no_configuration(self, tmp_path: Path, text: str | None, told: str) -> None:
        file = tmp_path / 'server.json'
        if text is not None:
            file.write_text(text)
        with pytest.raises(ConfigError, match=told):
            read_config(file)

    def test_unknown_mode(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match='got "both", want proxied, presigned or direct'):
            read_config(write(tmp_path, artifacts={**CONFIG['artifacts'], 'mode': 'both'}))
