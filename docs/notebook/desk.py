"""
A notebook on the published snapshot: ``NEWSDESK_HOME=newsdesk-data marimo edit docs/notebook/desk.py``.

Needs ``pip install marimo altair duckdb pyarrow pytz``, and nothing of newsdesk: it reads the file that analysts read.
"""

import marimo

app = marimo.App(width="medium", app_title="newsdesk")


@app.cell
def _():
    import os
    from pathlib import Path

    import altair as alt
    import duckdb
    import marimo as mo

    snapshot = Path(os.environ.get("NEWSDESK_HOME", "newsdesk-data")) / "newsdesk.duckdb"
    con = duckdb.connect(str(snapshot), read_only=True)
    _ = con.execute("set timezone = 'UTC'")
    return alt, con, mo, snapshot


@app.cell
def _(con, mo, snapshot):
    published = con.execute("select max(loaded_at) from articles").fetchone()[0]
    topics = [row[0] for row in con.execute("select topic_id from topics where valid_to is null order by 1").fetchall()]
    topic = mo.ui.dropdown(topics, value=topics[0] if topics else None, label="Topic")
    mo.vstack([mo.md(f"# newsdesk\n`{snapshot}`, last loaded {published:%Y-%m-%d %H:%M} UTC"), topic])
    return (topic,)


@app.cell
def _(alt, con, mo, topic):
    daily = con.sql(
        "select day, articles, stories from coverage_daily where topic = ?", params=[topic.value]
    ).to_arrow_table()
    chart = (
        alt.Chart(daily)
        .mark_bar()
        .encode(
            x=alt.X("yearmonthdate(day):T", title=None),
            y=alt.Y("articles:Q"),
            tooltip=["day:T", "articles:Q", "stories:Q"],
        )
        .properties(height=180, width="container")
    )
    mo.vstack([mo.md("## Coverage by day"), chart])
    return


@app.cell
def _(con, mo, topic):
    new = con.sql(
        """
        select title, source, published_at, article_count, source_count, relevance, passage, url
        from new_coverage
        where topic_id = ?
        order by load_seq desc
        """,
        params=[topic.value],
    ).to_arrow_table()
    mo.vstack([mo.md("## What is new"), mo.ui.table(new, selection=None)])
    return


@app.cell
def _(con, mo, topic):
    figures = con.sql(
        """
        select subject, raw, value, currency, attributed_to, source, sentence
        from figures_compared(?)
        where has_mention
        """,
        params=[topic.value],
    ).to_arrow_table()
    mo.vstack([mo.md("## Amounts, according to whom"), mo.ui.table(figures, selection=None)])
    return


if __name__ == "__main__":
    app.run()
