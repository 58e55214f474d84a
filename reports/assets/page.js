/* Tables of the page sort at their headings: up, down, as they came. Figures by their value, words as French orders them; what has no
 * figure stays last. */
(function () {
  "use strict";
  const said = document.getElementById("annonce");
  document.querySelectorAll("table[data-sort]").forEach((table) => {
    const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells], first = [...body.rows];
    heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
      const way = { none: "ascending", ascending: "descending", descending: "none" }[head.getAttribute("aria-sort")];
      heads.forEach((one) => one.setAttribute("aria-sort", one === head ? way : "none"));
      const sign = way === "descending" ? -1 : 1, figures = head.classList.contains("number");
      const value = (row) => { const cell = row.cells[column]; return cell.dataset.v === undefined ? null : +cell.dataset.v; };
      const order = (a, b) => {
        if (!figures) return sign * a.cells[column].textContent.localeCompare(b.cells[column].textContent, "fr");
        const [x, y] = [value(a), value(b)];
        return x === null || y === null ? (x === null) - (y === null) : sign * (x - y);
      };
      body.append(...(way === "none" ? first : first.slice().sort(order)));
      const words = { ascending: "croissant", descending: "décroissant", none: "d’origine" }[way];
      said.textContent = `${head.querySelector("button").textContent}\u202f: ordre ${words}`;
    }));
  });
})();
