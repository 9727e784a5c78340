#!/bin/sh
# Installs a built wheel or source archive into a clean virtual environment and works with it: sh tests/try_dist.sh FILE
set -eu
package=$(realpath "$1")
registry=$(realpath "$(dirname "$0")/../example-registry")
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
${PYTHON:-python3} -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$package"
PATH="$place/venv/bin:$PATH"
cp -r "$registry" "$place/registry"
cd "$place/registry"
git init --quiet --initial-branch main
git add --all
git -c user.name=test -c user.email=test@example.org commit --quiet --message 'The example'
llmreg --version
llmreg check --all | tail -n 1
llmreg export-tool tools/search-docs --provider openai --strict | tail -n 1
llmreg rules | tail -n 1
llmreg export --out "$place/build" --html | tail -n 1
python -c 'import llmreg; print(llmreg.compare("{}", "{\"type\": \"string\"}", format="json", mode="BACKWARD").ok)'
