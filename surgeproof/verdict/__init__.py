"""From a run's evidence to one verdict: judging, the evidence folder, what is shown while it runs and afterwards."""
