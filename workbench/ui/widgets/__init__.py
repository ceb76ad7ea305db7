"""One widget a file: each draws one thing and tells what happened in a nested message."""
