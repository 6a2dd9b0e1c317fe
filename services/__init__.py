"""The reference shop that runs on the platform. It talks to the world through its own ports, and knows nothing of load tests."""
