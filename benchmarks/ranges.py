"""Version ranges against node's own `semver`, on random pairs of a range and a version.

python -m benchmarks.ranges [--pairs 10000] [--seed 1] [--semver FOLDER]

`semver` is npm's package; npm carries one itself. Prints the number of pairs, of disagreements, and the first of them.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from llmreg.model.range import Range
from llmreg.model.version import Version

_SCRIPT = """
const semver = require(process.argv[1]);
const pairs = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const answer = ([range, version]) => semver.validRange(range) === null ? null : semver.satisfies(version, range);
console.log(JSON.stringify({version: require(process.argv[1] + '/package.json').version, answers: pairs.map(answer)}));
"""
_PRERELEASES = ("", "", "", "", "-0", "-alpha", "-alpha.1", "-beta.2", "-rc.1", "-1.x-y")
_SIGNS = ("", "", "^", "~", ">", ">=", "<", "<=", "=", "~>", "^ ", "> ", ">= ", "v")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--semver", type=Path, default=None, help="the package's folder; npm's own when not given")
    options = parser.parse_args()
    folder = options.semver or _with_npm()
    node = shutil.which("node")
    if node is None or folder is None:
        sys.exit("node and npm's semver are needed: name the package's folder with --semver")
    pairs = list(_pairs(random.Random(options.seed), options.pairs))
    done = subprocess.run(
        [node, "-e", _SCRIPT, str(folder)], input=json.dumps(pairs), capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    wrong = [
        (pair, theirs, ours)
        for pair, theirs in zip(pairs, told["answers"], strict=True)
        if (ours := _answer(*pair)) != theirs
    ]
    counts = {answer: told["answers"].count(answer) for answer in (True, False, None)}
    print(
        f"semver {told['version']}: {len(pairs)} pairs ({counts[True]} match, {counts[False]} do not, "
        f"{counts[None]} ranges refused), {len(wrong)} disagreements"
    )
    for (text, version), theirs, ours in wrong[:20]:
        print(f"  {text!r} {version}: node says {theirs}, llmreg {ours}")
    sys.exit(1 if wrong else 0)


def _with_npm() -> Path | None:
    npm = shutil.which("npm")
    found = [parent / "node_modules/semver" for parent in Path(npm).resolve().parents] if npm else []
    return next((folder for folder in found if folder.is_dir()), None)


def _answer(text: str, version: str) -> bool | None:
    try:
        return Range.parse(text).matches(Version.parse(version))
    except ValueError:
        return None


def _pairs(chance: random.Random, count: int) -> Iterator[tuple[str, str]]:
    for _ in range(count):
        yield _range(chance), _full(chance)


def _full(chance: random.Random) -> str:
    return ".".join(str(chance.choice((0, 0, 1, 1, 2, 3, 10))) for _ in range(3)) + chance.choice(_PRERELEASES)


def _partial(chance: random.Random) -> str:
    parts = [str(chance.choice((0, 1, 1, 2, 3))) for _ in range(chance.choice((1, 2, 3, 3, 3)))]
    if chance.random() < 0.15:
        parts[chance.randrange(len(parts))] = chance.choice("xX*")
    return ".".join(parts) + (chance.choice(_PRERELEASES) if len(parts) == 3 else "")


def _set(chance: random.Random) -> str:
    if chance.random() < 0.12:
        return f"{_partial(chance)} - {_partial(chance)}"
    words = (chance.choice(_SIGNS) + _partial(chance) for _ in range(chance.choice((1, 1, 1, 2, 2, 3))))
    return " ".join(words)


def _range(chance: random.Random) -> str:
    if chance.random() < 0.03:
        return chance.choice(("", "*", "x", ">=0.0.0", "1.2.3 ||", "|| 2"))
    return " || ".join(_set(chance) for _ in range(chance.choice((1, 1, 1, 1, 2, 3))))


if __name__ == "__main__":
    main()
