"""The wire contract between gateway and centre: topics, message shapes, codec.

Imports nothing of ours. Everything a third party needs to talk to a gateway or to a centre stands here
and in `docs/wire-contract.md`.
"""
