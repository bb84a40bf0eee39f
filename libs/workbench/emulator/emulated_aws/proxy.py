"""The HTTP(S) proxy that clients are pointed at. It ends TLS itself, so every AWS host is answered here."""

from __future__ import annotations

import errno
import json
import ssl
import sys
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .certificates import CertificateAuthority
from .contents import ContentView
from .hosts import is_aws
from .inventory import inventory
from .objects import stream_values
from .requestlog import RequestLog
from .services import WORLD, Answer, Call, answer, refusal
from .state import State

IDLE = 300
"""Seconds that a kept-alive connection may be silent: longer than clients keep one, so that they close first."""


def bind_loopback(server: ThreadingHTTPServer) -> None:
    """Binds to the wished port, or to one that the system picks when somebody else listens there.

    It leaves out the look-up of this machine's name that http.server would do.
    """
    host, _ = server.server_address[:2]
    try:
        server.socket.bind(server.server_address)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        server.socket.bind((host, 0))
    server.server_address = server.socket.getsockname()


class Proxy(ThreadingHTTPServer):
    """Listens on 127.0.0.1; every connection is a thread, moto answers one request at a time."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, authority: CertificateAuthority, state: State, log: RequestLog, account_id: str):
        self.authority = authority
        self.state = state
        self.log = log
        self.account_id = account_id
        super().__init__(('127.0.0.1', port), _Connection)

    @property
    def url(self) -> str:
        """What HTTPS_PROXY has to be."""
        return f'http://127.0.0.1:{self.server_address[1]}'

    server_bind = bind_loopback

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError, ssl.SSLError)):
            traceback.print_exc(file=sys.stderr)

    def answer(self, call: Call) -> Answer:
        """Answers one call and makes its effect durable."""
        with WORLD:
            try:
                if call.service == 's3' and call.method == 'GET':
                    with stream_values():
                        found = answer(call)
                else:
                    found = answer(call)
                self.state.commit(call)
                return found
            except Exception as error:  # such as a full disk: nothing is acknowledged that is not kept
                traceback.print_exc(file=sys.stderr)
                return refusal(call, 501, 'EmulatorFault', f'the emulated AWS could not write its state: {error}')


class _Connection(BaseHTTPRequestHandler):
    server: Proxy
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    timeout = IDLE
    tunnel: str | None = None  # host[:port] once the client has opened a tunnel

    def do_CONNECT(self) -> None:
        host, _, port = self.path.rpartition(':')
        if not is_aws(host):
            self._refuse_host(host)
            return
        self.wfile.write(b'HTTP/1.1 200 Connection established\r\n\r\n')
        self.connection = self.server.authority.context(host.lower()).wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile('rb', -1)
        self.wfile = _Writer(self.connection)  # type: ignore[assignment]  # all that http.server asks of it
        self.tunnel = host if port == '443' else f'{host}:{port}'
        self.close_connection = False

    def _answer(self) -> None:
        started = time.monotonic()
        body = self._read_body()
        if self.tunnel:
            scheme, host, path = 'https', self.headers.get('Host') or self.tunnel, self.path
        else:
            scheme = 'http'
            host, slash, path = self.path.partition('://')[2].partition('/')
            path = slash + path or '/'
            if not host:
                self._describe()
                return
        if not is_aws(host.partition(':')[0]):
            self._refuse_host(host)
            return
        # Reads like a mapping, whatever the case of a name.
        headers: Any = self.headers
        call = Call(self.command, host, path, headers, body, scheme)
        found = self.server.answer(call)
        self._send(found)
        self.server.log.write(self.command, host, call.action or '-', found.status, time.monotonic() - started)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer

    def _read_body(self) -> bytes:
        if 'chunked' not in self.headers.get('Transfer-Encoding', '').lower():
            return self.rfile.read(int(self.headers.get('Content-Length') or 0))
        chunks = []
        while size := int(self.rfile.readline().split(b';')[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():  # trailers
            pass
        return b''.join(chunks)

    def _send(self, found: Answer) -> None:
        headers = {name: value for name, value in found.headers.items() if name.lower() not in _OURS}
        length = len(found.body or b'')
        if self.command == 'HEAD' or found.status == 304:
            length = int(next((value for name, value in found.headers.items() if name.lower() == 'content-length'), length))
        self.send_response(found.status)
        for name, value in headers.items():
            self.send_header(name, value)
        if found.status != 204:
            self.send_header('Content-Length', str(length))
        if self.command == 'HEAD' or found.status in (204, 304):
            self.end_headers()
        elif isinstance(found.body, ContentView):
            self.end_headers()
            with found.body as view:
                for block in view.blocks():
                    self.wfile.write(block)
        else:
            self._headers_buffer += [b'\r\n', found.body or b'']  # type: ignore[attr-defined]  # http.server's own
            self.flush_headers()  # one write: head and body leave in one packet

    def _plain(self, status: int, content_type: str, body: bytes) -> None:
        self._send(Answer(status, {'Content-Type': content_type}, body))

    def _refuse_host(self, host: str) -> None:
        self.close_connection = True
        self._plain(
            403,
            'text/plain',
            f'{host} is not an AWS host: this proxy is an emulated AWS and reaches nothing else.\n'.encode(),
        )
        self.server.log.write(self.command, host, 'refused', 403, 0)

    def _describe(self) -> None:
        """Someone asked the proxy itself: say what it is, and what is in the account."""
        with WORLD:
            about = {'emulated': 'aws', 'accountId': self.server.account_id, 'resources': inventory()}
        self._plain(200, 'application/json', json.dumps(about, indent=2).encode())

    def version_string(self) -> str:
        """The Server header."""
        return 'emulated-aws'

    def log_message(self, format: str, *args: Any) -> None:
        """http.server's own log is not used: it would hold queries, and so signatures."""


_OURS = {'content-length', 'transfer-encoding', 'connection', 'date', 'server'}


class _Writer:
    """The unbuffered writer that http.server uses, for a TLS connection."""

    closed = False

    def __init__(self, connection: ssl.SSLSocket):
        self._connection = connection

    def write(self, data: bytes) -> int:
        """Sends all of it."""
        self._connection.sendall(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """The connection is closed by its owner."""
