"""The networks, their losses, and a GAN, a WGAN and a WGAN-GP as Keras models."""
