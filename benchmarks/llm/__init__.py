"""Measurements of profiles and exports, beside the real decoder and the providers' own packages."""
