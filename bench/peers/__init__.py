"""Run other extractors, each in an environment of its own, on the pages that newsdesk is measured on."""
