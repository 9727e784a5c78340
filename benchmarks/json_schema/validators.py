"""Stock validators, used without llmreg's own wrapping: they look once more at every witness and every proof."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any


def fast(text: str, draft: str) -> Any:
    """A compiled jsonschema-rs validator, exact numbers, formats as annotations, offline."""
    import jsonschema_rs

    kinds = {
        "draft4": jsonschema_rs.Draft4Validator,
        "draft6": jsonschema_rs.Draft6Validator,
        "draft7": jsonschema_rs.Draft7Validator,
        "2019-09": jsonschema_rs.Draft201909Validator,
        "2020-12": jsonschema_rs.Draft202012Validator,
    }
    return kinds[draft](json.loads(text, parse_float=Decimal), offline=True, validate_formats=False)


def plain(text: str, draft: str) -> Any:
    """jsonschema's stock validator, with floats: what a user of that library gets."""
    import jsonschema

    kinds = {
        "draft4": jsonschema.Draft4Validator,
        "draft6": jsonschema.Draft6Validator,
        "draft7": jsonschema.Draft7Validator,
        "2019-09": jsonschema.Draft201909Validator,
        "2020-12": jsonschema.Draft202012Validator,
    }
    return kinds[draft](json.loads(text))


def breaks(writer: Any, reader: Any, document: Any) -> bool | None:
    """Whether the writer's validator accepts the document and the reader's refuses it; None when one cannot say."""
    try:
        return bool(writer.is_valid(document)) and not reader.is_valid(document)
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - native panics are no Exception
        return None


def recheck() -> Any:
    """For a worker: `(writer, writer_draft, reader, reader_draft, documents)` to what each validator says of each."""

    def judge(writer: str, first: str, reader: str, second: str, documents: list[str]) -> list[tuple[Any, Any]]:
        pair = fast(writer, first), fast(reader, second)
        stock = plain(writer, first), plain(reader, second)
        exact = [breaks(*pair, json.loads(document, parse_float=Decimal)) for document in documents]
        return list(zip(exact, (breaks(*stock, json.loads(document)) for document in documents), strict=True))

    return judge
