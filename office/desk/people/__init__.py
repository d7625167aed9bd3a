"""Who works here: accounts, roles, sessions, and the record of what they did."""
