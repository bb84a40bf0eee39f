"""Puts the parts together."""

from __future__ import annotations

import threading
from http.server import ThreadingHTTPServer
from pathlib import Path

from . import objects, patches
from .certificates import CertificateAuthority
from .contents import ContentStore
from .metadata import MetadataService
from .proxy import Proxy
from .requestlog import RequestLog
from .state import State


class Emulator:
    """Everything that runs in the process, from a state directory. Answers once it is made."""

    def __init__(self, directory: Path, account_id: str, port: int = 0, metadata_port: int = 0):
        store = ContentStore(directory / 'objects')
        objects.install(store)
        patches.apply()
        self._authority = CertificateAuthority(directory)
        self._log = RequestLog(directory)
        self._state = State(directory, account_id, store)
        self._proxy = Proxy(port, self._authority, self._state, self._log, account_id)
        self._metadata = MetadataService(metadata_port, account_id, self._state, self._log)
        self._account_id = account_id
        for server in self._servers():
            threading.Thread(target=server.serve_forever, name=type(server).__name__, daemon=True).start()

    def _servers(self) -> tuple[ThreadingHTTPServer, ...]:
        return self._proxy, self._metadata

    def describe(self) -> dict[str, str]:
        """What a client has to know."""
        return {
            'proxyUrl': self._proxy.url,
            'caBundle': str(self._authority.bundle),
            'metadataEndpoint': self._metadata.url,
            'accountId': self._account_id,
        }

    def close(self) -> None:
        """Stops answering and writes what is not yet written."""
        for server in self._servers():
            server.shutdown()
            server.server_close()
        self._state.close()
        self._log.close()
