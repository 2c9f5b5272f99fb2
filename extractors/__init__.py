"""Bytes in, frozen records out: acquiring, reading and recognising news, without a database or a scheduler."""
