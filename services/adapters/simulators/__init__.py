"""Simulators of other companies: they keep books of their own, which the shop's transactions cannot touch."""
