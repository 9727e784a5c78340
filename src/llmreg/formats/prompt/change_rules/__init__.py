"""What changed in a prompt without a break, a file for each rule."""
