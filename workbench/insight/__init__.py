"""Frames to what a person sees: slices, bands, rates, skew, events. Pure: no I/O, no clock, no screen."""
