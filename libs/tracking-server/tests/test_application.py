"""The application is a factory."""

import subprocess
import sys

from server_config import SERVER


def test_importing_it_does_nothing() -> None:
    program = """
import os, sys
before = dict(os.environ)
import tracking_server.application
print('mlflow' in sys.modules, dict(os.environ) == before)
"""
    ran = subprocess.run([sys.executable, '-c', program], cwd=SERVER, env={'PYTHONDONTWRITEBYTECODE': '1'}, capture_output=True, text=True)
    assert (ran.stdout, ran.stderr) == ('False True\n', '')
