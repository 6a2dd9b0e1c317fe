"""Tables of claims, a file a subject."""
