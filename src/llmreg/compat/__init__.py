"""The verdict on a version: modes to pairs, classes, bump, policy; knows no format."""
