// SPDX-License-Identifier: Apache-2.0
// A board whose cards are moved by hand or by key. It adds nothing that its forms cannot do without it: a card holds a
// form with select[name=to], whose options are the columns it may go to; a column says which it is in data-column.
"use strict";

(() => {
  const offered = (card) => Array.from(card.querySelectorAll("select[name=to] option"), (one) => one.value);

  const send = (card, column) => {
    const form = card.querySelector("form");
    form.elements.to.value = column;
    form.requestSubmit();
  };

  for (const board of document.querySelectorAll(".board")) {
    const columns = Array.from(board.querySelectorAll("[data-column]"));
    let dragged = null;

    const settle = () => {
      dragged?.classList.remove("dragged");
      dragged = null;
      for (const column of columns) column.classList.remove("open", "shut", "over");
    };

    for (const card of board.querySelectorAll(".board-card:has(select[name=to])")) card.draggable = true;

    board.addEventListener("dragstart", (event) => {
      dragged = event.target.closest(".board-card");
      if (!dragged) return;
      event.dataTransfer.effectAllowed = "move";
      // A link under the pointer would otherwise be dropped as an address.
      event.dataTransfer.setData("text/plain", dragged.querySelector("a")?.textContent ?? "");
      dragged.classList.add("dragged");
      const goes = offered(dragged);
      for (const column of columns) {
        if (!column.contains(dragged)) column.classList.add(goes.includes(column.dataset.column) ? "open" : "shut");
      }
    });
    board.addEventListener("dragend", settle);
    for (const column of columns) {
      column.addEventListener("dragover", (event) => {
        if (!column.classList.contains("open")) return;
        event.preventDefault();
        column.classList.add("over");
      });
      column.addEventListener("dragleave", (event) => {
        if (!column.contains(event.relatedTarget)) column.classList.remove("over");
      });
      column.addEventListener("drop", (event) => {
        if (!dragged || !column.classList.contains("open")) return;
        event.preventDefault();
        const card = dragged;
        settle();
        send(card, column.dataset.column);
      });
    }

    // Arrows walk from card to card; with Shift, left and right take the card along to the next column it may go to.
    board.addEventListener("keydown", (event) => {
      const card = event.target.closest(".board-card");
      const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
      if (!card || !step || event.target.matches("select, input, textarea")) return;
      event.preventDefault();
      const here = columns.findIndex((column) => column.contains(card));
      if (event.shiftKey && event.key !== "ArrowUp" && event.key !== "ArrowDown") {
        const goes = offered(card);
        const ahead = step > 0 ? columns.slice(here + 1) : columns.slice(0, here).reverse();
        const target = ahead.find((column) => goes.includes(column.dataset.column));
        if (target) send(card, target.dataset.column);
        return;
      }
      const own = Array.from(columns[here].querySelectorAll(".board-card"));
      const place = own.indexOf(card);
      let next = null;
      if (event.key === "ArrowUp" || event.key === "ArrowDown") next = own[place + step];
      else {
        for (let at = here + step; at >= 0 && at < columns.length && !next; at += step) {
          const there = columns[at].querySelectorAll(".board-card");
          next = there[Math.min(place, there.length - 1)];
        }
      }
      next?.querySelector("a")?.focus();
    });
  }
})();
