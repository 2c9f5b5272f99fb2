"""Keep stories in memory as the warehouse keeps them in tables."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

from extractors.model import Assignment, NewText, StoryLink, StoryMember, StoryText
from extractors.stories.linking import LEAST_SHARED

#: As many as ``warehouse.postings_current.nearest`` gives.
MOST_NEAR = 64


class MemoryStories:
    """Stories of a stream: what ``flows.assigning`` asks of a warehouse, and what it tells it."""

    def __init__(self) -> None:
        self._said: dict[str, NewText] = {}
        self._texts: dict[int, StoryText] = {}
        self._postings: defaultdict[int, list[int]] = defaultdict(list)
        self._links: defaultdict[int, list[StoryLink]] = defaultdict(list)
        self._articles: defaultdict[int, list[str]] = defaultdict(list)
        self.story_of: dict[str, str] = {}
        #: By article, what it is to its story.
        self.relations: dict[str, str] = {}
        #: New articles for which more texts were near than are compared.
        self.capped_count = 0

    @property
    def number_count(self) -> int:
        """The numbers of all sketches."""
        return sum(len(text.sketch) for text in self._texts.values())

    def stories(self) -> frozenset[frozenset[str]]:
        """Return the articles of each story."""
        found = defaultdict(set)
        for article, story in self.story_of.items():
            found[story].add(article)
        return frozenset(map(frozenset, found.values()))

    def last_no(self) -> int:
        """Return the highest number of a text."""
        return len(self._texts)

    def near(self, new: Sequence[NewText]) -> dict[str, dict[int, int]]:
        """Return by new article the texts that share numbers with it, with how many."""
        return {text.article_id: self._near(text.sketch) for text in new}

    def _near(self, sketch: Sequence[int]) -> dict[int, int]:
        counts = Counter(text for number in sketch for text in self._postings.get(number, ()))
        found = {text: count for text, count in counts.items() if count >= LEAST_SHARED}

        def nearness(text: int) -> tuple[float, float, int]:
            """Order as the warehouse does."""
            sizes = sorted((len(sketch), len(self._texts[text].sketch)))
            return -found[text] / sizes[0], -found[text] / sizes[1], text

        self.capped_count += len(found) > MOST_NEAR // 2
        return {text: found[text] for text in sorted(found, key=nearness)[:MOST_NEAR]}

    def texts(self, numbers: Collection[int]) -> list[StoryText]:
        """Return texts with the cores of their stories."""
        wanted = {*numbers, *(self._texts[number].core_no for number in numbers)}
        return [self._texts[number] for number in sorted(wanted)]

    def words(self, wanted: Collection[StoryText]) -> dict[int, str]:
        """Return what texts say, by number."""
        return {text.text_no: self._said[text.article_id].text for text in wanted}

    def family(self, numbers: Collection[int]) -> tuple[list[StoryMember], list[StoryLink]]:
        """Return the articles whose texts are linked to *numbers*, directly or through others, and all their links."""
        found, ahead = set(numbers), list(numbers)
        while ahead:
            joined = {link.other_no for link in self._links[ahead.pop()] if link.is_same} - found
            found |= joined
            ahead += joined
        members = [self._member(article, number) for number in sorted(found) for article in self._articles[number]]
        return members, [link for number in sorted(found) for link in self._links[number]]

    def _member(self, article_id: str, text_no: int) -> StoryMember:
        said = self._said[article_id]
        return StoryMember(
            article_id=article_id,
            text_no=text_no,
            first_seen_at=said.first_seen_at,
            had_it_at=said.had_it_at,
            story_id=self.story_of[article_id],
        )

    def keep(self, new: Sequence[NewText], placed: Assignment) -> None:
        """Keep what *new* came to."""
        self._said |= {text.article_id: text for text in new}
        self._texts |= {text.text_no: text for text in placed.texts}
        for text_no, core_no in placed.cores:
            self._texts[text_no] = replace(self._texts[text_no], core_no=core_no)
        for text in placed.texts:
            for number in text.sketch:
                self._postings[number].append(text.text_no)
        for link in placed.links:
            self._links[link.text_no].append(link)
        for place in placed.places:
            if place.article_id not in self.story_of:
                self._articles[place.text_no].append(place.article_id)
            self.story_of[place.article_id] = place.story_id
            self.relations[place.article_id] = place.relation
