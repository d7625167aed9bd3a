"""The gateway's local API on a Unix socket: what the kiosk and the command line use.

`web` is the only door to aiohttp, `routes` the table of everything that can be asked, `client` the other end for
programs on this machine. Importing this package loads none of them.
"""
