"""The embedded AWS's own process: moto behind one loopback port, on the launch clock, with what moto lacks added.

``python -m surgeproof.localcloud.server`` starts it. Nothing outside this folder imports moto.
"""
