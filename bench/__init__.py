"""Measure newsdesk's quality and speed; each module is one command, and corpora lie outside the repository."""
