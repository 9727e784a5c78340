"""Write the Python code of `schema_registry.proto` beside it.

Run it from the repository's root: `python -m tests.generate_grpc` (`make grpc`). A test fails when a file does not
equal what this would write.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from grpc_tools import protoc

SOURCE = Path(__file__).parent.parent / "src"
PROTO = "llmreg/server/grpc/schema_registry.proto"
WELL_KNOWN = Path(protoc.__file__).parent / "_proto"


def files() -> dict[Path, str]:
    """Path below `src` → text, of each generated file."""
    with tempfile.TemporaryDirectory() as folder:
        outputs = [f"--{kind}_out={folder}" for kind in ("python", "pyi", "grpc_python")]
        status = protoc.main(["protoc", f"-I{SOURCE}", f"-I{WELL_KNOWN}", *outputs, PROTO])
        if status != 0:
            raise SystemExit(f"protoc refuses {PROTO} (status {status})")
        made = sorted(Path(folder).rglob("*.py*"))
        return {file.relative_to(folder): file.read_text(encoding="utf-8") for file in made}


def main() -> None:
    """Write every file whose text differs, and say which."""
    for path, text in files().items():
        target = SOURCE / path
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")
            print(f"wrote {path}")


if __name__ == "__main__":
    main()
