"""Open arrivals inside Locust: journeys, the engine that drives them, and what it measures."""
