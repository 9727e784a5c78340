"""Avro: verdicts on other people's pairs, and their time beside Apache's Python checker."""
