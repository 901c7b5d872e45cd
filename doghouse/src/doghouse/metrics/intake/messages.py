"""The Agent's protobuf messages (github.com/DataDog/agent-payload, proto/metrics/agent_payload.proto), as far as doghouse reads them."""

from __future__ import annotations

from functools import cache
from typing import Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

Field = FieldDescriptorProto
PACKAGE = "datadog.agentpayload"
# message: (field, number, type, repeated); a type that is a string names a message.
MESSAGES: dict[str, list[tuple[str, int, int | str, bool]]] = {
    "Resource": [("type", 1, Field.TYPE_STRING, False), ("name", 2, Field.TYPE_STRING, False)],
    "Point": [("value", 1, Field.TYPE_DOUBLE, False), ("timestamp", 2, Field.TYPE_INT64, False)],
    "Series": [
        ("resources", 1, "Resource", True),
        ("metric", 2, Field.TYPE_STRING, False),
        ("tags", 3, Field.TYPE_STRING, True),
        ("points", 4, "Point", True),
        ("type", 5, Field.TYPE_INT32, False),  # an enum there: 0 none, 1 count, 2 rate, 3 gauge
        ("unit", 6, Field.TYPE_STRING, False),
        ("source_type_name", 7, Field.TYPE_STRING, False),
        ("interval", 8, Field.TYPE_INT64, False),
    ],
    "MetricPayload": [("series", 1, "Series", True)],
    "Dogsketch": [
        ("ts", 1, Field.TYPE_INT64, False),
        ("cnt", 2, Field.TYPE_INT64, False),
        ("min", 3, Field.TYPE_DOUBLE, False),
        ("max", 4, Field.TYPE_DOUBLE, False),
        ("avg", 5, Field.TYPE_DOUBLE, False),
        ("sum", 6, Field.TYPE_DOUBLE, False),
        ("k", 7, Field.TYPE_SINT32, True),
        ("n", 8, Field.TYPE_UINT32, True),
    ],
    "Sketch": [
        ("metric", 1, Field.TYPE_STRING, False),
        ("host", 2, Field.TYPE_STRING, False),
        ("tags", 4, Field.TYPE_STRING, True),
        ("dogsketches", 7, "Dogsketch", True),
    ],
    "SketchPayload": [("sketches", 1, "Sketch", True)],
}


@cache
def message(name: str) -> Any:
    """The class of a message: `message("MetricPayload").FromString(body)`."""
    return GetMessageClass(_pool().FindMessageTypeByName(f"{PACKAGE}.{name}"))


@cache
def _pool() -> DescriptorPool:
    file = FileDescriptorProto(name="agent_payload.proto", package=PACKAGE, syntax="proto3")
    for name, fields in MESSAGES.items():
        described = file.message_type.add(name=name)
        for field, number, kind, repeated in fields:
            label = Field.LABEL_REPEATED if repeated else Field.LABEL_OPTIONAL
            if isinstance(kind, str):
                described.field.add(
                    name=field, number=number, label=label, type=Field.TYPE_MESSAGE, type_name=f".{PACKAGE}.{kind}"
                )
            else:
                described.field.add(name=field, number=number, label=label, type=Field.Type.ValueType(kind))
    pool = DescriptorPool()
    pool.Add(file)
    return pool
