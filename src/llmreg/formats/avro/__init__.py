"""Avro (specification 1.12): `.avsc` schemas, parsed strictly by llmreg's own parser."""

from __future__ import annotations

from llmreg.formats.avro.format import AvroFormat

FORMAT = AvroFormat()
