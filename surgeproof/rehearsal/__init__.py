"""A rehearsal and a load test from beginning to end: the other rooms, brought together."""
