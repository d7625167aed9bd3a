"""The kiosk's screen: one full-screen window of its own process, fed by the gateway's local API.

Everything that decides is plain Python here; `qt` is the only place that knows PySide6, `qml` only shows and asks.
"""
