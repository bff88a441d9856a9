// SPDX-License-Identifier: Apache-2.0
// The box in the head of a table ticks all boxes of its rows, of those too that came later; without scripts it stays
// hidden.
"use strict";

for (const all of document.querySelectorAll("input[data-ticks]")) {
  const boxes = () => Array.from(document.querySelectorAll(`input[name="${all.dataset.ticks}"]`));
  const settle = () => {
    const found = boxes();
    const ticked = found.filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === found.length;
    all.indeterminate = ticked > 0 && ticked < found.length;
  };
  all.hidden = false;
  document.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes()) box.checked = all.checked;
    settle();
  });
  document.addEventListener("htmx:oobAfterSwap", settle);
  settle();
}
