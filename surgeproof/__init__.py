"""surgeproof: prove that a launch will hold, before launch day."""

__version__ = "0.1.0"
