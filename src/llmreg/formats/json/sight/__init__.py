"""What two texts show without a search: what is surely alike, surely follows, surely refused."""
