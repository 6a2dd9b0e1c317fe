"""The shop's load tests: journeys, preparation, invariants and launch plans."""
