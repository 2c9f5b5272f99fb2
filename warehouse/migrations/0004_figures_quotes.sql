-- What an article states: how much of what, who said it.

create table figures (
    article_id varchar not null,
    revision integer not null,
    char_start bigint not null,
    char_end bigint not null,
    raw varchar not null,
    kind varchar not null check (kind in ('money', 'percent', 'multiple', 'count', 'rate')),
    value double not null,
    value_max double,
    unit varchar,
    currency varchar,
    is_currency_implied boolean not null,
    comparison varchar not null check (comparison in ('=', '<', '>', '<=', '>=')),
    is_approximate boolean not null,
    per_value double,
    per_unit varchar,
    converted_of bigint,
    subject varchar,
    subjects varchar[] not null,
    attributed_to varchar,
    sentence varchar not null,
    is_damaged boolean not null
);

comment on table figures is 'One row per amount stated in a revision of an article, as the article states it; nothing is computed from several.';
comment on column figures.article_id is 'The article; see articles.';
comment on column figures.revision is 'The revision whose text the offsets point into.';
comment on column figures.char_start is 'Code points before the figure in the text: substr(text, char_start + 1, char_end - char_start) = raw.';
comment on column figures.char_end is 'Code points before the end of the figure in the text.';
comment on column figures.raw is 'The amount as written, with sign, magnitude and unit, without hedges.';
comment on column figures.kind is 'money, percent, multiple, count or rate.';
comment on column figures.value is 'The amount in whole units: "$5.6mn" is 5600000, "1.4 cents" 0.014, "7 %" 7. The lower end of a range.';
comment on column figures.value_max is 'The upper end of a range; null: no range.';
comment on column figures.unit is 'What is counted, as written; % or pp (percentage points) for percent, x for multiples; null: money, or a number that names nothing.';
comment on column figures.currency is 'ISO 4217; null: not money, or its currency cannot be told.';
comment on column figures.is_currency_implied is 'True where the text says only "$" or "dollars" and the currency is the usual one of the source.';
comment on column figures.comparison is '=, <, >, <= or >=: what the text says of the amount; "more than" is >, "up to" <=.';
comment on column figures.is_approximate is 'True where the text says about, around, nearly.';
comment on column figures.per_value is 'Of how many per_unit: "1.4 cents for every 1mn tokens" is 1000000, "$5bn a year" 1; null: not per anything.';
comment on column figures.per_unit is 'Per what, as written: tokens, year; null: not per anything.';
comment on column figures.converted_of is 'char_start of the figure which this one repeats in another currency or unit; null: a claim of its own.';
comment on column figures.subject is 'The one name that the figure is most likely about, as written: a guess, for sorting; null: none near.';
comment on column figures.subjects is 'All names in the sentence, in order, each once; empty: none.';
comment on column figures.attributed_to is 'Who says so: the speaker of the quote around it, or the source that the sentence names; null: the article itself.';
comment on column figures.sentence is 'The sentence around it.';
comment on column figures.is_damaged is 'True where the text is damaged here ("one.4 cents") and the value is a reading of it.';

create table quotes (
    article_id varchar not null,
    revision integer not null,
    char_start bigint not null,
    char_end bigint not null,
    text varchar not null,
    kind varchar not null check (kind in ('direct', 'partial', 'continued')),
    speaker varchar,
    speaker_raw varchar,
    cue varchar,
    confidence double not null,
    sentence varchar not null
);

comment on table quotes is 'One row per marked span of speech in a revision of an article.';
comment on column quotes.article_id is 'The article; see articles.';
comment on column quotes.revision is 'The revision whose text the offsets point into.';
comment on column quotes.char_start is 'Code points before the opening mark in the text: substr(articles.text, char_start + 1, char_end - char_start) = quotes.text.';
comment on column quotes.char_end is 'Code points before the end of the closing mark in the text.';
comment on column quotes.text is 'The words with their marks.';
comment on column quotes.kind is 'direct (a clause or more), partial (a fragment in the narrator''s sentence) or continued (no cue of its own).';
comment on column quotes.speaker is 'Full name where the article gives it, else the words that name the speaker; null rather than a far guess.';
comment on column quotes.speaker_raw is 'What stands at the cue: he, Toner, an AI investor in China; null: nothing does.';
comment on column quotes.cue is 'The word that marks it as said: said, according to, a colon; null: none.';
comment on column quotes.confidence is '0 to 1; how surely the speaker is the one named; from 0.6 the text states it.';
comment on column quotes.sentence is 'The sentence around it.';
