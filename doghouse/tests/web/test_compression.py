"""What stands behind a Content-Encoding is read whole or refused."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from doghouse.web.body.compression import MOST_FRAMES, decompress
from doghouse.web.errors import ApiError

LIMIT = 100_000
SKIPPED = bytes.fromhex("502a4d1803000000") + b"abc"  # a frame of zstd that says of itself that it holds no content
Compress = Callable[[bytes], bytes]


def zstd_with_checksum(body: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True, write_content_size=False).compress(body)


KINDS: list[tuple[str, Compress]] = [
    ("gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("zstd", zstandard.compress),
    ("zstd", zstd_with_checksum),
]
each_kind = pytest.mark.parametrize(("encoding", "compress"), KINDS)


def refusal(body: bytes, encoding: str, limit: int = LIMIT) -> tuple[int, str]:
    with pytest.raises(ApiError) as refused:
        decompress(body, encoding, limit)
    return refused.value.status, str(refused.value.errors[0])


def status(body: bytes, encoding: str) -> int:
    try:
        decompress(body, encoding, LIMIT)
    except ApiError as error:
        return error.status
    return 200


@each_kind
@given(contents=st.lists(st.binary(max_size=300), min_size=1, max_size=4))
def test_the_content_of_every_frame_is_read(encoding: str, compress: Compress, contents: list[bytes]) -> None:
    assert decompress(b"".join(map(compress, contents)), encoding, LIMIT) == b"".join(contents)


@each_kind
@pytest.mark.parametrize("content", [b"", b"a", b"many words, " * 20, bytes(range(256)) * 3])
def test_a_body_cut_at_any_byte_is_refused(encoding: str, compress: Compress, content: bytes) -> None:
    body = compress(content)
    for frames_before in (b"", compress(b"before")):
        for end in range(0 if not frames_before else 1, len(body)):
            answer, text = refusal(frames_before + body[:end], encoding)
            assert answer == 400
            assert text.startswith(f"The request body could not be decompressed as {encoding}: it is cut off")


@each_kind
@given(rest=st.binary(min_size=1, max_size=20))
def test_what_follows_a_frame_and_is_none_is_refused(encoding: str, compress: Compress, rest: bytes) -> None:
    assert refusal(compress(b"content") + b"\0" + rest, encoding)[0] == 400


@each_kind
@given(place=st.integers(0, 10_000), change=st.integers(1, 255))
def test_a_changed_byte_gives_the_content_or_a_refusal_and_never_another_fault(
    encoding: str, compress: Compress, place: int, change: int
) -> None:
    body = bytearray(compress(b"some content, some content"))
    body[place % len(body)] ^= change
    assert status(bytes(body), encoding) in (200, 400, 413)


def test_a_refusal_says_where_the_broken_frame_begins() -> None:
    first = gzip.compress(b"a", mtime=0)
    assert refusal(first + b"xx", "gzip")[1].endswith(f"in the frame that begins at byte {len(first)}")


@each_kind
def test_more_than_the_limit_is_too_large_however_it_is_divided(encoding: str, compress: Compress) -> None:
    assert len(decompress(compress(b" " * LIMIT), encoding, LIMIT)) == LIMIT
    assert refusal(compress(b" " * (LIMIT + 1)), encoding)[0] == 413
    assert refusal(compress(b" " * LIMIT) + compress(b"a"), encoding)[0] == 413


@each_kind
def test_there_is_a_limit_to_how_many_frames_are_begun(encoding: str, compress: Compress) -> None:
    assert decompress(compress(b"") * MOST_FRAMES, encoding, LIMIT) == b""
    assert refusal(compress(b"") * (MOST_FRAMES + 1), encoding) == (
        400,
        f"The request body could not be decompressed as {encoding}: it has more than {MOST_FRAMES} frames",
    )


def test_a_frame_of_zstd_without_content_is_passed_over() -> None:
    assert decompress(SKIPPED + zstandard.compress(b"a") + SKIPPED + zstandard.compress(b"b"), "zstd", LIMIT) == b"ab"


def test_a_body_without_an_encoding_is_as_it_was_sent() -> None:
    assert decompress(b"as it is", "", LIMIT) == decompress(b"as it is", " Identity ", LIMIT) == b"as it is"


def test_an_unknown_encoding_is_refused() -> None:
    assert refusal(b"a", "br") == (415, "Unsupported Content-Encoding: br")
