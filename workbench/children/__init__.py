"""Child processes of kwb: how they start, talk (msgpack over pipes) and end."""
