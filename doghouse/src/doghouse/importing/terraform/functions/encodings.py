"""Functions that encode, decode and digest."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import urllib.parse

import yaml

from doghouse.importing.terraform.functions.registry import function
from doghouse.importing.terraform.values import Value, WrongError, number, number_text, text


class _Loader(yaml.SafeLoader):
    """YAML whose times stay text."""


_Loader.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in values if tag != "tag:yaml.org,2002:timestamp"]
    for key, values in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@function("jsonencode")
def _jsonencode(value: Value) -> Value:
    """As Go writes it: keys in order, `<`, `>` and `&` escaped."""
    made = _json(value)
    for sign in "<>&\u2028\u2029":
        made = made.replace(sign, f"\\u{ord(sign):04x}")
    return made


def _json(value: Value) -> str:
    if isinstance(value, dict):
        return (
            "{"
            + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_json(one)}" for key, one in sorted(value.items()))
            + "}"
        )
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_text(value)
    return json.dumps(value, ensure_ascii=False)


@function("jsondecode")
def _jsondecode(value: Value) -> Value:
    return _plain(json.loads(text(value)))


@function("yamldecode")
def _yamldecode(value: Value) -> Value:
    try:
        return _plain(yaml.load(text(value), _Loader))  # a SafeLoader
    except yaml.YAMLError as error:
        raise WrongError(f"is not YAML: {' '.join(str(error).split())}") from None


def _plain(value: Value) -> Value:
    """What was decoded, with keys that are text and whole numbers that are whole."""
    if isinstance(value, dict):
        return {key if isinstance(key, str) else text(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
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


@function("md5")
def _md5(value: Value) -> Value:
    return hashlib.md5(text(value).encode(), usedforsecurity=False).hexdigest()


@function("sha1")
def _sha1(value: Value) -> Value:
    return hashlib.sha1(text(value).encode(), usedforsecurity=False).hexdigest()


@function("sha256")
def _sha256(value: Value) -> Value:
    return hashlib.sha256(text(value).encode()).hexdigest()


@function("sha512")
def _sha512(value: Value) -> Value:
    return hashlib.sha512(text(value).encode()).hexdigest()
