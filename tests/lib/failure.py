"""How a play says that it went wrong, or that it cannot be played here."""


class Failed(AssertionError):
    """Something that was to happen did not, or the other way round."""


class Skipped(Exception):
    """This machine cannot play it; the text says why."""
