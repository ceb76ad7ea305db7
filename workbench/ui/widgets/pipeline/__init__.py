"""What the Pipeline screen draws."""
