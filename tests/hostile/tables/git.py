"""Git itself as the weapon: configuration that runs programs, revisions like options, replaced objects, leaked
variables."""

from __future__ import annotations

from tests.hostile.case import Case

# what a checkout's own configuration can name as a program
_SETTINGS = (
    *("core.fsmonitor", "core.pager", "core.sshCommand", "core.gitProxy", "core.editor", "core.askPass"),
    *("filter.x.clean", "filter.x.smudge", "filter.x.process", "diff.x.command", "diff.x.textconv", "diff.external"),
    *("gpg.program", "gpg.ssh.program", "credential.helper", "sequence.editor", "interactive.diffFilter"),
    *("pager.rev-parse", "pager.ls-tree", "pager.cat-file", "remote.origin.uploadpack", "remote.origin.vcs"),
    *("merge.x.driver", "uploadpack.packObjectsHook", "browser.x.cmd", "man.x.cmd", "trailer.x.command"),
)
_HOSTILE = """
printf '* filter=x diff=x merge=x\\n' > .gitattributes
mkdir hooks && for hook in pre-commit post-index-change reference-transaction post-checkout fsmonitor-watchman; do
  ln -s <trap> hooks/$hook; ln -s ../hooks/$hook .git/hooks/$hook 2>/dev/null || true; done
git config core.hooksPath "$PWD/hooks"
git config core.untrackedCache true
git config extensions.partialClone origin
git config remote.origin.promisor true
git config remote.origin.url "ext::<trap> %S"
git config protocol.allow always
git config protocol.ext.allow always
git config log.showSignature true
git config include.path <base>/more
git config includeIf.onbranch:main.path <base>/more
printf '[core]\\n\\tfsmonitor = <trap>\\n' > <base>/more
git config submodule.x.update '!<trap>'
git config url.ext::.insteadOf https
""" + "".join(
    f"git config {key} <trap>\n"
    for key in _SETTINGS
    + tuple(
        f"alias.{name}"
        for name in ("rev-parse", "ls-tree", "cat-file", "diff-index", "diff-tree", "merge-base", "rev-list")
    )
)
_READING: dict[str, tuple[tuple[str, ...], tuple[int, ...]]] = {
    "check": (("check",), (0, 1)),
    "check --staged": (("check", "--staged"), (0, 1)),
    "check --all": (("check", "--all"), (0, 1)),
    "check --against": (("check", "--against", "HEAD~0"), (0, 1)),
    "check of a loose file": (("check", "--against", "HEAD", "loose.json"), (0, 1)),
    "diff": (("diff", "HEAD:loose.json", "loose.json"), (0, 1)),
    "log": (("log", "good"), (0,)),
    "show": (("show", "good@1.0.0", "--rev", "HEAD"), (0,)),
    "list": (("list",), (0,)),
    "search": (("search", "good"), (0,)),
    "verify": (("verify",), (0, 1, 2)),
    "doctor": (("doctor",), (0, 1)),
    "impact": (("impact",), (0, 1)),
    "explain": (("explain", "good"), (0, 1, 2)),
}
_REVISIONS = (
    *("--upload-pack=<trap>", "-c", "-cfsmonitor=<trap>", "--output=<base>/sprung", "--exec=<trap>", "--", "-"),
    *("main --", "main -- x", "HEAD..main", "HEAD...main", "^HEAD", "HEAD^@", "HEAD^!", "HEAD^-", "--all", "main main"),
    *("@{-1}", "@{u}", "HEAD@{1.day.ago}", "HEAD@{99999999999999999999}", ":path", ":0:x", ":/first", "HEAD:subjects"),
    *("HEAD^{/first}", "HEAD^{tree}", "HEAD^{", "HEAD~99999999999999999999", "HEAD^^^^^", "", " ", "\t", "HEAD\n"),
    *(
        "HEAD\nmain",
        "$(touch <base>/sprung)",
        "`touch <base>/sprung`",
        "; touch <base>/sprung",
        "| touch <base>/sprung",
    ),
    *("refs/heads/../../etc", "../../../etc/passwd", "/etc/passwd", "main.lock", "a\\b", "*", "?", "[a]", "~", "^"),
    *("\u202emain", "m\u00e4in", "\ud83d\ude00", "\x1b[31m", "0" * 40, "0" * 64, "f" * 39, "x" * 100_000, "~" * 5000),
)
CASES: dict[str, Case] = {
    **{
        f"a configuration that runs programs: {name}": Case(
            run,
            {"loose.json": {"type": "object"}},
            exit=statuses,
            good=True,
            cpu=60,
            git=(
                ("add", "loose.json"),
                ("-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "x"),
                ("sh", _HOSTILE),
            ),
        )
        for name, (run, statuses) in _READING.items()
    },
    **{
        f"the revision {revision[:40]!r}": Case(
            ("check", f"--against={revision}"),
            exit=(0, 2) if revision.startswith("HEAD@{") else 2,
            good=True,
            never=("fatal:",),
        )
        for revision in _REVISIONS
    },
    "a side of diff that is an option": Case(("diff", "--", "--output=<base>/sprung:x", "-c:y"), good=True),
    "a side of diff below .git": Case(("diff", "HEAD:.git/config", "HEAD:../outside.json"), good=True),
    "a tag pattern that is an option": Case(
        ("check", "--against-tags=--format=%(if)x", "subjects/good/schema.json"), exit=(0, 1, 2), good=True
    ),
    "a remembered object replaced": Case(
        ("show", "good@1.0.0", "--rev", "HEAD"),
        good=True,
        exit=0,
        says=("first",),
        raw=True,
        git=(
            (
                "sh",
                "id=$(git rev-parse HEAD:subjects/good/versions/1.0.0.json); "
                "git replace $id $(git hash-object -w <base>/outside.json)",
            ),
        ),
        never=("outside",),
    ),
    "a graft": Case(
        ("check", "--against", "HEAD"),
        good=True,
        exit=0,
        git=(("sh", 'mkdir -p .git/info; echo "$(git rev-parse HEAD)" > .git/info/grafts'),),
    ),
    "alternates that are not there": Case(
        ("check", "--against", "HEAD"),
        good=True,
        exit=(0, 1, 2),
        git=(
            (
                "sh",
                "mkdir -p .git/objects/info; printf '/nowhere\\n/dev/zero\\n../../x\\n' > .git/objects/info/alternates",
            ),
        ),
    ),
    "alternates in a circle": Case(
        ("check", "--against", "HEAD"),
        good=True,
        exit=(0, 1, 2),
        git=(("sh", 'mkdir -p .git/objects/info; echo "$PWD/.git/objects" > .git/objects/info/alternates'),),
    ),
    "a .git file that points nowhere": Case(
        ("check",), registry=True, git=(("sh", "rm -rf .git; echo 'gitdir: /nowhere' > .git"),)
    ),
    "a .git file that points at itself": Case(("check",), git=(("sh", "rm -rf .git; echo 'gitdir: .git' > .git"),)),
    "a .git that is a device": Case(("check",), exit=(0, 2), git=(("sh", "rm -rf .git; ln -s /dev/zero .git"),)),
    "a .git of 30 MB": Case(("check",), git=(("sh", "rm -rf .git; head -c 30000000 /dev/zero > .git"),)),
    "a repository inside that is bare": Case(
        ("-C", "subjects/inner.git", "check"),
        good=True,
        exit=(0, 1, 2),
        git=(
            (
                "sh",
                "git init -q --bare --template= subjects/inner.git; "
                "git -C subjects/inner.git config core.fsmonitor <trap>"
                "; echo 'registry: 1' > subjects/inner.git/llmreg.yaml",
            ),
        ),
    ),
    "a repository inside that is not": Case(
        ("check", "--all"),
        good=True,
        exit=1,
        says=("submodule",),
        git=(("sh", "git init -q --template= subjects/inner; git -C subjects/inner config core.fsmonitor <trap>"),),
    ),
    "a configuration that is none": Case(("check",), good=True, git=(("sh", "echo '[core' > .git/config"),)),
    "a repository of a future version": Case(
        ("check",), good=True, git=(("sh", "git config core.repositoryformatversion 9"),)
    ),
    "an unknown extension": Case(
        ("check",),
        good=True,
        git=(("sh", "git config core.repositoryformatversion 1; git config extensions.evil true"),),
    ),
    "an index that is none": Case(
        ("check", "--staged"), good=True, git=(("sh", "head -c 5000 /dev/zero > .git/index"),)
    ),
    "an index that is cut": Case(
        ("check", "--staged"), good=True, git=(("sh", "head -c 60 .git/index > x; mv x .git/index"),)
    ),
    "a HEAD that is none": Case(("check",), good=True, exit=(0, 1, 2), git=(("sh", "echo evil > .git/HEAD"),)),
    "a HEAD that refers to itself": Case(
        ("check",),
        good=True,
        exit=(0, 1, 2),
        git=(("sh", "echo 'ref: refs/heads/x' > .git/HEAD; echo 'ref: refs/heads/x' > .git/refs/heads/x"),),
    ),
    "packed objects that are torn": Case(
        ("check", "--against", "HEAD"),
        good=True,
        exit=(1, 2),
        git=(
            (
                "sh",
                "git gc -q; chmod u+w .git/objects/pack/*.pack; "
                "for f in .git/objects/pack/*.pack; do head -c 40 $f > x; mv x $f; done",
            ),
        ),
    ),
    "an object whose bytes are others": Case(
        ("show", "good@1.0.0", "--rev", "HEAD"),
        good=True,
        exit=(1, 2),
        raw=True,
        git=(
            (
                "sh",
                "id=$(git rev-parse HEAD:subjects/good/versions/1.0.0.json); f=.git/objects/$(echo $id | cut -c1-2)/"
                "$(echo $id | cut -c3-); chmod u+w $f; echo evil > $f",
            ),
        ),
    ),
    **{
        f"{name} leaked": Case(("check",), good=True, exit=(0, 1), env={name: value})
        for name, value in {
            "GIT_DIR": "<base>/nowhere",
            "GIT_WORK_TREE": "<base>",
            "GIT_INDEX_FILE": "<base>/outside.json",
            "GIT_OBJECT_DIRECTORY": "<base>/nowhere",
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": "/dev/zero:<base>",
            "GIT_EXTERNAL_DIFF": "<trap>",
            "GIT_PAGER": "<trap>",
            "GIT_EDITOR": "<trap>",
            "GIT_PROXY_COMMAND": "<trap>",
            "GIT_TRACE": "<base>/sprung",
            "GIT_TRACE2": "<base>/sprung",
            "GIT_TRACE_SETUP": "<base>/sprung",
            "GIT_CONFIG_PARAMETERS": "'core.fsmonitor=<trap>'",
            "GIT_CONFIG": "<base>/outside.json",
            "GIT_NAMESPACE": "evil",
            "GIT_LITERAL_PATHSPECS": "0",
            "GIT_COMMON_DIR": "<base>/nowhere",
            "GIT_REPLACE_REF_BASE": "refs/heads",
            "GIT_GRAFT_FILE": "<base>/outside.json",
            "GIT_SHALLOW_FILE": "<base>/outside.json",
            "GIT_DEFAULT_HASH": "evil",
            "GIT_ATTR_SOURCE": "HEAD",
        }.items()
    },
}
