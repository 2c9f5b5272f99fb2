"""Clean text to evidence."""
