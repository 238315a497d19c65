"""What is wrong with a whole file; what is wrong with one row is a sentence on that row."""


class FileError(ValueError):
    """The file, or what was said about its columns, cannot be used; the message says what to do."""


class MappingError(FileError):
    """What was said about the columns does not fit the file."""
