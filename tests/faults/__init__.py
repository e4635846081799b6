"""What takes minutes: faults made to happen over and over. `make test-slow` runs these."""
