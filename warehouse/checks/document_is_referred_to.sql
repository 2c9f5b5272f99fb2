-- Every document is what an entry or a revision received.
select document_sha256, url
from documents
where document_sha256 not in (select document_sha256 from entries where document_sha256 is not null)
    and document_sha256 not in (select document_sha256 from revisions)
    -- Bytes of an earlier attempt, which a later one replaced in the ledger.
    and url not in (select url from entries where attempt_count > 1)
