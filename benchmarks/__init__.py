"""kwb against its peers, in one run, alternating and repeated: ratios with their spread."""
