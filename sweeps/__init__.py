"""Many runs of one lesson over a grid of parameters: `python -m sweeps`."""
