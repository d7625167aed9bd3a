"""What stands beside a kiosk's screen: receipt printer, code reader, status light. Small ports with fakes that ship.

printer     the port, none, and the fake that writes files
escpos      a receipt printer that speaks ESC/POS; the only door to python-escpos
reader      the port, and what becomes of keys and bytes: a code
hid         a reader that types like a keyboard, taken away from the screen
wired       a reader on a serial line
lamp        the status light, on a pin or in a file
shelf       those of this box, by its configuration; `edge/api/beside.py` is their way in
"""
