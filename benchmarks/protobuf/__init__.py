"""Measurements of the Protobuf format."""
