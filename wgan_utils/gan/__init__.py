"""The networks, their losses, and what differentiates and trains them on three backends."""
