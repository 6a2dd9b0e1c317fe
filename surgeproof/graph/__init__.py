"""What a Pulumi program would deploy, as one resource graph."""
