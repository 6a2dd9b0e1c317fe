"""The storefront: an HTTP API that visitors' apps and pages talk to."""
