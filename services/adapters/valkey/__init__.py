"""Valkey: carts and hot pages. It may be lost at any time; only carts are lost with it."""
