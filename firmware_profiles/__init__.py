"""Data about devices and boards, and its loader."""
