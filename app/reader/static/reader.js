// The article page: a card with the fact under the pointer or the focus, and evidence that lights with its fact.
// Everything here is also in the page without script: numbers lead to facts, facts to their evidence.
"use strict";

const card = document.getElementById("card");
const text = document.getElementById("text");
let closing = 0;

/** What concerns the fact: its evidence and its entry, by the value of one attribute. */
function concerning(attribute, id) {
  return document.querySelectorAll(`[${attribute}~="${CSS.escape(id)}"]`);
}

function light(attribute, ids, on) {
  for (const id of ids) concerning(attribute, id).forEach((element) => element.classList.toggle("lit", on));
}

/** The facts that an element of the text lies in, innermost first; of a mention, what it refers to comes before. */
function entriesAt(element) {
  const ids = [];
  const mention = element.closest("[data-entity]");
  if (mention) ids.push(...mention.dataset.entity.split(" ").map((id) => `entity-${id}`));
  for (let mark = element.closest("mark"); mark; mark = mark.parentElement.closest("mark")) ids.push(`fact-${mark.dataset.fact}`);
  return ids.map((id) => document.getElementById(id)).filter(Boolean);
}

function copyOf(entry) {
  const copy = document.createElement("div");
  copy.className = entry.className;
  copy.classList.remove("lit");
  for (const child of entry.children) {
    if (!child.classList.contains("words")) copy.append(child.cloneNode(true));
  }
  copy.querySelectorAll("[id]").forEach((element) => element.removeAttribute("id"));
  return copy;
}

function open(element) {
  const entries = entriesAt(element);
  if (!entries.length) return;
  clearTimeout(closing);
  card.replaceChildren(...entries.map(copyOf));
  card.hidden = false;
  const place = (element.closest("[data-entity], .ref, mark") || element).getClientRects()[0];
  const left = Math.min(place.left, document.documentElement.clientWidth - card.offsetWidth - 16);
  const below = place.bottom + 8;
  const fits = below + card.offsetHeight < window.innerHeight || place.top < card.offsetHeight + 8;
  card.style.left = `${Math.max(16, left) + window.scrollX}px`;
  card.style.top = `${(fits ? below : place.top - card.offsetHeight - 8) + window.scrollY}px`;
}

function close() {
  clearTimeout(closing);
  card.hidden = true;
}

function closeSoon() {
  clearTimeout(closing);
  closing = setTimeout(close, 250);
}

/** Light what the address names, all pieces and places of it, and bring its entry into view beside the text. */
function lightAddressed() {
  document.querySelectorAll(".lit").forEach((element) => element.classList.remove("lit"));
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const id = target && target.dataset.fact;
  if (!id) return;
  light("data-fact", [id], true);
  const entry = document.getElementById(`fact-${id}`);
  const list = entry && entry.closest(".facts-beside");
  if (list && list.scrollHeight > list.clientHeight) list.scrollTop += entry.getBoundingClientRect().top - list.getBoundingClientRect().top - 80;
}

if (text) {
  text.addEventListener("mouseover", (event) => {
    if (event.target.closest("mark, [data-entity]")) open(event.target);
    else closeSoon();
  });
  text.addEventListener("mouseleave", closeSoon);
  text.addEventListener("focusin", (event) => open(event.target));
  text.addEventListener("focusout", closeSoon);
  card.addEventListener("mouseenter", () => clearTimeout(closing));
  card.addEventListener("mouseleave", closeSoon);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  for (const entry of document.querySelectorAll(".facts-beside .fact")) {
    const [attribute, id] = entry.dataset.fact ? ["data-fact", entry.dataset.fact] : ["data-entity", entry.dataset.entity];
    for (const [on, lit] of [["mouseenter", true], ["mouseleave", false]]) {
      entry.addEventListener(on, () => {
        light(attribute, [id], lit);
        if (!lit) lightAddressed();
      });
    }
  }
  window.addEventListener("hashchange", lightAddressed);
  lightAddressed();
}
