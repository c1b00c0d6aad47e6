
// A click on a heading sorts the table of variants by it, a second one the other way round; what has no value stays last.
for (const table of document.querySelectorAll("table.sweep")) {
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  heads.forEach((th, at) => {
    if (th.classList.contains("nosort")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...th.childNodes);
    th.append(button);
    button.addEventListener("click", () => {
      const was = th.getAttribute("aria-sort");
      const down = was ? was === "ascending" : th.classList.contains("num") && at > 0;
      for (const h of heads) h.removeAttribute("aria-sort");
      th.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = row => row.cells[at].dataset.v;
      const rows = [...body.rows].sort((a, b) => {
        const x = value(a), y = value(b);
        if (x === "" || y === "") return (x === "") - (y === "");
        return down ? y - x : x - y;
      });
      body.append(...rows);
    });
  });
}
