"""The alarm board: what is open, who has it, whom it rings at, who was sent, and how it ended."""
