"""From a name or a path to uint8 images, split for training and testing."""
