"""Figures for the JSON Schema verdicts: docs/explain/benchmarks-json-schema.md tells what they say."""
