"use strict";
const $ = (id) => document.getElementById(id);
const store = {get: () => { try { return localStorage.getItem("judge") || ""; } catch { return ""; } },
  set: (name) => { try { localStorage.setItem("judge", name); } catch { /* asked again after a reload */ } }};
let judge = "", pair = null, shown = 0, busy = false;

async function send(path, more) {
  if (busy) return;
  busy = true;
  enable(false);
  try {
    const reply = await fetch(path, {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({judge, ...more})});
    const data = await reply.json();
    if (!reply.ok) throw new Error(data.error);
    say("");
    show(data);
  } catch (e) {
    say(e instanceof TypeError ? "No answer from pipe judge: it was stopped, or can't be reached. Start it again, and reload this page."
      : "Not kept: " + e.message);
  } finally {
    busy = false;
    enable(true);
  }
}

function say(text) {
  $("error").textContent = text;
  $("error").hidden = !text;
}

function enable(yes) {
  for (const b of document.querySelectorAll(".answers button, #undo, #undo-end")) b.disabled = !yes || b.dataset.off === "yes";
}

function show(s) {
  judge = s.judge;
  store.set(judge);
  pair = s.pair || null;
  page(pair ? "judge" : "end");
  for (const id of ["undo", "undo-end"]) $(id).dataset.off = s.can_undo ? "no" : "yes";
  if (!pair) {
    $("thanks").textContent = `${judge}, you have answered all ${s.total}. You can close this page.`;
    return;
  }
  $("progress").textContent = `${judge}: ${s.done + 1} of ${s.total}`;
  $("bar").style.width = `${100 * s.done / s.total}%`;
  picture($("photo"), pair.photo);
  for (const side of ["left", "right"]) {
    $(side).replaceChildren(...pair[side].map((row, i) => {
      const item = document.createElement("li"), im = document.createElement("img");
      im.alt = `${side === "left" ? "Left" : "Right"} row, photo ${i + 1}`;
      picture(im, row);
      item.append(im);
      return item;
    }));
  }
  ready().then(() => { shown = performance.now(); });
}

function picture(im, row) { im.src = `image/${row}`; }

// ready waits until all photos are there: the time of an answer begins then.
function ready() {
  shown = performance.now();
  return Promise.allSettled([...document.querySelectorAll("#judge img")].map((im) => im.decode()));
}

function page(id) {
  for (const other of ["start", "judge", "end"]) $(other).hidden = other !== id;
  if (id === "start") $("name").focus();
}

function answer(choice) {
  if (pair) send("answer", {query: pair.query, choice, ms: Math.max(0, Math.round(performance.now() - shown))});
}

$("who").addEventListener("submit", (e) => {
  e.preventDefault();
  judge = $("name").value;
  send("next");
});
$("other").addEventListener("click", () => {
  store.set("");
  $("name").value = "";
  page("start");
});
for (const b of document.querySelectorAll(".answers button")) b.addEventListener("click", () => answer(b.dataset.choice));
for (const id of ["undo", "undo-end"]) $(id).addEventListener("click", () => send("undo"));

const keys = {ArrowLeft: "left", ArrowRight: "right", ArrowDown: "same", 1: "left", 2: "same", 3: "right"};
document.addEventListener("keydown", (e) => {
  if (!$("start").hidden || e.ctrlKey || e.metaKey || e.altKey || e.repeat) return;
  if (e.key === "Backspace") {
    e.preventDefault();
    if ($("undo").dataset.off !== "yes") send("undo");
  } else if (keys[e.key] && pair) {
    e.preventDefault();
    answer(keys[e.key]);
  }
});

judge = store.get();
if (judge) send("next");
else page("start");
