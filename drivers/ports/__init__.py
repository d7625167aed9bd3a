"""The doors to the outside: each file wraps one way bytes reach this machine."""
