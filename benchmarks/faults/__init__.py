"""Break it on purpose: every script says how many faults were tried, and ends with 1 when anything was lost."""
