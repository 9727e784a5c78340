"""The nouns: frozen values and pure functions on them; no file, process or network is touched."""
