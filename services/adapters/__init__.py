"""Adapters: the ports of the domain, filled by PostgreSQL, Valkey, AWS and simulators of the outside world."""
