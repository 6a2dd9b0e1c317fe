"""The Pulumi program: a shop on AWS that scales, and that says so."""
