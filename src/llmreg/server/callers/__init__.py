"""Who asks, and how often they may: the authenticated client, its token, the keys behind it, its bucket."""
