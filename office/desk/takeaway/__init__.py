"""What residents take along on their own telephone: a guide by a signed link in the QR code of a kiosk.

links   the address and its mark; the text behind `#` is readable where no network is
page    the page, made here: no script, so that any telephone shows it, in WeChat and outside

GET /p/t/{token}         a guide; no login
GET /p/t/{token}/form    its form
"""
