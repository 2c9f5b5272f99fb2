"use strict";
// Filters the rows that the page holds, and draws the charts from those that pass. Text of the web is put in as text.
(() => {
  const DATA = JSON.parse(document.getElementById("data").textContent);
  const FIRST = "first with its text";
  const AGAIN = "copy, excerpt, update or rewrite";
  const DRAWN_SOURCES = 40;
  const TIP = document.getElementById("tip");
  const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  const MONTH = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
  const all = (root, selector) => [...root.querySelectorAll(selector)];
  const words = (count, one, many) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
  const isoDay = (ms) => new Date(ms).toISOString().slice(0, 10);
  const stepName = (step, ms) => (step === "month" ? MONTH.format(ms) : (step === "week" ? "week of " : "") + DAY.format(ms).replace(",", ""));

  function showTip(lines, box) {
    TIP.replaceChildren(...lines.filter(Boolean).map((line, index) => {
      const part = document.createElement(index ? "p" : "b");
      part.dir = "auto";
      part.textContent = line.length > 600 ? line.slice(0, 600) + "…" : line;
      return part;
    }));
    TIP.hidden = false;
    const left = Math.min(Math.max(8, box.left + box.width / 2 - TIP.offsetWidth / 2), innerWidth - TIP.offsetWidth - 8);
    const above = box.top - TIP.offsetHeight - 8;
    TIP.style.left = `${left}px`;
    TIP.style.top = `${above > 4 ? above : box.bottom + 8}px`;
  }
  const nothing = () => Object.assign(document.createElement("p"), { className: "empty", textContent: "Nothing here passes the filter.", hidden: true });
  const hideTip = () => { TIP.hidden = true; };

  // One drawing: its marks speak on hover and focus, arrow keys go from one to the next, Enter or a click acts.
  class Chart {
    constructor(box, describe, act) {
      Object.assign(this, { box, describe, act, view: null, none: nothing(), order: Promise.resolve() });
      box.after(this.none);
      box.addEventListener("keydown", (event) => this.key(event));
      box.addEventListener("focusin", (event) => this.tell(event.target));
      box.addEventListener("focusout", hideTip);
    }

    draw(spec, rows) {
      this.order = this.order.then(() => this.drawn(spec, rows));
      return this.order;
    }

    async drawn(spec, rows) {
      this.box.hidden = rows.length === 0;
      this.none.hidden = rows.length > 0;
      this.box.dataset.drawn = 0;
      if (!rows.length) return;
      if (this.view) this.view.finalize();
      const options = { mode: "vega-lite", actions: false, renderer: "svg", ast: true, tooltip: () => {}, defaultStyle: false };
      const result = await vegaEmbed(this.box, { ...spec, datasets: { rows } }, options);
      this.view = result.view;
      this.view.addEventListener("mouseover", (event, item) => item && item.datum && this.hover(event, item));
      this.view.addEventListener("mouseout", hideTip);
      this.view.addEventListener("click", (event, item) => {
        if (item && this.describe(item.datum)) this.act(item.datum);
      });
      this.marks = all(this.box, "g.role-mark.mark-symbol path, g.role-mark.mark-rect path").filter((mark) => this.datum(mark));
      this.marks.sort((one, other) => one.getBoundingClientRect().left - other.getBoundingClientRect().left);
      this.marks.forEach((mark, index) => {
        mark.setAttribute("tabindex", index ? "-1" : "0");
        mark.setAttribute("role", "button");
        mark.removeAttribute("aria-roledescription");
        mark.setAttribute("aria-label", this.describe(this.datum(mark)).filter(Boolean).join(". ").slice(0, 400));
      });
      this.box.dataset.drawn = this.marks.length;
    }

    datum(mark) {
      const item = mark.__data__;
      return item && item.datum && this.describe(item.datum) ? item.datum : null;
    }

    hover(event, item) {
      const lines = this.describe(item.datum);
      if (lines) showTip(lines, { left: event.clientX, width: 0, top: event.clientY - 6, bottom: event.clientY + 12 });
    }

    tell(mark) {
      const datum = this.datum(mark);
      if (datum) showTip(this.describe(datum), mark.getBoundingClientRect());
    }

    key(event) {
      const at = this.marks ? this.marks.indexOf(event.target) : -1;
      if (at < 0) return;
      const moves = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
      if (event.key === "Escape") hideTip();
      else if (event.key === "Enter" || event.key === " ") this.act(this.datum(event.target));
      else if (event.key in moves) {
        const next = this.marks[(at + moves[event.key] + this.marks.length) % this.marks.length];
        event.target.setAttribute("tabindex", "-1");
        next.setAttribute("tabindex", "0");
        next.focus();
      } else return;
      event.preventDefault();
    }
  }

  class Topic {
    constructor(section) {
      this.section = section;
      this.data = DATA.topics[Number(section.dataset.topic)];
      this.form = section.querySelector("form.filters");
      this.step = "";
      this.isDrawn = false;
      if (!this.form) return;
      this.form.hidden = false;
      this.find();
      this.listen();
      this.apply();
    }

    find() {
      this.articles = all(this.section, ".articles > .row");
      this.byId = new Map(this.articles.map((row) => [row.dataset.article, row]));
      this.others = all(this.section, ".row:not([data-article]):not([data-group])");
      this.groups = all(this.section, "[data-group]");
      this.lists = all(this.section, "[data-page]");
      for (const list of this.lists) list.limit = Number(list.dataset.page);
      // The tables hold the figures in the order of the data.
      this.amounts = all(this.section, "[data-amount]");
      this.chip = this.section.querySelector(".chip");
      this.measure = this.section.querySelector("[name=measure]");
      this.subject = this.section.querySelector("[name=subject]");
      this.whole = this.section.querySelector("[name=whole]");
      const chart = (name, describe, act) => {
        const box = this.section.querySelector(`[data-chart=${name}]`);
        return box && new Chart(box, describe, act);
      };
      const go = (datum) => this.show(datum.article);
      this.coverage = chart("coverage", (bar) => this.barWords(bar), (bar) => this.choose(isoDay(bar.start)));
      this.spread = chart("spread", (dot) => dot.article && [dot.source, `${dot.role === "first" ? "first" : dot.after + " after the first"}, ${dot.when}`, dot.title, dot.relation], go);
      this.figures = chart("figures", (dot) => dot.article && [dot.claim, `${dot.source}${dot.by ? ", according to " + dot.by : ""}${dot.subject ? ", about " + dot.subject : ""}`, dot.sentence], go);
    }

    listen() {
      let waits = 0;
      this.form.addEventListener("input", () => {
        clearTimeout(waits);
        waits = setTimeout(() => this.apply(), 120);
      });
      this.form.addEventListener("submit", (event) => event.preventDefault());
      this.form.addEventListener("reset", () => setTimeout(() => this.choose(""), 0));
      this.section.addEventListener("click", (event) => this.click(event.target.closest("button")));
      if (!this.measure) return;
      this.section.querySelector(".choose").hidden = false;
      this.measure.addEventListener("change", () => this.compare(null));
      this.subject.addEventListener("change", () => this.drawFigures());
      this.name();
    }

    click(button) {
      if (!button) return;
      if (button.dataset.more !== undefined) this.more(button);
      if (button.dataset.pick !== undefined) {
        this.form.elements.source.value = button.dataset.pick;
        this.apply();
        this.form.scrollIntoView({ block: "nearest" });
      }
      if (button.dataset.low !== undefined) {
        this.measure.value = button.dataset.measure;
        this.compare([Number(button.dataset.low), Number(button.dataset.high)]);
        this.figures.box.scrollIntoView({ block: "nearest" });
      }
      if (button.name === "whole") this.compare(null);
      if (button.name === "all-steps") this.choose("");
    }

    // ---- the filter

    passes(row) {
      const { source, story, step } = row.dataset;
      if (this.source && source !== undefined && source !== this.source) return false;
      if (this.story && story !== undefined && story !== this.story) return false;
      if (this.step && step !== undefined && step !== this.step) return false;
      if (!this.text) return true;
      row.words ??= row.textContent.toLowerCase();
      return row.words.includes(this.text);
    }

    apply() {
      const { text, source, story } = this.form.elements;
      Object.assign(this, { text: text.value.trim().toLowerCase(), source: source.value, story: story.value });
      const stories = new Set();
      const sources = new Set();
      const claimed = new Set();
      for (const row of this.others) if (row.dataset.of && this.passes(row)) claimed.add(row.dataset.of);
      for (const row of this.articles) {
        // An article passes by its own words or by those of a figure or a quote in it.
        row.passes = this.passes(row) || claimed.has(row.dataset.article);
        if (!row.passes) continue;
        stories.add(row.dataset.story);
        sources.add(row.dataset.source);
      }
      for (const row of this.others) {
        const names = row.dataset.sources;
        if (row.dataset.any !== undefined) row.passes = stories.has(row.dataset.story);
        else if (names !== undefined) row.passes = this.source ? names.split(" ").includes(this.source) : names.split(" ").some((name) => sources.has(name));
        else row.passes = this.passes(row);
        if (!row.parentElement.limit) row.hidden = !row.passes;
      }
      for (const group of this.groups) group.passes = all(group, ".row").some((row) => row.passes);
      for (const list of this.lists) this.page(list);
      this.say(stories.size);
      this.draw();
    }

    say(storyCount) {
      const shown = this.articles.filter((row) => row.passes).length;
      const isWhole = shown === this.articles.length;
      this.form.querySelector("output").textContent = isWhole ? "" : `${shown.toLocaleString("en")} of ${words(this.articles.length, "article", "articles")}, ${words(storyCount, "story", "stories")}`;
      this.chip.hidden = !this.step;
      if (this.step) this.chip.firstElementChild.textContent = `Only ${stepName(this.data.step, Date.parse(this.step))}.`;
    }

    page(list) {
      const passing = [...list.children].filter((row) => row.passes);
      for (const row of list.children) row.hidden = true;
      // A button for one or two rows would take their room.
      if (passing.length <= list.limit + 3) list.limit = Math.max(list.limit, passing.length);
      for (const row of passing.slice(0, list.limit)) row.hidden = false;
      const box = list.closest("table") ? list.closest(".scroll") : list;
      if (!list.button) {
        list.button = document.createElement("button");
        Object.assign(list.button, { type: "button", className: "more", list });
        list.button.dataset.more = "";
        box.after(list.button);
        list.none = nothing();
        box.after(list.none);
      }
      const left = passing.length - list.limit;
      list.button.hidden = left <= 0;
      list.button.textContent = `Show ${Math.min(left, Number(list.dataset.page) * 4).toLocaleString("en")} more of ${passing.length.toLocaleString("en")}`;
      list.none.hidden = passing.length > 0 || list.children.length === 0;
    }

    more(button) {
      const { list } = button;
      const shown = list.limit;
      list.limit += Number(list.dataset.page) * 4;
      this.page(list);
      const next = [...list.children].filter((row) => row.passes)[shown];
      const target = next && next.querySelector("a, button, summary");
      if (target) target.focus({ preventScroll: true });
    }

    choose(step) {
      this.step = this.step === step ? "" : step;
      this.apply();
      if (this.step) this.chip.scrollIntoView({ block: "start" });
    }

    // ---- one article

    show(article) {
      const row = this.byId.get(article);
      if (!row) return;
      if (!row.passes) {
        this.step = "";
        this.form.reset();
        this.apply();
      }
      const list = row.parentElement;
      const place = [...list.children].filter((other) => other.passes).indexOf(row);
      if (place >= list.limit) {
        list.limit = place + 1;
        this.page(list);
      }
      row.querySelector("details").open = true;
      const hash = `#${row.id}`;
      if (location.hash !== hash) history.pushState(null, "", hash);
      for (const other of all(this.section, ".articles > .chosen")) other.classList.remove("chosen");
      row.classList.add("chosen");
      row.scrollIntoView({ block: "center" });
      row.focus({ preventScroll: true });
      hideTip();
    }

    // ---- the charts

    draw() {
      if (this.section.hidden) return;
      this.isDrawn = true;
      const passing = new Set(this.articles.filter((row) => row.passes).map((row) => row.dataset.article));
      this.coverage.draw(this.dated(), this.bars(passing));
      this.drawSpread(passing);
      this.drawFigures();
    }

    bars(passing) {
      const isWhole = passing.size === this.articles.length;
      const bars = new Map();
      for (const { article, start, end, first, count = 1 } of [...this.data.coverage, ...(isWhole ? this.data.unlisted : [])]) {
        if (article !== undefined && !passing.has(article)) continue;
        const key = `${start} ${first}`;
        if (!bars.has(key)) bars.set(key, { start, end, kind: first ? FIRST : AGAIN, count: 0 });
        bars.get(key).count += count;
      }
      return [...bars.values()];
    }

    // A tick in the middle of each step that has articles, and of the days between where they are few.
    dated() {
      const spec = structuredClone(DATA.charts.coverage[this.data.step]);
      const starts = new Map([...this.data.coverage, ...this.data.unlisted].map((row) => [row.start, row.end]));
      const [first, last] = [Math.min(...starts.keys()), Math.max(...starts.keys())];
      if (this.data.step !== "month") {
        const width = starts.get(first) - first;
        for (let start = first; start < last; start += width) starts.set(start, start + width);
      }
      const middles = [...starts].sort(([one], [other]) => one - other).map(([start, end]) => (start + end) / 2);
      // Plain numbers would be read as years.
      spec.encoding.x.axis.values = { expr: JSON.stringify(middles) };
      return spec;
    }

    drawSpread(passing) {
      if (!this.spread) return;
      const isWhole = passing.size === this.articles.length;
      const stories = new Set(this.data.spread.filter((row) => isWhole || passing.has(row.article)).map((row) => row.story));
      const rows = this.data.spread.filter((row) => stories.has(row.story));
      this.spread.draw(fitted(DATA.charts.spread, this.spread.box, rows, "label"), rows);
    }

    drawFigures() {
      if (!this.figures || this.section.hidden) return;
      const passing = this.data.figures.filter((row, index) => {
        if (String(row.measure) !== this.measure.value || (this.subject.value && row.subject !== this.subject.value)) return false;
        if (this.range && (row.value < this.range[0] || row.value > this.range[1])) return false;
        return this.amounts[index].passes !== false;
      });
      const counts = new Map();
      for (const row of passing) counts.set(row.source, (counts.get(row.source) || 0) + 1);
      const drawn = new Set([...counts].sort((one, other) => other[1] - one[1]).slice(0, DRAWN_SOURCES).map(([source]) => source));
      const rows = passing.filter((row) => drawn.has(row.source));
      const spec = fitted(DATA.charts.figures, this.figures.box, rows, "source");
      const values = rows.map((row) => row.value);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const isWide = low > 0 && high > 50 * low;
      for (const { encoding } of spec.layer) {
        Object.assign(encoding.x.scale, isWide ? { type: "log", nice: false } : { type: "linear", zero: false });
        // A logarithmic axis draws nine lines for each power of ten.
        encoding.x.axis.grid = !isWide;
      }
      rows.sort((one, other) => (one.source < other.source ? -1 : one.source > other.source ? 1 : one.value - other.value));
      this.figures.draw(spec, rows);
    }

    // Show one measure: its table, the names its figures are about, the range where there is one.
    compare(range) {
      this.range = range;
      this.whole.hidden = !range;
      this.name();
      this.drawFigures();
    }

    name() {
      for (const table of all(this.section, ".measure")) table.hidden = table.dataset.measure !== this.measure.value;
      const counts = new Map();
      for (const row of this.data.figures) {
        if (String(row.measure) === this.measure.value && row.subject) counts.set(row.subject, (counts.get(row.subject) || 0) + 1);
      }
      const names = [...counts].sort((one, other) => other[1] - one[1]).slice(0, 60);
      this.subject.replaceChildren(new Option("anything", ""), ...names.map(([name, count]) => new Option(`${name} (${count})`, name)));
    }

    barWords(bar) {
      if (bar.sum_count === undefined) return null;
      return [stepName(this.data.step, bar.start), `${words(bar.sum_count, "article", "articles")}: ${bar.kind}`];
    }
  }

  // A chart as high as its rows, whose labels leave room for the drawing on a narrow screen.
  function fitted(spec, box, rows, name) {
    const copy = structuredClone(spec);
    copy.height = 26 * new Set(rows.map((row) => row[name])).size;
    const limit = Math.max(96, Math.min(300, Math.round(box.clientWidth * 0.34)));
    for (const { encoding } of copy.layer) {
      if (encoding.y.axis) encoding.y.axis.labelLimit = limit;
      // Two legends side by side are wider than a phone.
      if (encoding.shape && encoding.shape.legend && box.clientWidth < 640) {
        encoding.color.legend.columns = 1;
        Object.assign(encoding.shape.legend, { orient: "bottom", columns: 2 });
      }
    }
    return copy;
  }

  document.documentElement.classList.add("has-js");
  for (const part of all(document, ".js[hidden]")) if (!part.matches(".chip")) part.hidden = false;
  const sections = all(document, "section.topic");
  const topics = sections.map((section, index) => {
    section.hidden = index > 0;
    return new Topic(section);
  });

  // The address decides which topic and which article is shown.
  function follow() {
    const [name, article] = location.hash.slice(1).split("-");
    const chosen = topics.find((topic) => topic.section.id === name) || topics.find((topic) => !topic.section.hidden);
    for (const topic of topics) topic.section.hidden = topic !== chosen;
    for (const link of all(document, ".topics a")) {
      if (link.hash === `#${chosen.section.id}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    if (chosen.form && !chosen.isDrawn) chosen.apply();
    if (article && chosen.byId && chosen.byId.has(article)) chosen.show(article);
    else if (location.hash === `#${chosen.section.id}`) scrollTo(0, 0);
  }
  addEventListener("hashchange", follow);
  addEventListener("scroll", hideTip, { passive: true });
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.hash === location.hash) follow();
  });
  follow();
})();
