"""Getting bytes: feeds, pages, archives."""
