"use strict";
// All of this is comfort: without it the page shows everything, with the browser's own tooltips on the map.

for (const b of document.querySelectorAll("button.copy")) {
  b.hidden = false;
  b.addEventListener("click", async () => {
    const pre = document.getElementById(b.dataset.copy);
    try {
      await navigator.clipboard.writeText(pre.textContent);
    } catch {
      getSelection().selectAllChildren(pre); // no clipboard for files in some browsers: select, then the user copies
      document.execCommand("copy");
    }
    b.textContent = "Copied";
    setTimeout(() => { b.textContent = "Copy"; }, 1500);
  });
}

addEventListener("beforeprint", () => {
  for (const d of document.querySelectorAll("details")) d.open = true;
});

// The section being read is marked in the navigation.
const links = new Map([...document.querySelectorAll("nav a")].map(a => [a.hash.slice(1), a]));
const watch = new IntersectionObserver(entries => {
  for (const e of entries) if (e.isIntersecting) {
    for (const a of links.values()) a.removeAttribute("aria-current");
    links.get(e.target.id)?.setAttribute("aria-current", "true");
  }
}, {rootMargin: "-20% 0px -75% 0px"});
for (const id of links.keys()) {
  const section = document.getElementById(id);
  if (section) watch.observe(section);
}
