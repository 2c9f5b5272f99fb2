-- Reading kept documents again: what the instants and numbers of such a text mean.

comment on column revisions.seen_at is 'When the document with this text was received; for re-extracted, when it was read anew, since only then this text was known.';
comment on column articles.run_id is 'The run that loaded the current revision, or last read its document anew.';
comment on column coverage.load_seq is 'The article''s load_seq; where the topic was found only later (an edit, a changed query), a later number. What is found by reading the same document anew is never new: it has the article''s.';
