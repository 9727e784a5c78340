"""The rules of the Protobuf comparison, one per file; each reads one aspect of what the search found."""
