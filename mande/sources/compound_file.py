"""Take one stream out of an old Office file (Microsoft's compound file, MS-CFB), trusting none of its numbers."""

import struct

from mande.errors import DataError, Problem

_FREE = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors (MS-CFB 2.1)."""
_ENTRY_BYTES = 128


def read_stream(content: bytes, names: tuple[str, ...], file_name: str) -> bytes:
    """Return the first stream of one of the names.

    *Raises* DataError with one problem for a file that is cut off, runs in circles or has no such stream.
    """
    try:
        return _Compound(content).stream(names)
    except (struct.error, IndexError, ValueError, KeyError) as error:
        found = f"the file is cut off or damaged ({str(error)[:60]})"
        raise DataError(Problem(file_name, found, "copy or send it again, and check that it opens")) from None


class _Compound:
    def __init__(self, content: bytes):
        self._content = content
        shift, mini_shift = struct.unpack_from("<HH", content, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise ValueError("unknown sector size")
        self._size = 1 << shift
        self._directory, self._cutoff, self._mini_start = struct.unpack_from("<I4xII", content, 48)
        self._table = self._read_table()

    def stream(self, names: tuple[str, ...]) -> bytes:
        entries = self._chain(self._directory)
        starts = range(0, len(entries) - _ENTRY_BYTES + 1, _ENTRY_BYTES)
        found = {name: place for name, place in (self._entry(entries, start) for start in starts)}
        start, length = next(found[name] for name in names if name in found)
        if length >= self._cutoff:
            return self._chain(start)[:length]
        root = self._entry(entries, 0)[1][0]
        return self._mini_chain(start, self._chain(root))[:length]

    def _entry(self, entries: bytes, start: int) -> tuple[str, tuple[int, int]]:
        letters = struct.unpack_from("<H", entries, start + 64)[0]
        name = entries[start : start + max(0, min(letters, 64) - 2)].decode("utf-16-le", errors="replace")
        return name, struct.unpack_from("<II", entries, start + 116)

    def _read_table(self) -> list[int]:
        listed = [number for number in struct.unpack_from("<109I", self._content, 76) if number < _FREE]
        number, seen = struct.unpack_from("<I", self._content, 68)[0], set()
        while number < _FREE and number not in seen:
            seen.add(number)
            more = struct.unpack(f"<{self._size // 4}I", self._sector(number))
            listed += [sector for sector in more[:-1] if sector < _FREE]
            number = more[-1]
        most = len(self._content) // self._size + 1
        if len(listed) > most:
            raise ValueError("more sectors than the file has")
        return [link for at in listed for link in struct.unpack(f"<{self._size // 4}I", self._sector(at))]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        sector = self._content[start : start + self._size]
        if len(sector) < self._size:
            raise ValueError("the file ends too early")
        return sector

    def _chain(self, number: int) -> bytes:
        parts, seen = [], set()
        while number < _FREE:
            if number in seen:
                raise ValueError("its sectors run in a circle")
            seen.add(number)
            parts.append(self._sector(number))
            number = self._table[number]
        return b"".join(parts)

    def _mini_chain(self, number: int, container: bytes) -> bytes:
        table = self._chain(self._mini_start)
        links = struct.unpack(f"<{len(table) // 4}I", table)
        parts, seen = [], set()
        while number < _FREE:
            if number in seen:
                raise ValueError("its sectors run in a circle")
            seen.add(number)
            parts.append(container[number * 64 : number * 64 + 64])
            number = links[number]
        return b"".join(parts)
