"""Decides whether every document that one JSON Schema accepts is accepted by another one."""
