"""Classic consumer groups: their state, their coordinator, and what it answers. Pure: the clock is given."""
