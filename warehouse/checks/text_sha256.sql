-- The text of every revision has the sha256 that stands beside it.
select article_id, revision, text_sha256 from revisions where sha256(text) <> text_sha256
