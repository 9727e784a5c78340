"""The profiles themselves: `<id>@<date>.toml`, found by looking. Old dates stay, so that a pinned profile keeps its
verdict."""
