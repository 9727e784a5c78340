"""The registry's files: the only room that runs Git or reads YAML."""
