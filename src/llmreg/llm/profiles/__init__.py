"""Provider profiles: dated data files with a source per rule, and the engine that reads a schema against them."""
