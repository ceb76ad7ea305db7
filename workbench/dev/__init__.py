"""For those who work on kwb: record a run's frames, and show the screen from them."""
