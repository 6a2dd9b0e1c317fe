"""How AWS scales a service, as pure state machines; tasks needed, shortfall, and the replay at speed 1."""
