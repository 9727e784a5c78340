"""The comparison: proofs, counterexamples and what is left open, put together into one verdict."""
