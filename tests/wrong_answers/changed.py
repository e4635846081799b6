"""A wrong answer made from the right one."""


def changed(source: str, *changes: tuple[str, str]) -> str:
    """The source with some of its parts replaced, each of which must be there."""
    for old, new in changes:
        assert old in source, f"{old!r} is not part of the solution"
        source = source.replace(old, new)
    return source
