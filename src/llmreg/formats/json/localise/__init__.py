"""Where a refusal stands: the keyword, the schema object that holds it, and what the other side says there."""
