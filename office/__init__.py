"""The office: the receiver where alarms arrive, and later the desk where people work on them."""
