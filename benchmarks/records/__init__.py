"""Records of time to quality: how long a training takes until its images are as good as a stated number says."""
