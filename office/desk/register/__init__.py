"""The register: people, households, places and poles, collected once and used everywhere."""
