"""The devices around a gateway as they speak: what they send and what they understand.

Pure; the simulator, the demo and the tests carry the bytes.
"""
