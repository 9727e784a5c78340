"""What is wrong between a prompt and the schema of its variables, a file for each rule."""
