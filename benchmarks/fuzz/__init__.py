"""Coverage-guided fuzzing of every parser and loader: `python -m benchmarks.fuzz --help`."""
