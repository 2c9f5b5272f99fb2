"""
Place articles into stories: a function of the articles, their texts and the links between these.

What came first is told by ``had_it_at``, never by the order of loading; only the id of a story keeps to its past.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from extractors.model import Assignment, StoryLink, StoryMember, StoryMerge, StoryPlace
from extractors.stories.stars import cores, is_roundup
from extractors.stories.telling import Pair, first_place, place_beside, place_of_copy


def place_articles(members: Sequence[StoryMember], links: Iterable[StoryLink]) -> Assignment:
    """
    Return the stories of *members*.

    Args:
        members: The new articles, and all held ones whose texts are linked to theirs, directly or through others.
        links: All links that start from their texts.
    """
    family = _Family(members, links)
    stories = family.stories()
    return Assignment(
        places=tuple(place for story in stories for place in story.places()),
        merges=tuple(merge for story in stories for merge in story.merges()),
        cores=tuple(sorted(family.cores.items())),
    )


def _by_time(member: StoryMember) -> tuple[datetime, str]:
    return member.had_it_at, member.article_id


class _Family:
    """Articles by text, links by pair, and the core of each text."""

    def __init__(self, members: Sequence[StoryMember], links: Iterable[StoryLink]) -> None:
        self.members: defaultdict[int, list[StoryMember]] = defaultdict(list)
        for member in sorted(members, key=_by_time):
            self.members[member.text_no].append(member)
        found = {(link.text_no, link.other_no): link for link in links}
        self.roundups = _roundups(found.values())
        self.pairs: dict[int, dict[int, Pair]] = {text: {} for text in self.members}
        for (text, other), link in found.items():
            # A round-up is one with its copies, never with what it quotes.
            if link.is_same and (text in self.roundups) == (other in self.roundups):
                self.pairs[text][other] = Pair(link, found[other, text])
        self.cores = cores(
            {text: {other: pair.strength for other, pair in pairs.items()} for text, pairs in self.pairs.items()},
            names={text: min(member.article_id for member in held) for text, held in self.members.items()},
        )

    def stories(self) -> list["_Story"]:
        """Return the stories, in the order of their cores."""
        texts = defaultdict(list)
        for text, core in self.cores.items():
            texts[core].append(text)
        return [_Story(self, core, held) for core, held in sorted(texts.items())]


def _roundups(links: Iterable[StoryLink]) -> frozenset[int]:
    quoted = defaultdict(list)
    for link in links:
        if link.is_quote:
            quoted[link.text_no].append(link.regions)
    return frozenset(text for text, regions in quoted.items() if is_roundup(regions))


class _Story:
    """The articles of one story, in the order in which they had its text."""

    def __init__(self, family: _Family, core: int, texts: Iterable[int]) -> None:
        self._family = family
        self._core = core
        self._members = sorted((member for text in texts for member in family.members[text]), key=_by_time)
        self._story_id = _id_of(self._members)

    def places(self) -> list[StoryPlace]:
        """Return a place for each article, told by those that had their texts earlier."""
        first, *others = self._members
        is_roundup = first.text_no in self._family.roundups
        found = [first_place(first, self._story_id, is_roundup=is_roundup)]
        known = {first.text_no: first.article_id}
        for member in others:
            found.append(self._place(member, known))
            known.setdefault(member.text_no, member.article_id)
        return found

    def _place(self, member: StoryMember, known: Mapping[int, str]) -> StoryPlace:
        if member.text_no in known:
            return place_of_copy(member, self._story_id, other_id=known[member.text_no])
        earlier = self._pairs(member.text_no, known)
        # What has nothing in common with the earlier ones is told by what joined it to them.
        beside = earlier or self._pairs(member.text_no, self._firsts())
        return place_beside(member, self._story_id, beside=beside, earlier=earlier)

    def _pairs(self, text: int, ids: Mapping[int, str]) -> dict[str, Pair]:
        """Return the links of a text to those of *ids*, by the article of these."""
        return {ids[other]: pair for other, pair in self._family.pairs[text].items() if other in ids}

    def _firsts(self) -> dict[int, str]:
        return {member.text_no: member.article_id for member in reversed(self._members)}

    def merges(self) -> list[StoryMerge]:
        """Return the stories that are part of this one now: those whose ids came here and are not its own."""
        gone = [member.story_id for member in self._members if member.story_id == member.article_id]
        return [
            StoryMerge(story_id=story, now_story_id=self._story_id, article_id=self._shown_by())
            for story in sorted(story for story in gone if story not in {None, self._story_id})
        ]

    def _shown_by(self) -> str:
        """Return an article that this batch brought, one with the text of the core where there is one."""
        new = [member for member in self._members if member.story_id is None] or self._members
        return min(new, key=lambda member: (member.text_no != self._core, *_by_time(member))).article_id


def _id_of(members: Sequence[StoryMember]) -> str:
    """
    Return the id of the story of *members*: of those that it had that of the story seen first, else one of its own.

    A story's id is the id of the article that began it, and goes where that article goes.
    """
    since: dict[str | None, datetime] = {}
    for member in members:
        since[member.story_id] = min(since.get(member.story_id, member.first_seen_at), member.first_seen_at)
    began = [member for member in members if member.story_id == member.article_id]
    if began:
        return min(began, key=lambda member: (since[member.story_id], member.article_id)).article_id
    return min(members, key=lambda member: (member.first_seen_at, member.article_id)).article_id
