"""The rules of Avro, one per file: the file's name is the rule's id, its docstring is the rule's page."""
