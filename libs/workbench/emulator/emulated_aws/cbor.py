"""CBOR (RFC 8949), as much of it as AWS's rpc-v2-cbor protocol uses."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from typing import Any

EPOCH_TAG = 1
_END = object()  # the break that ends a list of indefinite length


def encode(value: Any) -> bytes:
    """`value` as CBOR; a datetime becomes an epoch timestamp."""
    out = bytearray()
    _encode(value, out)
    return bytes(out)


def _head(major: int, number: int, out: bytearray) -> None:
    if number < 24:
        out.append(major << 5 | number)
        return
    for info, (limit, code) in enumerate(((1 << 8, 'B'), (1 << 16, 'H'), (1 << 32, 'I'), (1 << 64, 'Q')), 24):
        if number < limit:
            out.append(major << 5 | info)
            out += struct.pack('>' + code, number)
            return
    raise ValueError(f'{number} does not fit into 64 bits')


def _encode(value: Any, out: bytearray) -> None:
    if value is None or isinstance(value, bool):
        out.append({False: 0xF4, True: 0xF5, None: 0xF6}[value])
    elif isinstance(value, int):
        _head(0 if value >= 0 else 1, value if value >= 0 else -1 - value, out)
    elif isinstance(value, float):
        out += b'\xfb' + struct.pack('>d', value)
    elif isinstance(value, bytes):
        _head(2, len(value), out)
        out += value
    elif isinstance(value, str):
        _head(3, len(value.encode()), out)
        out += value.encode()
    elif isinstance(value, (list, tuple)):
        _head(4, len(value), out)
        for item in value:
            _encode(item, out)
    elif isinstance(value, dict):
        _head(5, len(value), out)
        for key, item in value.items():
            _encode(key, out)
            _encode(item, out)
    elif isinstance(value, datetime):
        _head(6, EPOCH_TAG, out)
        _encode(value.timestamp(), out)
    else:
        raise TypeError(f'CBOR has no {type(value).__name__}')


def decode(data: bytes) -> Any:
    """The one value in `data`; an epoch timestamp becomes a datetime in UTC."""
    return _Reader(data).value()


class _Reader:
    def __init__(self, data: bytes):
        self._data = data
        self._at = 0

    def _take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise ValueError('CBOR ends in the middle of a value')
        self._at += count
        return taken

    def value(self) -> Any:
        first = self._take(1)[0]
        major, info = first >> 5, first & 31
        if major == 7:
            return self._simple(info)
        number = self._number(info)
        if major == 0:
            return number
        if major == 1:
            return -1 - number
        if major in (2, 3):
            whole = b''.join(self._chunks()) if number is None else self._take(number)
            return whole if major == 2 else whole.decode()
        if major == 4:
            return list(self._items(number))
        if major == 5:
            return {key: self.value() for key in self._items(number)}
        tagged = self.value()
        return datetime.fromtimestamp(tagged, UTC) if number == EPOCH_TAG else tagged

    def _number(self, info: int) -> Any:
        if info < 24:
            return info
        if info == 31:
            return None  # of indefinite length
        if info > 27:
            raise ValueError(f'CBOR has no additional information {info}')
        return int.from_bytes(self._take(1 << (info - 24)), 'big')

    def _simple(self, info: int) -> Any:
        if info in (25, 26, 27):
            code = {25: 'e', 26: 'f', 27: 'd'}[info]
            return struct.unpack('>' + code, self._take(1 << (info - 24)))[0]
        return {20: False, 21: True, 31: _END}.get(info)

    def _items(self, count: Any) -> Any:
        while count is None or count > 0:
            item = self.value()
            if item is _END:
                return
            yield item
            count = count and count - 1

    def _chunks(self) -> Any:
        return self._items(None)
