"""Controls: rules that a stack's resources must keep, judged on the resource graph before anything is deployed."""
