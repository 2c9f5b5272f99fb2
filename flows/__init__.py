"""Thin wiring: Prefect flows, settings, events and the command line."""
