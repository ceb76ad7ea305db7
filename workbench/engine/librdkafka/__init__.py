"""librdkafka called by itself, for load mode: many records a call, and many delivery reports an event."""
