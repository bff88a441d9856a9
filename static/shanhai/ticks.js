// SPDX-License-Identifier: Apache-2.0
// The box in the head of a table ticks all boxes of its rows; without scripts it stays hidden.
"use strict";

for (const all of document.querySelectorAll("input[data-ticks]")) {
  const boxes = Array.from(document.querySelectorAll(`input[name="${all.dataset.ticks}"]`));
  const settle = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    settle();
  });
  for (const box of boxes) box.addEventListener("change", settle);
  settle();
}
