"""The folder that guarded children have on their PYTHONPATH; holds nothing else."""
