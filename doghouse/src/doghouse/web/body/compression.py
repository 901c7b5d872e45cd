"""Bodies as they were before their Content-Encoding: the whole of them, or none."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any

from doghouse.web import errors
from doghouse.web.errors import ApiError

PIECE_BYTES = 4 * 1024 * 1024  # what is made of a body at once, before its size is looked at
MOST_FRAMES = 10_000  # of one body; clients send one, and to begin many takes long


def decompress(
    body: bytes,
    encoding: str,
    limit: int,
    charge: Callable[[int], object] = int,
    too_large: Callable[[], ApiError] = errors.payload_too_large,
) -> bytes:
    """A body without its Content-Encoding: deflate, gzip or zstd, which Agents and clients send, of one frame or several in a row.

    `charge` is called with the size of each piece that is held.
    Raises ApiError 400 where a frame is cut off, broken, or followed by what is no frame, 413 above `limit` bytes, 415 for another encoding.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return body
    if encoding not in _KINDS:
        raise ApiError(415, f"Unsupported Content-Encoding: {encoding}")
    try:
        return _frames(body, *_KINDS[encoding](), limit, charge, too_large)
    except ValueError as error:
        raise ApiError(400, f"The request body could not be decompressed as {encoding}: {error}") from None


def _frames(
    body: bytes,
    begin: Callable[[], Any],
    swells: int,
    broken: type[Exception],
    limit: int,
    charge: Callable[[int], object],
    too_large: Callable[[], ApiError],
) -> bytes:
    """Every frame's content. `swells` is how many times as long a piece may become: no decompressor is given more than it may make PIECE_BYTES of."""
    piece = PIECE_BYTES // swells
    parts: list[bytes] = []
    size = at = frames = 0
    view = memoryview(body)
    while at < len(body) or not frames:
        frame, start, frames = begin(), at, frames + 1
        if frames > MOST_FRAMES:
            raise ValueError(f"it has more than {MOST_FRAMES} frames")
        while not frame.eof:
            if at >= len(body):
                raise ValueError("it is cut off")
            try:
                part = frame.decompress(view[at : at + piece])
            except broken as error:
                raise ValueError(
                    f"{error}, in the frame that begins at byte {start}" if start else str(error)
                ) from None
            at = min(at + piece, len(body))
            size += len(part)
            if size > limit:
                raise too_large()
            charge(len(part))
            parts.append(part)
        at -= len(frame.unused_data)
    return b"".join(parts)


def _zlib(window_bits: int) -> tuple[Callable[[], Any], int, type[Exception]]:
    return lambda: zlib.decompressobj(window_bits), 1032, zlib.error


def _zstd() -> tuple[Callable[[], Any], int, type[Exception]]:
    import zstandard

    return zstandard.ZstdDecompressor().decompressobj, 32 * 1024, zstandard.ZstdError


_KINDS: Mapping[str, Callable[[], tuple[Callable[[], Any], int, type[Exception]]]] = {
    "deflate": lambda: _zlib(zlib.MAX_WBITS),
    "gzip": lambda: _zlib(16 + zlib.MAX_WBITS),
    "x-gzip": lambda: _zlib(16 + zlib.MAX_WBITS),
    "zstd": _zstd,
    "zstd1": _zstd,
}
