"""The documentation says what is so: generated pages are fresh, links lead somewhere, what is shown was run."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests import generate_docs, transcript

from llmreg.cli import tree

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("example-registry/*.md")])
PLAYED = (
    "README.md",
    "docs/guides/start.md",
    "docs/guides/pre-commit.md",
    "docs/guides/protobuf-trees.md",
    "docs/guides/prompts.md",
    "docs/guides/support-assistant.md",
)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@functools.cache
def _generated() -> dict[Path, str]:
    return generate_docs.pages()


@pytest.mark.parametrize("path", sorted(_generated()), ids=str)
def test_generated_page_is_fresh(path: Path) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == _generated()[path], "stale: run `make docs`"


def test_no_page_of_a_rule_or_format_is_left_over() -> None:
    assert {path.relative_to(ROOT) for path in (ROOT / "docs/reference/rules").iterdir()} <= set(_generated())


@pytest.mark.parametrize("command", tree.command_paths())
def test_every_command_has_help_with_examples(command: str) -> None:
    text = generate_docs.help_text(command)
    summary = text.split("\n\n")[1].strip()
    assert summary.endswith((".", ":")), summary
    examples = text.partition("Examples:")[2]
    assert f"llmreg {command}" in examples, text
    bare = [line for line in text.splitlines() if re.fullmatch(r" {2}(-\w, )?--[\w-]+( \S+)?", line)]
    assert not [line for line in bare if not _continued(text, line)], "options without help"


def _continued(text: str, line: str) -> bool:
    """Whether an option's help stands on the next line, as it does for long names."""
    after = text.partition(f"{line}\n")[2]
    return after.startswith(" " * 10)


@functools.cache
def _anchors(path: Path) -> set[str]:
    text = _FENCED.sub("", path.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in _LINK.findall(_FENCED.sub("", page.read_text(encoding="utf-8"))):
        place, _, anchor = target.partition("#")
        if ":" in place:
            continue
        linked = (page.parent / place).resolve() if place else page
        if not linked.exists() or (anchor and linked.suffix == ".md" and anchor not in _anchors(linked)):
            broken.append(target)
    assert not broken


def test_every_page_is_reachable_from_the_index() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md" or not page.exists():
            continue
        seen.add(page)
        links = _LINK.findall(_FENCED.sub("", page.read_text(encoding="utf-8")))
        waiting += [(page.parent / link.partition("#")[0]).resolve() for link in links if ":" not in link]
    assert not [_name(page) for page in PAGES if page not in seen]


@pytest.mark.parametrize("name", PLAYED)
def test_what_a_page_shows_is_what_happens(name: str, tmp_path: Path) -> None:
    page = (ROOT / name).read_text(encoding="utf-8")
    if "cp -r example-registry" in page:
        shutil.copytree(ROOT / "example-registry", tmp_path / "example-registry")
    for step, printed in transcript.play(page, tmp_path):
        if step.expected is not None:
            assert transcript.matches(step.expected, printed), f"$ {step.command}\n{printed}"


def test_the_demo_ends_well_and_shows_what_the_readme_shows(tmp_path: Path) -> None:
    done = subprocess.run(
        ["sh", str(ROOT / "docs" / "demo.sh")],
        check=False,
        cwd=tmp_path,
        env=transcript.environment(tmp_path),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    first = transcript.blocks((ROOT / "README.md").read_text(encoding="utf-8"), "console")[0]
    assert transcript.plain(first) in transcript.plain(done.stdout)


def test_the_python_guide_runs(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "guides" / "python-api.md").read_text(encoding="utf-8")
    program = "\n".join(transcript.blocks(text, "python"))
    done = subprocess.run([sys.executable, "-c", program], check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_yaml_and_json_blocks_can_be_read(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for body in transcript.blocks(text, "yaml"):
        list(yaml.safe_load_all(body))


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_commands_in_prose_exist(page: Path) -> None:
    """`llmreg word` in a page is a command of the program."""
    text = page.read_text(encoding="utf-8")
    code = "\n".join([*_FENCED.findall(text), *re.findall(r"`([^`\n]+)`", _FENCED.sub("", text))])
    named = set(re.findall(r"^\s*(?:\$ |- run: )?llmreg(?: -C \S+)? ([a-z][a-z-]+)", code, re.MULTILINE))
    assert named <= set(tree.command_names())
