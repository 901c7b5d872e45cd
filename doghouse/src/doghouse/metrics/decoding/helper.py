"""A second process that decodes bodies while the server's own interpreter is busy: `python -m doghouse.metrics.decoding.helper`.

It speaks over its standard input, a socket: a body comes in, its points and the series that are new to it go out. It ends when the socket does,
when nothing comes for a while, or when it knows too many series; whoever needs it starts another.
"""

from __future__ import annotations

import signal
import socket
import struct
from io import BufferedReader

import msgspec
import numpy as np
from msgspec import Struct

from doghouse.metrics.decoding import v1, v2
from doghouse.metrics.index import Sent

FORMATS = {"v1": v1.decode, "v2": v2.decode}
FRAME = struct.Struct("<I2s")  # of a request: the body's length, its format
ANSWER = struct.Struct("<I")  # of an answer: its length
IDLE_S = 60
SERIES_LIMIT = 200_000


class Answer(Struct, array_like=True):
    """What became of a body. `forms` are those series that are new to the helper, which numbers series from 0 in the order in which they appear.

    `series` (int32) has a number, `counts` (int32) a count of points for each series of the body; `ts` and `value` (float64) one number a point.
    """

    error: str | None = None
    forms: list[Sent] = []
    series: bytes = b""
    counts: bytes = b""
    ts: bytes = b""
    value: bytes = b""


def answer(body: bytes, kind: str, known: dict[Sent, int]) -> Answer:
    """A body's points, and the series of it that `known` did not hold before."""
    try:
        batch = FORMATS[kind](body)
    except (msgspec.MsgspecError, ValueError) as error:
        return Answer(str(error))
    found = list(map(known.get, batch.sent))
    before = len(known)
    if None in found:
        found = [known.setdefault(form, len(known)) for form in batch.sent]
    return Answer(
        None,
        list(known)[before:] if len(known) > before else [],
        np.array(found, np.int32).tobytes(),
        np.array(batch.counts, np.int32).tobytes(),
        batch.ts.tobytes(),
        batch.value.tobytes(),
    )


def main() -> None:
    """Answer until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes the socket
    with socket.socket(fileno=0) as peer:
        peer.settimeout(IDLE_S)
        stream = peer.makefile("rb")
        known: dict[Sent, int] = {}
        while len(known) < SERIES_LIMIT and (head := next_head(stream)):
            length, kind = FRAME.unpack(head)
            encoded = msgspec.msgpack.encode(answer(stream.read(length), kind.decode(), known))
            peer.sendall(ANSWER.pack(len(encoded)) + encoded)


def next_head(stream: BufferedReader) -> bytes:
    """The head of the next request; nothing when the other side is gone, or asks for nothing any more."""
    try:
        return stream.read(FRAME.size)
    except TimeoutError:
        return b""


if __name__ == "__main__":
    main()
