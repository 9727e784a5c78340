"""The files that ship with the compiler: imports that need no subject."""

from __future__ import annotations

PATHS = frozenset(
    f"google/protobuf/{name}.proto"
    for name in (
        "any api compiler/plugin cpp_features descriptor duration empty field_mask go_features java_features "
        "source_context struct timestamp type wrappers"
    ).split()
)
# ProtoJSON writes these in a form of their own instead of an object with their fields.
SPECIAL_JSON = frozenset(
    f"google.protobuf.{name}"
    for name in "Any Duration Empty FieldMask ListValue Struct Timestamp Value".split()
)
WRAPPERS = frozenset(
    f"google.protobuf.{name}Value" for name in "Bool Bytes Double Float Int32 Int64 String UInt32 UInt64".split()
)
