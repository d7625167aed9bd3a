"""The command line `linli`: what an installer and an operator type."""
