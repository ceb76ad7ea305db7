"""What the Cluster screen is made of."""
