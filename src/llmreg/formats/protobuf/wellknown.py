"""The files that ship with the compiler, and the messages with a JSON form of their own."""

from __future__ import annotations

_FOLDER, _PACKAGE = "google/protobuf/", "google.protobuf."
PATHS = frozenset(
    {
        _FOLDER + "any.proto",
        _FOLDER + "api.proto",
        _FOLDER + "compiler/plugin.proto",
        _FOLDER + "cpp_features.proto",
        _FOLDER + "descriptor.proto",
        _FOLDER + "duration.proto",
        _FOLDER + "empty.proto",
        _FOLDER + "field_mask.proto",
        _FOLDER + "go_features.proto",
        _FOLDER + "java_features.proto",
        _FOLDER + "source_context.proto",
        _FOLDER + "struct.proto",
        _FOLDER + "timestamp.proto",
        _FOLDER + "type.proto",
        _FOLDER + "wrappers.proto",
    }
)
# ProtoJSON writes these in a form of their own instead of an object with their fields.
SPECIAL_JSON = frozenset(
    {
        _PACKAGE + "Any",
        _PACKAGE + "Duration",
        _PACKAGE + "Empty",
        _PACKAGE + "FieldMask",
        _PACKAGE + "ListValue",
        _PACKAGE + "Struct",
        _PACKAGE + "Timestamp",
        _PACKAGE + "Value",
    }
)
WRAPPERS = frozenset(
    {
        _PACKAGE + "BoolValue",
        _PACKAGE + "BytesValue",
        _PACKAGE + "DoubleValue",
        _PACKAGE + "FloatValue",
        _PACKAGE + "Int32Value",
        _PACKAGE + "Int64Value",
        _PACKAGE + "StringValue",
        _PACKAGE + "UInt32Value",
        _PACKAGE + "UInt64Value",
    }
)
