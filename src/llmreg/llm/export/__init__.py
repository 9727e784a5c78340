"""A schema in the form that a provider takes, and the way back from a model's answer to a document of the schema."""
