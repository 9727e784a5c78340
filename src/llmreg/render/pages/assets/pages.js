// Search and filters of the overview, and the key "/" that leads to the search box. Every page is readable without it.
"use strict";

(() => {
  const NAME = 0, TEXT = 6, LATEST = 7, TONE = 8, MARK = 9, DEPRECATED = 10, FIELDS = 11;
  const FACETS = { format: 1, kind: 2, mode: 3, owner: 4, tag: 5 };
  const PAGE = 100;
  const box = document.getElementById("q");
  const list = document.getElementById("subjects");

  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input:not([type=checkbox]), textarea, select");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    box.focus();
    box.select();
  });

  if (!list) {
    box.form.addEventListener("submit", (event) => {
      event.preventDefault();
      location.href = `${box.form.getAttribute("action")}#q=${encodeURIComponent(box.value.trim())}`;
    });
    return;
  }

  const filters = document.getElementById("filters");
  const count = document.getElementById("count");
  const none = document.getElementById("none");
  const more = document.getElementById("more");
  const clear = document.getElementById("clear");
  const blank = document.getElementById("row").content.firstElementChild;
  const options = [...filters.elements].filter((element) => element.type === "checkbox");
  const names = Object.keys(FACETS);
  const ids = names.map(() => new Map());  // per facet: value → number
  let subjects = null, loading = null, hits = [], shown = PAGE;

  // A subject as search needs it: what words are looked up in, and per facet the numbers of its values.
  function prepare(row) {
    const numbers = names.map((name, at) => [row[FACETS[name]]].flat().filter(Boolean).map((value) => {
      if (!ids[at].has(value)) ids[at].set(value, ids[at].size);
      return ids[at].get(value);
    }));
    const text = [row[NAME], row[TEXT], row[FACETS.owner], row[FACETS.tag].join("\n"), row[FIELDS]].join("\n");
    return { row, numbers, name: row[NAME].toLowerCase(), text: text.toLowerCase() };
  }

  function load() {
    if (loading) return loading;
    const rows = [];
    window.llmregRows = (part) => { for (const row of part) rows.push(row); };
    count.textContent = "Loading …";
    loading = Promise.all(list.dataset.files.split(" ").map((file) => new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = file;
      script.onload = done;
      script.onerror = () => failed(new Error(file));
      document.head.append(script);
    }))).then(() => {
      rows.sort((a, b) => (a[NAME] < b[NAME] ? -1 : 1));
      subjects = rows.map(prepare);
    });
    return loading;
  }

  // One pass: who matches, and for every value of a facet how many would match if it were chosen as well.
  function search(words, chosen) {
    const byName = [], byText = [];
    const counts = ids.map((values) => new Int32Array(values.size));
    const active = chosen.map((values, at) => (values.size ? at : -1)).filter((at) => at >= 0);
    next: for (const subject of subjects) {
      for (const word of words) if (!subject.text.includes(word)) continue next;
      let missed = -1;
      for (const at of active) {
        if (subject.numbers[at].some((number) => chosen[at].has(number))) continue;
        if (missed >= 0) continue next;
        missed = at;
      }
      if (missed >= 0) {
        for (const number of subject.numbers[missed]) counts[missed][number] += 1;
        continue;
      }
      subject.numbers.forEach((numbers, at) => { for (const number of numbers) counts[at][number] += 1; });
      (words.every((word) => subject.name.includes(word)) ? byName : byText).push(subject);
    }
    return { found: byName.concat(byText), counts };
  }

  function element(subject) {
    const item = blank.cloneNode(true);
    const row = subject.row;
    const slots = { name: row[NAME], text: row[TEXT], format: row[FACETS.format], kind: row[FACETS.kind],
      mode: row[FACETS.mode], owner: row[FACETS.owner], latest: row[LATEST] || "retired", badge: row[MARK] };
    for (const slot of item.querySelectorAll("[data-slot]")) slot.textContent = slots[slot.dataset.slot];
    item.querySelector("a").href = `s/${row[NAME].split("/").map(encodeURIComponent).join("/")}/-/index.html`;
    item.querySelector("[data-slot=badge]").className = `badge ${row[TONE]}`;
    if (!row[DEPRECATED]) item.querySelector(".row-end").lastElementChild.remove();
    return item;
  }

  function draw() {
    list.replaceChildren(...hits.slice(0, shown).map(element));
    none.hidden = hits.length > 0;
    more.hidden = hits.length <= shown;
  }

  function asked() {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = names.map(() => new Set());
    for (const option of options) {
      const at = names.indexOf(option.name);
      if (option.checked) chosen[at].add(ids[at].get(option.value) ?? -1);
    }
    return { words, chosen };
  }

  function apply() {
    const start = performance.now();
    const { words, chosen } = asked();
    const { found, counts } = search(words, chosen);
    hits = found;
    shown = PAGE;
    draw();
    for (const option of options) {
      const at = names.indexOf(option.name);
      const number = counts[at][ids[at].get(option.value)] || 0;
      option.parentElement.querySelector(".tally").textContent = number.toLocaleString("en");
      option.parentElement.classList.toggle("zero", number === 0);
    }
    const narrowed = words.length > 0 || chosen.some((values) => values.size > 0);
    const total = subjects.length.toLocaleString("en");
    const noun = subjects.length === 1 ? "subject" : "subjects";
    count.textContent = narrowed ? `${hits.length.toLocaleString("en")} of ${total} ${noun}` : `${total} ${noun}`;
    clear.hidden = !narrowed;
    performance.measure("llmreg-filter", { start });
  }

  // What is asked for stands in the address, so that it can be kept and shared; a fragment works from a folder too.
  function remember() {
    const state = new URLSearchParams();
    if (box.value.trim()) state.set("q", box.value.trim());
    for (const option of options) if (option.checked) state.append(option.name, option.value);
    const text = state.toString().replaceAll("+", "%20");
    history.replaceState(null, "", text ? `#${text}` : location.pathname);
  }

  function recall() {
    const state = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B") || location.search);
    box.value = state.get("q") || "";
    for (const option of options) option.checked = state.getAll(option.name).includes(option.value);
    for (const option of options) if (option.checked) option.closest(".rest")?.setAttribute("open", "");
    return [...state.keys()].some((key) => key === "q" || key in FACETS);
  }

  function update() {
    load().then(() => { remember(); apply(); }, () => {
      count.textContent = "The list could not be loaded. Reload the page to try again.";
    });
  }

  box.addEventListener("focus", () => { if (!loading) load().then(apply, () => {}); });
  box.addEventListener("input", update);
  filters.addEventListener("change", update);
  box.form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a")?.focus();
  });
  clear.addEventListener("click", () => {
    box.value = "";
    for (const option of options) option.checked = false;
    update();
    box.focus();
  });
  more.addEventListener("click", () => load().then(() => {
    if (!hits.length) hits = subjects;
    const first = shown;
    shown += PAGE;
    draw();
    list.children[first]?.querySelector("a").focus();
  }));
  window.addEventListener("hashchange", () => { if (recall() || loading) load().then(apply); });
  if (window.matchMedia("(max-width: 52rem)").matches) document.getElementById("facets").removeAttribute("open");
  if (recall()) load().then(apply, () => {});
})();
