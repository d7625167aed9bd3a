"""The whole path on one machine: broker, receiver, gateway and a neighbourhood that presses buttons."""
