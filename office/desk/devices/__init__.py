"""Gateways and devices: how they are, what they are told, where they stand, and who looked through which camera."""
