"""Hostile text without what could steer a terminal."""


def harmless(text: str, keep: str = "") -> str:
    """Text with its control and format characters written as escapes, but for those of `keep`."""
    return "".join(
        char if char.isprintable() or char in keep else repr(char)[1:-1] for char in text
    )
