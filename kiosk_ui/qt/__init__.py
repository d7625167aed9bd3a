"""The only place that knows PySide6. Everything here shows what `kiosk_ui.kiosk` says and tells it what was touched."""
