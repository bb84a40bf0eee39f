"""`boot`, and what it leaves for systemd and the CloudWatch agent."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from server_config import CHECKOUT, SERVER, write


class TestUnits:
    """What boot leaves for systemd and the CloudWatch agent, in a root folder of its own."""

    @pytest.fixture
    def boot(self, tmp_path: Path) -> Any:
        root = tmp_path / 'root'
        venv = tmp_path / 'venv'
        (root / 'etc' / 'mlflow').mkdir(parents=True)
        (root / 'opt' / 'mlflow').mkdir(parents=True)
        (venv / 'bin').mkdir(parents=True)
        (venv / '.complete').touch()
        (venv / 'bin' / 'python').symlink_to(sys.executable)

        def boot(**changes: Any) -> tuple[str, Path]:
            write(root / 'etc' / 'mlflow', **changes)
            environment = {**os.environ, 'MLFLOW_ROOT': str(root), 'MLFLOW_VENV': str(venv)}
            told = subprocess.run([SERVER / 'boot'], env=environment, capture_output=True, text=True, check=True)
            return told.stdout, root

        return boot

    def test_the_journal_takes_the_log_and_nothing_is_timed_unless_asked_for(self, boot: Any) -> None:
        told, root = boot()
        assert told.endswith('done, with no timers\n')
        assert not (root / 'etc/systemd/system/mlflow.service.d').exists()
        assert 'SystemMaxUse=' in (root / 'etc/systemd/journald.conf.d/mlflow.conf').read_text()

    def test_housekeeping_at_its_time(self, boot: Any) -> None:
        plan = {'at': '23:15', 'purgeDeletedAfterDays': 30, 'archiveTracesAfterDays': None}
        told, root = boot(housekeeping=plan)
        assert told.endswith('done, with mlflow-housekeeping.timer\n')
        assert 'OnCalendar=*-*-* 23:15 UTC\n' in (root / 'etc/systemd/system/mlflow-housekeeping.timer').read_text()

    def test_a_log_group_gets_the_files_that_every_unit_writes(self, boot: Any) -> None:
        told, root = boot(logGroup='/prod-mlflow/server', environment='prod')
        assert told.endswith('done, with mlflow-logs.timer\n')
        agent = json.loads((root / 'etc/mlflow/cloudwatch-agent.json').read_text())
        [files] = agent['logs']['logs_collected']['files']['collect_list']
        assert files['log_group_name'] == '/prod-mlflow/server'
        collected = agent['metrics']['metrics_collected']
        assert {name: metric['append_dimensions'] for name, metric in collected.items()} == {
            'mem': {'Environment': 'prod'},
            'disk': {'Environment': 'prod'},
        }
        # The pattern is that of the agent and of the rotation.
        assert files['file_path'] in (SERVER / 'logrotate.conf').read_text()
        folder = files['file_path'].removesuffix('*.log')
        for units in ('mlflow.service.d', 'mlflow-.service.d'):
            assert f'StandardOutput=append:{folder}%N.log' in (root / 'etc/systemd/system' / units / 'log.conf').read_text()

    def test_what_runs_python_keeps_its_files_on_disk(self, boot: Any) -> None:
        _, root = boot()
        units = [path.read_text() for path in (root / 'etc/systemd/system').glob('*.service')]
        running = [unit for unit in units if 'ExecStart=/opt/mlflow/venv/bin/python' in unit]
        assert len(running) == 3
        for unit in running:
            # Amazon Linux 2023 has /tmp in memory.
            assert re.search(r'^Environment=(.* )?TMPDIR=/var/tmp$', unit, re.MULTILINE)

    @pytest.mark.skipif(shutil.which('systemd-analyze') is None, reason='a machine without systemd')
    def test_systemd_understands_every_unit(self, boot: Any) -> None:
        _, root = boot(logGroup='/prod-mlflow/server')
        units = [path for path in (root / 'etc/systemd/system').iterdir() if path.is_file()]
        checked = subprocess.run(['systemd-analyze', 'verify', *units], capture_output=True, text=True, check=False)
        told = [line for line in checked.stderr.splitlines() if 'mlflow' in line and 'is not executable' not in line]
        assert told == []


@pytest.mark.parametrize('script', ['libs/tracking-server/server/boot', '.ci/run'])
def test_shellcheck_finds_nothing(script: str) -> None:
    # The `shellcheck` of the environment that runs these tests.
    shellcheck = Path(sys.executable).parent / 'shellcheck'
    checked = subprocess.run([shellcheck, CHECKOUT / script], capture_output=True, text=True, check=False)
    assert checked.stdout == ''
    assert checked.returncode == 0


class TestBoot:
    """`boot` with a requirement of its own, in a folder; what only a real machine has is left out."""

    @pytest.fixture
    def wheels(self, tmp_path: Path) -> Path:
        """A folder with one wheel, as it would be in S3."""
        folder = tmp_path / 'in S3' / 'wheels'
        folder.mkdir(parents=True)
        with zipfile.ZipFile(folder / 'little-1.0-py3-none-any.whl', 'w') as wheel:
            about = 'little-1.0.dist-info/'
            wheel.writestr('little.py', 'word = "installed"\n')
            wheel.writestr(f'{about}METADATA', 'Metadata-Version: 2.1\nName: little\nVersion: 1.0\n')
            wheel.writestr(f'{about}WHEEL', 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n')
            wheel.writestr(f'{about}RECORD', f'little.py,,\n{about}METADATA,,\n{about}WHEEL,,\n{about}RECORD,,\n')
        return folder

    def boot(self, tmp_path: Path, wheels: Path, sha256: str) -> subprocess.CompletedProcess[str]:
        here, programs, root = tmp_path / 'here', tmp_path / 'bin', tmp_path / 'root'
        for folder in (programs, root / 'opt' / 'mlflow', root / 'etc' / 'mlflow'):
            folder.mkdir(parents=True)
        shutil.copytree(SERVER, here)
        write(root / 'etc' / 'mlflow')
        (here / 'requirements.txt').write_text(f'little==1.0 --hash=sha256:{sha256}\n')
        (programs / 'python3.11').symlink_to(sys.executable)
        # aws s3 cp --recursive --only-show-errors s3://wheels/mlflow/ FOLDER/
        (programs / 'aws').write_text(f'#!/bin/sh\n[ "$5" = s3://wheels/mlflow/ ] && mkdir -p "$6" && cp "{wheels}"/* "$6"\n')
        (programs / 'aws').chmod(0o755)
        env = {
            'PATH': f'{programs}:/usr/bin:/bin',
            'MLFLOW_ROOT': str(root),
            'MLFLOW_WHEELHOUSE': 's3://wheels/mlflow',
            # Whatever it would fetch from elsewhere it does not get.
            'PIP_INDEX_URL': 'http://localhost:9/',
        }
        return subprocess.run([here / 'boot'], env=env, capture_output=True, text=True)

    def test_installs_from_a_folder_in_s3_and_keeps_no_copy(self, tmp_path: Path, wheels: Path) -> None:
        sha256 = hashlib.sha256(next(wheels.iterdir()).read_bytes()).hexdigest()
        booted = self.boot(tmp_path, wheels, sha256)
        assert booted.returncode == 0, booted.stderr
        python = tmp_path / 'root' / 'opt' / 'mlflow' / 'venv' / 'bin' / 'python'
        assert subprocess.check_output([python, '-c', 'import little; print(little.word)'], text=True) == 'installed\n'
        assert list((tmp_path / 'root' / 'var' / 'tmp').iterdir()) == []

    def test_refuses_a_wheel_that_is_not_the_lock_s(self, tmp_path: Path, wheels: Path) -> None:
        booted = self.boot(tmp_path, wheels, '0' * 64)
        assert booted.returncode != 0
        assert 'DO NOT MATCH THE HASHES' in booted.stderr
        assert not (tmp_path / 'root' / 'opt' / 'mlflow' / 'venv').exists()
