"""What the Compare screen draws."""
