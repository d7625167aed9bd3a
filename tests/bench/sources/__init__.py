"""Programs that speak as devices do. What they say is encoded before they begin, so that they cost little beside it."""
