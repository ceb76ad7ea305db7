"""Keys of a control, which the controls of all forms share."""

from textual.binding import Binding


def control_key(keys: str, action: str, what: str, name: str) -> Binding:
    """Not in the keys line; in the help, and to be remapped by its id."""
    return Binding(keys, action, what, show=False, tooltip=what, id=name)
