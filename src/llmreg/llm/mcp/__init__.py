"""The tools of an MCP server as schemas: asked for over stdio, kept as subjects, compared by class of change."""
