"""Plain data that every room of the house speaks: no I/O, no threads, no clocks."""
