"""PostgreSQL: connections that come back by themselves, catalogue, orders, outbox."""
