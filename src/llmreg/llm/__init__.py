"""What makes it a registry for language models, one room for each question.

- `profiles`: what does a provider take? Dated data files, and the engine that reads a schema against them.
- `export`: how is a schema said to a provider, and what does an answer mean? The projection and its inverse.
- `prompts`: does a template hold for the variables that it is given?
- `bindings`: which versions does a model read and write, do they fit, and whom does a change reach?
- `mcp`: what changed in the tools of a server?
- `sources` and `codegen`: a schema from code, and code from a schema.

`bindings` stand above `prompts` and `export`, these above `profiles`; the others know none of them.
"""
