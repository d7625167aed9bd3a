"""The gateway: what hears devices, keeps their messages and passes them on; its API and command line."""
