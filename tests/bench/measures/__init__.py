"""The scenarios, one subject each. A scenario sets up its own site, ends it, and returns values by figure name."""
