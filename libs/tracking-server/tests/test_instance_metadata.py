"""What EC2 tells a machine about itself."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from tracking_server import instance_metadata


class Metadata(http.server.BaseHTTPRequestHandler):
    """IMDSv2 as far as the server asks it."""

    def answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def do_PUT(self) -> None:
        self.answer(200, 'token')

    def do_GET(self) -> None:
        allowed = self.headers['X-aws-ec2-metadata-token'] == 'token'
        self.answer(200, 'ec2-1.example.com') if allowed else self.answer(401, '')

    def log_message(self, *_: Any) -> None:
        pass


class TestInstanceMetadata:
    @pytest.fixture
    def endpoint(self) -> Iterator[str]:
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Metadata)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f'http://127.0.0.1:{server.server_port}'
        server.shutdown()
        server.server_close()

    def test_public_name_with_a_token_and_past_every_proxy(self, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv('AWS_EC2_METADATA_SERVICE_ENDPOINT', endpoint)
        monkeypatch.setenv('http_proxy', 'http://127.0.0.1:1')
        monkeypatch.delenv('AWS_EC2_METADATA_DISABLED', raising=False)
        assert instance_metadata.public_dns_name() == 'ec2-1.example.com'

    def test_no_instance_no_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv('AWS_EC2_METADATA_SERVICE_ENDPOINT', 'http://127.0.0.1:1')
        monkeypatch.delenv('AWS_EC2_METADATA_DISABLED', raising=False)
        assert instance_metadata.public_dns_name() is None
        monkeypatch.setenv('AWS_EC2_METADATA_DISABLED', 'true')
        assert instance_metadata.public_dns_name() is None
