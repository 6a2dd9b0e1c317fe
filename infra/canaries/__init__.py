"""Code of the canaries: runs in CloudWatch Synthetics, on its own, with the standard library alone."""
