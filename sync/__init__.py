"""Keep a message until the other side has it: the contract, the store with its outbox, the MQTT link.

Nothing here knows a device protocol, a port or a screen.
"""
