"""What breaks between two templates, a file for each rule."""
