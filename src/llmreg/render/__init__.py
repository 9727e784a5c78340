"""Text for people and programs: one output per file in `outputs/`, and the tables of the other commands."""
