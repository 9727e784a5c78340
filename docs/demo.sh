#!/bin/sh
# A tour in a scratch repository: a green registry, a change that breaks, what stops it, and how to break on purpose.
# Run it with `make demo`, or with llmreg on PATH: `sh docs/demo.sh`. Needs no network and leaves nothing behind.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

# The scratch repository is nobody's: own identity, no settings, and no hook's variables.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_PREFIX PRE_COMMIT_FROM_REF PRE_COMMIT_TO_REF GITHUB_BASE_REF \
    CI_MERGE_REQUEST_DIFF_BASE_SHA 2>/dev/null || true
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=demo GIT_AUTHOR_EMAIL=demo@example.invalid
export GIT_COMMITTER_NAME=demo GIT_COMMITTER_EMAIL=demo@example.invalid

if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold='' plain=''; fi
heading() { printf '\n%s# %s%s\n' "$bold" "$1" "$plain"; }

# expect STATUS COMMAND…: show the command, run it, and stop the demo when it ends otherwise
expect() {
    wanted=$1
    shift
    printf '$ %s\n' "$*"
    status=0
    "$@" || status=$?
    if [ "$status" -ne "$wanted" ]; then
        printf 'the demo expected exit status %s, not %s\n' "$wanted" "$status" >&2
        exit 1
    fi
}

cp -R "$here/example-registry/." "$scratch"
cd "$scratch"
git init -q
git symbolic-ref HEAD refs/heads/main
git add -A
git commit -q -m 'The registry of a support assistant'

heading 'A registry of 16 subjects: every version of every one is checked'
printf '$ llmreg check --all\n'
llmreg check --all >"$scratch/.git/all"
tail -n 1 "$scratch/.git/all"

heading 'Somebody lowers a limit: the tool shall return at most 10 passages, not 20'
schema=subjects/tools/search-docs/schema.json
sed 's/"maximum": 20/"maximum": 10/' "$schema" >"$schema.new"
mv "$schema.new" "$schema"
git --no-pager diff --no-color -U0 -- "$schema" | tail -n 2

heading 'The check blocks it, and shows the call that would fail'
expect 1 llmreg check

heading 'It cannot be registered by accident'
printf '$ llmreg register tools/search-docs\n'
if llmreg register tools/search-docs >"$scratch/.git/refused"; then
    echo 'the demo expected a refusal' >&2
    exit 1
fi
tail -n 1 "$scratch/.git/refused"

heading 'On purpose it can: a new major version'
expect 0 llmreg register tools/search-docs --bump major --commit

heading 'And the history says so'
expect 0 llmreg log tools/search-docs
