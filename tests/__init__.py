"""A package, so that it comes before the one of this name that torch-fidelity 0.4 installs beside itself."""
