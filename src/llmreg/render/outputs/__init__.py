"""One output per file: a report in, text out. A file here is an output as soon as it has a `render`."""
