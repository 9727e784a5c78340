"""What the profiles of a subject or binding say of a change, beside the violations of a single schema."""
