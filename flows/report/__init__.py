"""The briefing: one self-contained HTML page."""
