"""The bytes of S3 objects: one file each, written once, never held in memory."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

BLOCK = 1024 * 1024


@dataclass(frozen=True)
class Content:
    """A stretch of a content file. `name` is relative to the store, so that the state directory can be moved."""

    name: str
    offset: int
    length: int


class ContentStore:
    """The content files below one directory."""

    def __init__(self, directory: Path):
        self.directory = directory
        self._discarded: list[Content] = []
        directory.mkdir(parents=True, exist_ok=True)

    def path(self, content: Content) -> Path:
        """The file that `content` is in."""
        return self.directory / content.name

    def _create(self) -> tuple[str, Path]:
        name = uuid.uuid4().hex
        name = f'{name[:2]}/{name}'
        path = self.directory / name
        path.parent.mkdir(exist_ok=True)
        return name, path

    def write(self, value: bytes) -> Content:
        """Puts `value` into a file of its own."""
        name, path = self._create()
        path.write_bytes(value)
        return Content(name, 0, len(value))

    def join(self, parts: Iterable[Content]) -> Content:
        """Puts the parts, one after the other, into a file of its own."""
        name, path = self._create()
        with path.open('wb') as whole:
            for part in parts:
                for block in self.blocks(part):
                    whole.write(block)
            length = whole.tell()
        return Content(name, 0, length)

    def read(self, content: Content) -> bytes:
        """All of it."""
        return b''.join(self.blocks(content))

    def blocks(self, content: Content) -> Iterator[bytes]:
        """All of it, a block at a time."""
        with self.open(content) as view:
            yield from view.blocks()

    def open(self, content: Content) -> ContentView:
        """A view that stays readable even if the object is deleted meanwhile."""
        return ContentView(self.path(content).open('rb'), content.offset, content.length)

    def discard(self, content: Content) -> None:
        """Deletes the file at the next `sweep_discarded`, that is, once the deletion of its object is on disk."""
        self._discarded.append(content)

    def sweep_discarded(self) -> None:
        """Deletes what was discarded."""
        while self._discarded:
            self.path(self._discarded.pop()).unlink(missing_ok=True)

    def keep_only(self, names: set[str]) -> None:
        """Deletes every file that no object refers to: what a killed emulator left behind."""
        for folder in self.directory.iterdir():
            for file in folder.iterdir() if folder.is_dir() else ():
                if f'{folder.name}/{file.name}' not in names:
                    file.unlink()

    def clear(self) -> None:
        """Deletes everything."""
        shutil.rmtree(self.directory, ignore_errors=True)


class ContentView:
    """Bytes on their way out: has a length and slices like bytes, but is read only while it is sent."""

    def __init__(self, file: IO[bytes], offset: int, length: int):
        self._file = file
        self._offset = offset
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, where: slice) -> ContentView:
        start, stop, _ = where.indices(self._length)
        return ContentView(os.fdopen(os.dup(self._file.fileno()), 'rb'), self._offset + start, max(0, stop - start))

    def blocks(self) -> Iterator[bytes]:
        """The bytes, a block at a time; positions are absolute, so views can share one open file."""
        position, end = self._offset, self._offset + self._length
        while position < end:
            block = os.pread(self._file.fileno(), min(BLOCK, end - position), position)
            if not block:
                raise OSError(f'{self._file.name}: shorter than the object it holds')
            position += len(block)
            yield block

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def __enter__(self) -> ContentView:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def md5(value: bytes) -> str:
    """The ETag of an object uploaded in one piece, without its quotes."""
    return hashlib.md5(value, usedforsecurity=False).hexdigest()
