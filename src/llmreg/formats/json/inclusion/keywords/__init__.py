"""What each keyword says, per draft: one file per family of keywords."""
