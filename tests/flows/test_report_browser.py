"""The briefing in a real browser: drawn, filtered, walked by keys; silent, and closed to the outside."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flows.report.page import page
from tests.flows.made_briefing import HOSTILE, UNTIL, made, nothing

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
#: Which chart the browser drew, with how many marks.
DRAWN = "name => Number(document.querySelector(`.topic:not([hidden]) [data-chart=${name}]`).dataset.drawn || 0)"
VISIBLE = "selector => [...document.querySelectorAll(selector)].filter(node => node.checkVisibility()).length"
WATCH = "addEventListener('securitypolicyviolation', event => console.error('policy: ' + event.violatedDirective))"


@dataclass
class Visit:
    """One opened page, with everything it asked for and complained of."""

    page: "Page"
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def drawn(self, chart: str) -> int:
        return int(self.page.evaluate(DRAWN, chart))

    def shown(self, selector: str) -> int:
        return int(self.page.evaluate(VISIBLE, selector))

    def wait(self, condition: str) -> None:
        # Playwright's own waiting evaluates a string in the page, which its policy refuses.
        deadline = time.monotonic() + 30
        while not self.page.evaluate(condition):
            assert time.monotonic() < deadline, condition
            self.page.wait_for_timeout(50)


Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    texts = {
        "one": [made()],
        "two": [made(articles=60), made("Chips", topic_id="chips"), nothing()],
        "none": [nothing()],
        "single": [made("One article", articles=1, spread=(), follows=(), figures=(), quotes=(), edits=(), missing=())],
    }
    for name, briefings in texts.items():
        (folder / f"{name}.html").write_text(page(briefings, made_at=UNTIL, version="9.9"), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


@pytest.fixture
def visit(browser: "Browser", pages: dict[str, Path]) -> Iterator[Open]:
    """Open a page; at the end of the test it must have asked for nothing else and complained of nothing."""
    visits: list[Visit] = []

    def opened(name: str, *, hash_: str = "", **options: Any) -> Visit:
        context = browser.new_context(**({"viewport": WIDE} | options))
        seen = Visit(page=context.new_page())
        visits.append(seen)
        seen.page.on("request", lambda request: seen.requests.append(request.url))
        seen.page.on("console", lambda message: seen.complaints.append(message.text))
        seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        seen.page.add_init_script(WATCH)
        seen.page.goto(pages[name].as_uri() + hash_)
        if name != "none":
            seen.wait("document.querySelector('.topic:not([hidden]) [data-chart=coverage]')?.dataset.drawn > 0")
        return seen

    yield opened
    for seen in visits:
        assert len(seen.requests) == 1, seen.requests
        assert seen.complaints == []
        seen.page.context.close()


def test_charts_are_drawn_with_a_mark_for_each_row(visit: Open) -> None:
    seen = visit("one")
    seen.wait("document.querySelector('[data-chart=figures]').dataset.drawn > 0")

    assert (seen.drawn("coverage"), seen.drawn("spread"), seen.drawn("figures")) == (3, 2, 3)
    assert seen.page.locator("[data-chart=coverage] svg text").count() > 2


def test_a_hostile_title_shows_as_text_and_nothing_of_it_runs(visit: Open) -> None:
    seen = visit("one")

    assert seen.page.title() == "Briefing: Deepseek"
    assert seen.page.locator("#t0-a0000 .head").text_content().strip() == HOSTILE
    assert seen.page.locator("img").count() == 0
    assert seen.page.evaluate("document.documentElement.scrollWidth") == WIDE["width"]


def test_a_request_that_a_script_tries_is_refused(visit: Open) -> None:
    seen = visit("one")
    answer = seen.page.evaluate("fetch('https://one.example/').then(() => 'left', () => 'refused')")

    assert answer == "refused"
    assert any("Content Security Policy" in complaint for complaint in seen.complaints)
    seen.page.wait_for_timeout(200)
    seen.complaints.clear()


def test_a_script_that_gets_into_the_page_does_not_run(visit: Open) -> None:
    seen = visit("one")
    seen.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'document.title = 1'}))"
    )

    assert seen.page.title() == "Briefing: Deepseek"
    assert any("script-src" in complaint for complaint in seen.complaints)
    seen.page.wait_for_timeout(200)
    seen.complaints.clear()


def test_the_text_filter_narrows_rows_and_charts(visit: Open) -> None:
    seen = visit("two")
    assert seen.shown(".articles > .row") == 25

    seen.page.fill("#t0 [name=text]", "number7 ")
    seen.wait("document.querySelector('#t0 output').textContent === '1 of 60 articles, 1 story'")

    assert seen.shown("#t0 .articles > .row") == 1
    seen.wait("document.querySelector('#t0 [data-chart=coverage]').dataset.drawn === '1'")


def test_a_filter_by_publisher_holds_everywhere_and_can_be_cleared(visit: Open) -> None:
    seen = visit("one")
    seen.page.select_option("[name=source]", "two.example")
    seen.wait("document.querySelector('output').textContent.startsWith('1 of 3')")

    assert seen.shown(".articles > .row") == 1
    assert seen.shown("[data-of]") == 0
    assert seen.shown("[aria-labelledby=t0-sources] tbody tr") == 1

    seen.page.click("button[type=reset]")
    seen.wait("document.querySelector('output').textContent === ''")
    assert seen.shown(".articles > .row") == 3


def test_a_filter_by_story_shows_its_articles(visit: Open) -> None:
    seen = visit("one")
    seen.page.select_option("[name=story]", "a0000")
    seen.wait("document.querySelector('output').textContent === '2 of 3 articles, 1 story'")

    assert seen.shown(".stories > .row") == 1


def test_a_filter_that_nothing_passes_says_so(visit: Open) -> None:
    seen = visit("one")
    seen.page.fill("[name=text]", "no such words")
    seen.wait("document.querySelector('output').textContent.startsWith('0 of 3')")
    seen.wait("document.querySelector('[data-chart=coverage]').hidden")

    assert seen.shown("section[aria-labelledby=t0-coverage] .empty") == 1


def test_a_dot_tells_its_sentence_on_focus_and_leads_to_the_article(visit: Open) -> None:
    seen = visit("one")
    seen.wait("document.querySelector('[data-chart=figures]').dataset.drawn > 0")
    dot = seen.page.locator("[data-chart=figures] path[tabindex='0']")
    dot.focus()

    assert seen.page.locator("#tip").text_content().startswith("$5.58m")
    assert "<script>" in seen.page.locator("#tip").text_content()
    assert dot.get_attribute("aria-label").startswith("$5.58m")

    seen.page.keyboard.press("ArrowRight")
    assert seen.page.locator("#tip").text_content().startswith("$5.6m")
    seen.page.keyboard.press("Enter")
    assert seen.page.evaluate("location.hash") == "#t0-a0001"
    assert seen.page.locator("#t0-a0001 details").get_attribute("open") is not None


def test_a_bar_shows_the_articles_of_its_day(visit: Open) -> None:
    seen = visit("one")
    seen.page.locator("[data-chart=coverage] path[tabindex]").first.click()
    seen.wait("!document.querySelector('.chip').hidden")

    assert seen.page.locator(".chip").text_content().strip().startswith("Only Mon 5 Jan 2026.")
    assert seen.shown(".articles > .row") == 1


def test_a_link_leads_to_an_article_that_is_not_shown_yet(visit: Open) -> None:
    seen = visit("two", hash_="#t0-a0059")

    assert seen.shown("#t0-a0059") == 1
    assert seen.page.evaluate("document.activeElement.id") == "t0-a0059"


def test_topics_are_switched(visit: Open) -> None:
    seen = visit("two")
    assert seen.shown("section.topic") == 1

    seen.page.click(".topics a >> nth=1")
    seen.wait("document.querySelector('#t1 [data-chart=coverage]').dataset.drawn > 0")

    assert seen.shown("#t0") == 0
    assert seen.page.locator(".topics [aria-current]").text_content().startswith("Chips")


def test_close_amounts_are_brought_together(visit: Open) -> None:
    seen = visit("one")
    seen.page.click(".near button")
    seen.wait("document.querySelector('[data-chart=figures]').dataset.drawn === '2'")

    assert seen.shown("[name=whole]") == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["one", "two", "single", "none"])
def test_a_phone_scrolls_down_only(visit: Open, name: str, scheme: str) -> None:
    seen = visit(name, viewport=PHONE, color_scheme=scheme)

    assert seen.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_the_dark_page_is_dark_and_its_words_can_be_read(visit: Open) -> None:
    seen = visit("one", color_scheme="dark")
    style = "getComputedStyle(document.querySelector({!r})).{}"
    words = seen.page.evaluate(style.format("[data-chart=coverage] svg .role-axis-label text", "fill"))
    ground = seen.page.evaluate(style.format("body", "backgroundColor"))

    assert contrast(words, ground) > 4.5
    assert sum(rgb(ground)) < 150


def rgb(colour: str) -> list[int]:
    return [int(part) for part in colour.removeprefix("rgb(").rstrip(")").split(",")]


def contrast(one: str, other: str) -> float:
    """Return the contrast of WCAG 2 between two colours."""

    def light(colour: str) -> float:
        parts = [part / 255 for part in rgb(colour)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_in_print_the_filters_go_and_charts_stay(visit: Open) -> None:
    seen = visit("one")
    seen.page.emulate_media(media="print")

    assert seen.shown(".filters, .contents, .more, #tip") == 0
    assert seen.shown("[data-chart=coverage] svg") == 1
    assert len(seen.page.pdf()) > 10_000


def test_what_can_be_reached_has_a_name(visit: Open) -> None:
    seen = visit("one")
    seen.wait("document.querySelector('[data-chart=figures]').dataset.drawn > 0")
    nameless = seen.page.evaluate(
        """() => [...document.querySelectorAll('a, button, input, select, summary, [tabindex="0"], [role]')]
        .filter(node => node.checkVisibility() && !node.closest('svg g'))
        .filter(node => !(node.ariaLabel || node.textContent.trim() || node.labels?.length))
        .map(node => node.outerHTML)"""
    )

    assert nameless == []
    assert seen.page.evaluate(
        "[...document.querySelectorAll('table')].every(table => table.querySelector('th[scope]'))"
    )


def test_without_scripts_the_page_still_tells_everything(browser: "Browser", pages: dict[str, Path]) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(pages["two"].as_uri())

    assert opened.locator(".articles > .row:visible").count() == 63
    assert opened.locator(".filters:visible").count() == 0
    assert opened.locator("noscript").count() == 1
    context.close()
