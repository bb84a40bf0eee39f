"""Bodies that an SDK streams with `Content-Encoding: aws-chunked`, and the checksum behind them.

AWS: takes the chunks apart, and refuses a body that its checksum (in a header or behind the chunks) does not fit.
moto: copies the whole for every chunk, looks for the checksum with a regular expression over all bytes (seconds for
100 MB), and believes it.
Here: the emulator takes the chunks apart and compares before moto sees the request; a trailer becomes a header.
"""

from __future__ import annotations

from dataclasses import replace

from .. import services
from ..checksums import ALGORITHMS, compute


def apply() -> None:
    """Puts the steps in front of every call to S3."""
    services.preparations += [unchunk, verify]


def unchunk(call: services.Call) -> services.Call:
    """The call with its plain body; a call that is not chunked stays as it is."""
    signed = call.headers.get('x-amz-content-sha256', '')
    if call.service != 's3' or not signed.startswith('STREAMING-'):
        return call
    chunks: list[bytes] = []
    body, at = memoryview(call.body), 0
    while True:
        end = call.body.index(b'\r\n', at)
        size = int(call.body[at:end].split(b';')[0], 16)
        at = end + 2
        if size == 0:
            break
        chunks.append(bytes(body[at : at + size]))
        at += size + 2
    headers = {
        name: value
        for name, value in call.headers.items()
        if name.lower()
        not in ('x-amz-content-sha256', 'x-amz-decoded-content-length', 'x-amz-trailer', 'content-length')
    }
    for name, value in list(headers.items()):
        if name.lower() == 'content-encoding':
            kept = [coding.strip() for coding in value.split(',') if coding.strip() != 'aws-chunked']
            headers.pop(name)
            if kept:
                headers[name] = ','.join(kept)
    for line in bytes(body[at:]).split(b'\r\n'):
        name, _, value = line.decode('latin-1').partition(':')
        if name.lower().startswith('x-amz-checksum-'):
            headers[name] = value.strip()
    plain = chunks[0] if len(chunks) == 1 else b''.join(chunks)
    return replace(call, headers={**headers, 'Content-Length': str(len(plain))}, body=plain)


def verify(call: services.Call) -> services.Call:
    """The call, unless its body is not what the client computed the checksum of."""
    if call.service == 's3' and call.method == 'PUT':
        for name, value in call.headers.items():
            algorithm = name.lower().removeprefix('x-amz-checksum-').upper()
            if algorithm in ALGORITHMS and compute(call.body, algorithm).decode() != value:
                raise services.Refused(
                    'BadDigest', f'The {algorithm} you specified did not match the calculated checksum.'
                )
    return call
