"""What makes it a registry for language models: profiles, exports, prompts, bindings, sources, code."""
