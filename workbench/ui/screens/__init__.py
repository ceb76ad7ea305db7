"""One screen a file: each composes panes and wires their messages."""
