"""jsoncompat, jsonsubschema, jsonschema-rs, Apache's avro and buf beside llmreg: verdicts and time, on the same pairs.

python -m venv /tmp/peers && /tmp/peers/bin/pip install . -r benchmarks/peers/requirements.txt
/tmp/peers/bin/python -m benchmarks.peers [--formats json avro protobuf] [--corpora FOLDER]

The pairs are the rule cases of this repository, each way. They were made to show llmreg's rules, so a peer that asks
another question looks worse on them than in use; FOLDER, with `jsonschema/*.jsonl` and `avro/*.jsonl`, adds other
people's. A peer that is not installed is left out and named.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.peers import avro, json_schema, protobuf


def main() -> None:
    """Read the arguments and run each format."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--formats", nargs="+", default=["json", "avro", "protobuf"])
    parser.add_argument("--corpora", type=Path)
    parser.add_argument("--files", nargs="+", metavar="NAME", help="only these files of the corpora, without .jsonl")
    parser.add_argument("--seconds", type=float, default=10.0, help="limit for each peer and pair of JSON Schemas")
    options = parser.parse_args()
    if "json" in options.formats:
        json_schema.run(options.corpora and options.corpora / "jsonschema", options.files, options.seconds)
    if "avro" in options.formats:
        avro.run(options.corpora and options.corpora / "avro", options.files)
    if "protobuf" in options.formats:
        protobuf.run()


if __name__ == "__main__":
    main()
