"""Measurements that anyone can run again; nothing here is a test."""
