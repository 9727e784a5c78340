"""One solver per JSON type: from the atoms of one branch to a value, or to a proof that none exists."""
