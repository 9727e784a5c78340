"""Prompt templates against the sandbox: what they reach, how long they run, how much they make."""

from __future__ import annotations

from tests.hostile.case import Case, Content

_MACRO = "{% macro m() %}"
_REFUSED: dict[str, str] = {
    "the classes of a text": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "mro by a filter": "{{ x|attr('__class__')|attr('__mro__') }}",
    "a name made of pieces": "{{ x['__cl' ~ 'ass__'] }}",
    "a name made by a format": "{{ x|attr('%s%s'|format('__cla', 'ss__')) }}",
    "a name in escapes": "{{ x|attr('\\x5f\\x5fclass\\x5f\\x5f') }}",
    "a name given by a filter": "{{ x|map(attribute='__class__')|list }}",
    "a name given by groupby": "{{ [x]|groupby('__class__') }}",
    "the globals of cycler": "{{ cycler.__init__.__globals__.os.system('touch <base>/sprung') }}",
    "the globals of joiner": "{{ joiner.__init__.__globals__ }}",
    "the globals of namespace": "{{ namespace.__init__.__globals__ }}",
    "the globals of lipsum": "{{ lipsum.__globals__['os'].popen('touch <base>/sprung').read() }}",
    "the template itself": "{{ self.__init__.__globals__ }}",
    "the template's internals": "{{ self._TemplateReference__context }}",
    "the loop's internals": "{% for i in [1] %}{{ loop.__init__.__globals__ }}{% endfor %}",
    "a function's globals": "{{ range.__call__.__self__ }}",
    "a code object": _MACRO + "{% endmacro %}{{ m.__code__ }}",
    "a macro's function": _MACRO + "{% endmacro %}{{ m._func.__globals__ }}",
    "a caller's globals": _MACRO + "{{ caller.__init__.__globals__ }}{% endmacro %}{% call m() %}{% endcall %}",
    "a format string": "{{ '{0.__class__.__init__.__globals__}'.format(x) }}",
    "a format map": "{{ '{x.__class__}'.format_map({'x': x}) }}",
    "an import": "{% import 'os' as os %}{{ os.system('touch <base>/sprung') }}",
    "an include": "{% include '/etc/passwd' %}",
    "an include by variable": "{% include x %}",
    "a parent": "{% extends '../../../etc/passwd' %}",
    "a do": "{% do x.append(1) %}",
    "a debug tag": "{% debug %}",
    "the config": "{{ config.items() }}",
    "the request": "{{ request.application.__globals__ }}",
    "builtins": "{{ __builtins__.open('/etc/passwd').read() }}",
    "undefined's globals": "{{ nothing.__init__.__globals__ }}",
}
_LONG: dict[str, str] = {
    "a range of 10^9": "{% for i in range(10**9) %}x{% endfor %}",
    "loops in loops": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "a text of 10^10": "{{ 'a' * 10**10 }}",
    "a text doubled": "{% set n = namespace(t='aaaaa') %}{% for i in range(99) %}{% set n.t = n.t ~ n.t %}{% endfor %}",
    "a power": "{{ 9 ** 9 ** 9 }}",
    "a shift": "{{ '%0999999999d' % 1 }}",
    "a wide field": "{{ '%*d' % (999999999, 1) }}",
    "a wide format": "{{ '{:>9999999999}'.format(x) }}",
    "a centred text": "{{ 'x'|center(9999999999) }}",
    "an indented text": "{{ x|indent(9999999999, true) }}",
    "a wide tojson": "{{ [[[]]]|tojson(999999999) }}",
    "a batch filled up": "{{ [1]|batch(10**9, 'x')|list }}",
    "recursion of macros": _MACRO + "{{ m() }}{% endmacro %}{{ m() }}",
    "recursion of a loop": "{% for i in [[1]] recursive %}{{ loop([i]) }}{% endfor %}",
    "macros that call each other": _MACRO + "{{ n() }}{% endmacro %}{% macro n() %}{{ m() }}{% endmacro %}{{ m() }}",
    "5,000 open brackets": "{{ " + "[" * 5000 + "]" * 5000 + " }}",
    "5,000 open blocks": "{% if x %}" * 5000 + "{% endif %}" * 5000,
    "5,000 filters": "{{ x" + "|upper" * 5000 + " }}",
    "a sum of 20,000 terms": "{{ " + "+".join(["1"] * 20_000) + " }}",
    "an unclosed comment": "{#" * 10_000,
    "a regex in urlize": "{{ ('www.' ~ '.' * 50000 ~ 'a')|urlize }}",
    "striptags": "{{ ('<' * 50000)|striptags }}",
    "wordwrap": "{{ ('a' * 90000)|wordwrap(1) }}",
}
_ENGINES: dict[str, tuple[str, str]] = {
    "format: attributes": ("format", "{x.__class__.__init__.__globals__}"),
    "format: items of attributes": ("format", "{x[__class__]}"),
    "format: a wide field": ("format", "{x:>99999999999}"),
    "format: a field in a field": ("format", "{x:{x:{x}}}"),
    "format: a conversion": ("format", "{x!r:.99999999999}"),
    "format: 10,000 braces": ("format", "{" * 10_000),
    "mustache: a partial": ("mustache", "{{> /etc/passwd}}"),
    "mustache: attributes": ("mustache", "{{x.__class__.__mro__}}"),
    "mustache: a delimiter that never ends": ("mustache", "{{=" + "<" * 10_000),
    "mustache: 5,000 sections": ("mustache", "{{#x}}" * 5000 + "{{/x}}" * 5000),
    "mustache: a lambda": ("mustache", "{{#x}}{{.}}{{/x}}"),
    "an engine that is unknown": ("os.system", "x"),
}
_VARIABLES: dict[str, Content] = {
    "subjects/vars/subject.yaml": "format: json\nkind: prompt-variables\n",
    "subjects/vars/schema.json": {"type": "object", "properties": {"x": {"type": "string"}}, "required": ["x"]},
}


def _prompt(text: str, engine: str = "jinja2") -> dict[str, Content]:
    config = f"format: prompt\nkind: prompt\nengine: {engine}\nvariables: vars\n"
    return {**_VARIABLES, "subjects/p/subject.yaml": config, "subjects/p/schema.jinja": text}


# the sandbox gives nothing for them, which is no mistake of the template
_NOTHING = ("a name given by a filter", "a name given by groupby")
_SECRETS = ("root:", "<class", "object at 0x", "subprocess", "GIT_CONFIG_GLOBAL")
CASES: dict[str, Case] = {
    **{
        f"{name}: {command[0]}": Case(
            command, _prompt(text), exit=(0, 1, 2) if name in _NOTHING else (1, 2), never=_SECRETS
        )
        for name, text in _REFUSED.items()
        for command in (("check",),)
    },
    **{f"{name}: check": Case(("check",), _prompt(text), exit=(0, 1, 2), cpu=60) for name, text in _LONG.items()},
    **{
        f"{name}": Case(("check",), _prompt(text, engine), exit=(0, 1, 2), cpu=60, never=_SECRETS)
        for name, (engine, text) in _ENGINES.items()
    },
}
