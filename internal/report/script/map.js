// The map: the photo under the pointer is shown large and marked on every map; a click on the legend picks a group.
for (const atlas of document.querySelectorAll(".atlas")) {
  const peek = atlas.querySelector(".peek"), picture = peek.querySelector("i"), text = peek.querySelector("p");
  const lines = Number(atlas.style.getPropertyValue("--lines")), columns = 32;
  const part = (i, n) => n < 2 ? "0%" : 100 * i / (n - 1) + "%";
  const titles = new Map();
  for (const t of atlas.querySelectorAll(".dot title")) {
    titles.set(t.parentNode.dataset.n, t.textContent);
    t.remove(); // the picture takes the place of the tooltip
  }
  const show = (n, x, y) => {
    for (const d of atlas.querySelectorAll(".on")) d.classList.remove("on");
    peek.hidden = n === null;
    if (n === null) return;
    for (const d of atlas.querySelectorAll(`[data-n="${n}"]`)) d.classList.add("on");
    picture.style.backgroundPosition = `${part(n % columns, columns)} ${part(Math.floor(n / columns), lines)}`;
    text.textContent = titles.get(String(n));
    const room = document.documentElement.clientWidth;
    peek.style.left = Math.max(8, Math.min(x + 16, room - peek.offsetWidth - 8)) + "px";
    peek.style.top = (y + peek.offsetHeight + 24 > innerHeight ? y - peek.offsetHeight - 16 : y + 16) + "px";
  };
  for (const plane of atlas.querySelectorAll(".plane")) {
    const dots = [...plane.querySelectorAll(".dot")].map(d => {
      const m = d.transform.baseVal.getItem(0).matrix;
      return {n: Number(d.dataset.n), x: m.e, y: m.f};
    });
    const order = [...dots].sort((a, b) => a.x - b.x || a.y - b.y);
    const scale = () => plane.getBoundingClientRect();
    let at = -1;
    plane.addEventListener("pointermove", e => {
      const r = scale(), x = (e.clientX - r.left) / r.width * 1000, y = (e.clientY - r.top) / r.height * 760;
      if (e.target.parentNode.className === "mosaic") return show(Number(e.target.dataset.n), e.clientX, e.clientY);
      let best = null, far = 30 * 30;
      for (const d of dots) {
        const q = (d.x - x) ** 2 + (d.y - y) ** 2;
        if (q < far) { far = q; best = d; }
      }
      show(best && best.n, e.clientX, e.clientY);
    });
    plane.addEventListener("pointerleave", () => show(null));
    plane.addEventListener("blur", () => show(null));
    plane.addEventListener("keydown", e => {
      const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[e.key];
      if (e.key === "Escape") return show(null);
      if (!step) return;
      e.preventDefault();
      at = (at + step + order.length) % order.length;
      const r = scale(), d = order[at];
      show(d.n, r.left + d.x / 1000 * r.width, r.top + d.y / 760 * r.height);
    });
  }
  for (const li of atlas.querySelectorAll("[data-key]")) {
    li.tabIndex = 0;
    li.setAttribute("role", "button");
    li.setAttribute("aria-pressed", "false");
    const pick = () => {
      const on = li.getAttribute("aria-pressed") !== "true";
      const scope = li.closest(".map") ?? atlas;
      for (const other of atlas.querySelectorAll("[data-key]")) other.setAttribute("aria-pressed", "false");
      for (const d of atlas.querySelectorAll(".dot")) {
        d.classList.toggle("dim", on && scope.contains(d) && !d.classList.contains(li.dataset.key));
      }
      li.setAttribute("aria-pressed", String(on));
    };
    li.addEventListener("click", pick);
    li.addEventListener("keydown", e => {
      if (e.key !== "Enter" && e.key !== " ") return;
      e.preventDefault();
      pick();
    });
  }
}
