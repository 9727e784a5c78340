"""What changed for whoever reads the text, one rule per file."""
