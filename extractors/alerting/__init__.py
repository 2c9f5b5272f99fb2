"""Pure rules of alerting: which alerts are due, in which words."""
