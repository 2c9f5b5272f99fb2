"""The few lines that call each tool; a file is run in that tool's environment, never imported here."""
