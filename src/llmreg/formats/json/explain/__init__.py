"""From a refused document to findings: the cause, its rule, and the smallest document that shows it."""
