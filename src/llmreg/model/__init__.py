"""The nouns: frozen values and pure functions on them; no file of anybody, no process, no network is touched."""
