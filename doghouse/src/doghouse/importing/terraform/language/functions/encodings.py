"""Functions that encode, decode and digest."""

from __future__ import annotations

import base64
import codecs
import csv
import hashlib
import io
import json
import urllib.parse
import uuid
from pathlib import Path

from doghouse.importing.terraform.language.functions.files import bytes_of
from doghouse.importing.terraform.language.functions.registry import function
from doghouse.importing.terraform.language.values import Value, WrongError, number, number_text, text


@function("jsonencode")
def _jsonencode(value: Value) -> Value:
    """As Go writes it: keys in order, `<`, `>` and `&` escaped."""
    encoded = _json(value)
    for sign in "<>&\u2028\u2029":
        encoded = encoded.replace(sign, f"\\u{ord(sign):04x}")
    return encoded


def _json(value: Value) -> str:
    if isinstance(value, dict):
        members = (f"{_json(key)}:{_json(element)}" for key, element in sorted(value.items()))
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_text(value)
    return json.dumps(value, ensure_ascii=False)


@function("jsondecode")
def _jsondecode(value: Value) -> Value:
    return plain(json.loads(text(value)))


def plain(value: Value) -> Value:
    """What was decoded, with whole numbers that are whole."""
    if isinstance(value, dict):
        return {key: plain(element) for key, element in value.items()}
    if isinstance(value, list):
        return [plain(element) for element in value]
    return number(value) if isinstance(value, float) else value


@function("csvdecode")
def _csvdecode(value: Value) -> Value:
    return [dict(row) for row in csv.DictReader(io.StringIO(text(value)))]


@function("base64encode")
def _base64encode(value: Value) -> Value:
    return base64.b64encode(text(value).encode()).decode()


@function("base64decode")
def _base64decode(value: Value) -> Value:
    return base64.b64decode(text(value)).decode()


@function("urlencode")
def _urlencode(value: Value) -> Value:
    return urllib.parse.quote_plus(text(value))


@function("textencodebase64")
def _textencodebase64(value: Value, encoding: Value) -> Value:
    return base64.b64encode(text(value).encode(_codec(encoding))).decode()


@function("textdecodebase64")
def _textdecodebase64(value: Value, encoding: Value) -> Value:
    return base64.b64decode(text(value)).decode(_codec(encoding))


def _codec(encoding: Value) -> str:
    try:
        return codecs.lookup(text(encoding)).name
    except LookupError:
        raise WrongError(f"'{text(encoding)}' is no encoding") from None


@function("uuidv5")
def _uuidv5(namespace: Value, name: Value) -> Value:
    namespaces = {
        "dns": uuid.NAMESPACE_DNS,
        "url": uuid.NAMESPACE_URL,
        "oid": uuid.NAMESPACE_OID,
        "x500": uuid.NAMESPACE_X500,
    }
    return str(uuid.uuid5(namespaces.get(text(namespace)) or uuid.UUID(text(namespace)), text(name)))


def _digesting(digest: str, *, in_base64: bool, of_file: bool) -> None:
    """Register a digest of a text or of a file, in hexadecimal or as base64."""
    name = ("file" if of_file else "") + ("base64" if in_base64 else "") + digest

    def digested(*arguments: Value) -> Value:
        data = bytes_of(*arguments) if of_file else text(*arguments).encode()
        hashed = hashlib.new(digest, data, usedforsecurity=False).digest()
        return base64.b64encode(hashed).decode() if in_base64 else hashed.hex()

    function(name, reads=of_file)(digested)


for _digest in ("md5", "sha1", "sha256", "sha512"):
    for _of_file in (False, True):
        _digesting(_digest, in_base64=False, of_file=_of_file)
        if _digest in ("sha256", "sha512"):
            _digesting(_digest, in_base64=True, of_file=_of_file)


@function("filebase64", reads=True)
def _filebase64(folder: Path, path: Value) -> Value:
    return base64.b64encode(bytes_of(folder, path)).decode()
