"""One verb per file: snapshots and plain values in, a report out; nothing is printed here."""
