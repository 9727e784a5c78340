"""Rules for a list of tools as a whole; what changed inside one tool, the rules for JSON Schema tell."""
