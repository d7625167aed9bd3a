"""Bytes to meaning: decoders for device protocols, and the ports they are heard through.

Pure below (`drivers.model`, `drivers.decoder` and one file per protocol), input and output in
`drivers.ports`. Nothing here knows storage, MQTT topics of the centre, the registry or the API.
"""
