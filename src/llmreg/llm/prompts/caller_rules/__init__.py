"""What a new version of a prompt is to those who filled in the old one."""
