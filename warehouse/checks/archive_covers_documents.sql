-- Every document kept in a WARC begins before the end of what was committed of it.
select document_sha256, documents.warc_file, warc_offset, committed_bytes
from documents
left join archives using (warc_file)
where documents.warc_file is not null
    and coalesce(warc_offset >= committed_bytes, true)
