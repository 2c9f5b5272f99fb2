"""Keep which publishers have one owner: their copies of a text are one witness, not two."""

from collections.abc import Sequence

import duckdb

from extractors.model import Owner
from warehouse.connection import transaction
from warehouse.staging import TEXT, staged

_OWNED = {"source": TEXT, "owner": TEXT}


def sync_owners(con: duckdb.DuckDBPyConnection, owners: Sequence[Owner]) -> int:
    """
    Make exactly *owners* known, in one transaction; return how many publishers have another owner than before.

    The stories that these publishers have a part in are counted anew; where nothing changed nothing is written.

    Args:
        con: The writer's connection.
        owners: What the watchlist names; each publisher belongs to one at most.
    """
    rows = [{"source": source, "owner": owner.name} for owner in owners for source in owner.sources]
    with staged(con, "owned", schema=_OWNED, rows=rows):
        changed = [{"source": source} for (source,) in con.execute(_CHANGED).fetchall()]
        if not changed:
            return 0
        with transaction(con), staged(con, "changed", schema={"source": TEXT}, rows=changed):
            con.execute("delete from source_owners where source not in (select source from owned)")
            con.execute(_KEEP)
            con.execute(_COUNT)
    return len(changed)


_CHANGED = """
select coalesce(owned.source, source_owners.source)
from owned
full join source_owners using (source)
where owned.owner is distinct from source_owners.owner
"""

_KEEP = """
insert into source_owners by name from owned
on conflict (source) do update set owner = excluded.owner
"""

_COUNT = """
update stories set source_count = counted.source_count
from (
    select story_id, count(distinct owner_of(source)) as source_count
    from articles
    where story_id in (select story_id from articles where source in (select source from changed))
    group by story_id
) as counted
where stories.story_id = counted.story_id and stories.source_count <> counted.source_count
"""
