"""The kiosk's end of a video call: its own process."""
