"""Tests of the load room, against real servers on loopback."""
