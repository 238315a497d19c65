"""Forms that a law prescribes, for channels that have a page: signed by a message, or printed."""
