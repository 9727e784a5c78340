"""What this program is called and which release it is."""

from __future__ import annotations

__version__ = "0.1.0"
