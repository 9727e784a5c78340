import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SchemaType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SCHEMA_TYPE_UNSPECIFIED: _ClassVar[SchemaType]
    SCHEMA_TYPE_JSON: _ClassVar[SchemaType]
    SCHEMA_TYPE_AVRO: _ClassVar[SchemaType]
    SCHEMA_TYPE_PROTOBUF: _ClassVar[SchemaType]
    SCHEMA_TYPE_THRIFT: _ClassVar[SchemaType]
    SCHEMA_TYPE_PROMPT: _ClassVar[SchemaType]

class CompatibilityLevel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COMPATIBILITY_LEVEL_UNSPECIFIED: _ClassVar[CompatibilityLevel]
    COMPATIBILITY_LEVEL_BACKWARD: _ClassVar[CompatibilityLevel]
    COMPATIBILITY_LEVEL_FORWARD: _ClassVar[CompatibilityLevel]
    COMPATIBILITY_LEVEL_FULL: _ClassVar[CompatibilityLevel]
    COMPATIBILITY_LEVEL_TRANSITIVE: _ClassVar[CompatibilityLevel]
    COMPATIBILITY_LEVEL_NONE: _ClassVar[CompatibilityLevel]
    COMPATIBILITY_LEVEL_BACKWARD_TRANSITIVE: _ClassVar[CompatibilityLevel]
    COMPATIBILITY_LEVEL_FORWARD_TRANSITIVE: _ClassVar[CompatibilityLevel]
    COMPATIBILITY_LEVEL_FULL_TRANSITIVE: _ClassVar[CompatibilityLevel]

class Verdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VERDICT_UNSPECIFIED: _ClassVar[Verdict]
    VERDICT_COMPATIBLE: _ClassVar[Verdict]
    VERDICT_INCOMPATIBLE: _ClassVar[Verdict]
    VERDICT_UNDECIDED: _ClassVar[Verdict]
SCHEMA_TYPE_UNSPECIFIED: SchemaType
SCHEMA_TYPE_JSON: SchemaType
SCHEMA_TYPE_AVRO: SchemaType
SCHEMA_TYPE_PROTOBUF: SchemaType
SCHEMA_TYPE_THRIFT: SchemaType
SCHEMA_TYPE_PROMPT: SchemaType
COMPATIBILITY_LEVEL_UNSPECIFIED: CompatibilityLevel
COMPATIBILITY_LEVEL_BACKWARD: CompatibilityLevel
COMPATIBILITY_LEVEL_FORWARD: CompatibilityLevel
COMPATIBILITY_LEVEL_FULL: CompatibilityLevel
COMPATIBILITY_LEVEL_TRANSITIVE: CompatibilityLevel
COMPATIBILITY_LEVEL_NONE: CompatibilityLevel
COMPATIBILITY_LEVEL_BACKWARD_TRANSITIVE: CompatibilityLevel
COMPATIBILITY_LEVEL_FORWARD_TRANSITIVE: CompatibilityLevel
COMPATIBILITY_LEVEL_FULL_TRANSITIVE: CompatibilityLevel
VERDICT_UNSPECIFIED: Verdict
VERDICT_COMPATIBLE: Verdict
VERDICT_INCOMPATIBLE: Verdict
VERDICT_UNDECIDED: Verdict

class Schema(_message.Message):
    __slots__ = ("id", "subject", "version", "schema_type", "schema_content", "metadata", "created_at", "compatibility_level", "guid", "sha256", "ordinal", "kind", "verdict", "references", "deprecated", "retired")
    class MetadataEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_TYPE_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_CONTENT_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    COMPATIBILITY_LEVEL_FIELD_NUMBER: _ClassVar[int]
    GUID_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    ORDINAL_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    DEPRECATED_FIELD_NUMBER: _ClassVar[int]
    RETIRED_FIELD_NUMBER: _ClassVar[int]
    id: str
    subject: str
    version: str
    schema_type: SchemaType
    schema_content: bytes
    metadata: _containers.ScalarMap[str, str]
    created_at: _timestamp_pb2.Timestamp
    compatibility_level: CompatibilityLevel
    guid: str
    sha256: str
    ordinal: int
    kind: str
    verdict: Verdict
    references: _containers.RepeatedCompositeFieldContainer[Reference]
    deprecated: str
    retired: str
    def __init__(self, id: _Optional[str] = ..., subject: _Optional[str] = ..., version: _Optional[str] = ..., schema_type: _Optional[_Union[SchemaType, str]] = ..., schema_content: _Optional[bytes] = ..., metadata: _Optional[_Mapping[str, str]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., compatibility_level: _Optional[_Union[CompatibilityLevel, str]] = ..., guid: _Optional[str] = ..., sha256: _Optional[str] = ..., ordinal: _Optional[int] = ..., kind: _Optional[str] = ..., verdict: _Optional[_Union[Verdict, str]] = ..., references: _Optional[_Iterable[_Union[Reference, _Mapping]]] = ..., deprecated: _Optional[str] = ..., retired: _Optional[str] = ...) -> None: ...

class Reference(_message.Message):
    __slots__ = ("name", "subject", "version")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    name: str
    subject: str
    version: str
    def __init__(self, name: _Optional[str] = ..., subject: _Optional[str] = ..., version: _Optional[str] = ...) -> None: ...

class GetSchemaRequest(_message.Message):
    __slots__ = ("id", "subject", "version")
    ID_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    id: str
    subject: str
    version: str
    def __init__(self, id: _Optional[str] = ..., subject: _Optional[str] = ..., version: _Optional[str] = ...) -> None: ...

class GetSchemaResponse(_message.Message):
    __slots__ = ("schema",)
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    schema: Schema
    def __init__(self, schema: _Optional[_Union[Schema, _Mapping]] = ...) -> None: ...

class ListSchemasRequest(_message.Message):
    __slots__ = ("prefix", "schema_type", "kind", "owner", "tags", "all_versions", "without_content")
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_TYPE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    OWNER_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    ALL_VERSIONS_FIELD_NUMBER: _ClassVar[int]
    WITHOUT_CONTENT_FIELD_NUMBER: _ClassVar[int]
    prefix: str
    schema_type: SchemaType
    kind: str
    owner: str
    tags: _containers.RepeatedScalarFieldContainer[str]
    all_versions: bool
    without_content: bool
    def __init__(self, prefix: _Optional[str] = ..., schema_type: _Optional[_Union[SchemaType, str]] = ..., kind: _Optional[str] = ..., owner: _Optional[str] = ..., tags: _Optional[_Iterable[str]] = ..., all_versions: _Optional[bool] = ..., without_content: _Optional[bool] = ...) -> None: ...

class ValidateDataRequest(_message.Message):
    __slots__ = ("schema_id", "data", "strict", "subject", "version", "binary", "request_id")
    SCHEMA_ID_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    STRICT_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    BINARY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    schema_id: str
    data: bytes
    strict: bool
    subject: str
    version: str
    binary: bool
    request_id: str
    def __init__(self, schema_id: _Optional[str] = ..., data: _Optional[bytes] = ..., strict: _Optional[bool] = ..., subject: _Optional[str] = ..., version: _Optional[str] = ..., binary: _Optional[bool] = ..., request_id: _Optional[str] = ...) -> None: ...

class ValidateSchemaRequest(_message.Message):
    __slots__ = ("schema_content", "schema_type", "references")
    class ReferencesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    SCHEMA_CONTENT_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_TYPE_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    schema_content: bytes
    schema_type: SchemaType
    references: _containers.ScalarMap[str, str]
    def __init__(self, schema_content: _Optional[bytes] = ..., schema_type: _Optional[_Union[SchemaType, str]] = ..., references: _Optional[_Mapping[str, str]] = ...) -> None: ...

class ValidationError(_message.Message):
    __slots__ = ("code", "message", "pointer", "schema_pointer", "line", "column", "hint")
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    POINTER_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_POINTER_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    code: str
    message: str
    pointer: str
    schema_pointer: str
    line: int
    column: int
    hint: str
    def __init__(self, code: _Optional[str] = ..., message: _Optional[str] = ..., pointer: _Optional[str] = ..., schema_pointer: _Optional[str] = ..., line: _Optional[int] = ..., column: _Optional[int] = ..., hint: _Optional[str] = ...) -> None: ...

class ValidationWarning(_message.Message):
    __slots__ = ("code", "message", "pointer")
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    POINTER_FIELD_NUMBER: _ClassVar[int]
    code: str
    message: str
    pointer: str
    def __init__(self, code: _Optional[str] = ..., message: _Optional[str] = ..., pointer: _Optional[str] = ...) -> None: ...

class Failure(_message.Message):
    __slots__ = ("status", "message")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    status: str
    message: str
    def __init__(self, status: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class ValidationReport(_message.Message):
    __slots__ = ("valid", "errors", "warnings", "validation_time_ms", "subject", "version", "request_id", "failure")
    VALID_FIELD_NUMBER: _ClassVar[int]
    ERRORS_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    VALIDATION_TIME_MS_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    valid: bool
    errors: _containers.RepeatedCompositeFieldContainer[ValidationError]
    warnings: _containers.RepeatedCompositeFieldContainer[ValidationWarning]
    validation_time_ms: float
    subject: str
    version: str
    request_id: str
    failure: Failure
    def __init__(self, valid: _Optional[bool] = ..., errors: _Optional[_Iterable[_Union[ValidationError, _Mapping]]] = ..., warnings: _Optional[_Iterable[_Union[ValidationWarning, _Mapping]]] = ..., validation_time_ms: _Optional[float] = ..., subject: _Optional[str] = ..., version: _Optional[str] = ..., request_id: _Optional[str] = ..., failure: _Optional[_Union[Failure, _Mapping]] = ...) -> None: ...

class SchemaValidationReport(_message.Message):
    __slots__ = ("valid", "errors", "warnings", "validation_time_ms", "schema_type")
    VALID_FIELD_NUMBER: _ClassVar[int]
    ERRORS_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    VALIDATION_TIME_MS_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_TYPE_FIELD_NUMBER: _ClassVar[int]
    valid: bool
    errors: _containers.RepeatedCompositeFieldContainer[ValidationError]
    warnings: _containers.RepeatedCompositeFieldContainer[ValidationWarning]
    validation_time_ms: float
    schema_type: SchemaType
    def __init__(self, valid: _Optional[bool] = ..., errors: _Optional[_Iterable[_Union[ValidationError, _Mapping]]] = ..., warnings: _Optional[_Iterable[_Union[ValidationWarning, _Mapping]]] = ..., validation_time_ms: _Optional[float] = ..., schema_type: _Optional[_Union[SchemaType, str]] = ...) -> None: ...

class CompatibilityCheckRequest(_message.Message):
    __slots__ = ("subject", "schema_content", "schema_type", "level", "against", "references")
    class ReferencesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_CONTENT_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_TYPE_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    AGAINST_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    subject: str
    schema_content: bytes
    schema_type: SchemaType
    level: CompatibilityLevel
    against: _containers.RepeatedScalarFieldContainer[str]
    references: _containers.ScalarMap[str, str]
    def __init__(self, subject: _Optional[str] = ..., schema_content: _Optional[bytes] = ..., schema_type: _Optional[_Union[SchemaType, str]] = ..., level: _Optional[_Union[CompatibilityLevel, str]] = ..., against: _Optional[_Iterable[str]] = ..., references: _Optional[_Mapping[str, str]] = ...) -> None: ...

class CompatibilityViolation(_message.Message):
    __slots__ = ("rule", "severity", "message", "direction", "against", "writer_pointer", "reader_pointer", "witness_json", "change_class")
    RULE_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    AGAINST_FIELD_NUMBER: _ClassVar[int]
    WRITER_POINTER_FIELD_NUMBER: _ClassVar[int]
    READER_POINTER_FIELD_NUMBER: _ClassVar[int]
    WITNESS_JSON_FIELD_NUMBER: _ClassVar[int]
    CHANGE_CLASS_FIELD_NUMBER: _ClassVar[int]
    rule: str
    severity: str
    message: str
    direction: str
    against: str
    writer_pointer: str
    reader_pointer: str
    witness_json: bytes
    change_class: str
    def __init__(self, rule: _Optional[str] = ..., severity: _Optional[str] = ..., message: _Optional[str] = ..., direction: _Optional[str] = ..., against: _Optional[str] = ..., writer_pointer: _Optional[str] = ..., reader_pointer: _Optional[str] = ..., witness_json: _Optional[bytes] = ..., change_class: _Optional[str] = ...) -> None: ...

class CompatibilityReport(_message.Message):
    __slots__ = ("compatible", "level", "violations", "compared_versions", "verdict", "report_json")
    COMPATIBLE_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    VIOLATIONS_FIELD_NUMBER: _ClassVar[int]
    COMPARED_VERSIONS_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    REPORT_JSON_FIELD_NUMBER: _ClassVar[int]
    compatible: bool
    level: CompatibilityLevel
    violations: _containers.RepeatedCompositeFieldContainer[CompatibilityViolation]
    compared_versions: _containers.RepeatedScalarFieldContainer[str]
    verdict: Verdict
    report_json: bytes
    def __init__(self, compatible: _Optional[bool] = ..., level: _Optional[_Union[CompatibilityLevel, str]] = ..., violations: _Optional[_Iterable[_Union[CompatibilityViolation, _Mapping]]] = ..., compared_versions: _Optional[_Iterable[str]] = ..., verdict: _Optional[_Union[Verdict, str]] = ..., report_json: _Optional[bytes] = ...) -> None: ...

class RegisterSchemaRequest(_message.Message):
    __slots__ = ("subject", "schema_content", "schema_type", "metadata", "compatibility_level")
    class MetadataEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_CONTENT_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_TYPE_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    COMPATIBILITY_LEVEL_FIELD_NUMBER: _ClassVar[int]
    subject: str
    schema_content: bytes
    schema_type: SchemaType
    metadata: _containers.ScalarMap[str, str]
    compatibility_level: CompatibilityLevel
    def __init__(self, subject: _Optional[str] = ..., schema_content: _Optional[bytes] = ..., schema_type: _Optional[_Union[SchemaType, str]] = ..., metadata: _Optional[_Mapping[str, str]] = ..., compatibility_level: _Optional[_Union[CompatibilityLevel, str]] = ...) -> None: ...

class RegisterSchemaResponse(_message.Message):
    __slots__ = ("id", "version")
    ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    id: str
    version: str
    def __init__(self, id: _Optional[str] = ..., version: _Optional[str] = ...) -> None: ...

class StreamRequest(_message.Message):
    __slots__ = ("after", "subject")
    AFTER_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    after: str
    subject: str
    def __init__(self, after: _Optional[str] = ..., subject: _Optional[str] = ...) -> None: ...

class SchemaChangeEvent(_message.Message):
    __slots__ = ("id", "type", "subject", "version", "time", "data_json")
    ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    DATA_JSON_FIELD_NUMBER: _ClassVar[int]
    id: str
    type: str
    subject: str
    version: str
    time: _timestamp_pb2.Timestamp
    data_json: bytes
    def __init__(self, id: _Optional[str] = ..., type: _Optional[str] = ..., subject: _Optional[str] = ..., version: _Optional[str] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., data_json: _Optional[bytes] = ...) -> None: ...
