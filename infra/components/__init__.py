"""The platform's components, one role a module."""
