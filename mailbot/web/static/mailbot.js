// What the pages can do beyond plain links and forms: keys, the list of keys, and times in the viewer's time zone.
// Nothing here is needed to work with mailbot.
"use strict";

(() => {
  // --- times in the viewer's time zone -------------------------------------------------------------------------------

  const zoned = new Intl.DateTimeFormat("en-GB", {
    day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
  });

  const tellTimes = (root) => {
    for (const time of root.querySelectorAll("time[datetime]:not([data-told])")) {
      const at = new Date(time.dateTime);
      if (!time.dateTime.includes("T") || Number.isNaN(at.getTime())) continue; // a day has no time zone
      time.title = zoned.format(at);
      if (time.hasAttribute("data-exact")) time.textContent = time.title;
      time.setAttribute("data-told", "");
    }
  };

  // --- the list of keys ----------------------------------------------------------------------------------------------

  const help = document.getElementById("help");
  const KEPT = "mailbot-keys";
  const keysOn = () => localStorage.getItem(KEPT) !== "off";

  if (help) {
    const asked = help.querySelector("[data-keys-on]");
    asked.checked = keysOn();
    asked.addEventListener("change", () => localStorage.setItem(KEPT, asked.checked ? "on" : "off"));
    for (const opener of document.querySelectorAll("[data-opens='help']")) {
      opener.hidden = false;
      opener.addEventListener("click", () => help.showModal());
    }
  }

  // --- lists: [data-row] is a row, [data-open] the link in it ----------------------------------------------------------

  const rows = () => [...document.querySelectorAll("[data-row]")];
  const currentRow = () => document.querySelector("[data-row].here");

  const goTo = (row) => {
    for (const other of rows()) other.classList.toggle("here", other === row);
    row.querySelector("[data-open]").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };

  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(currentRow());
    goTo(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))]);
  };

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row]");
    if (row) for (const other of rows()) other.classList.toggle("here", other === row);
  });

  // --- what a key does: [data-key="x"] in the current row, else on the page --------------------------------------------
  // A link is followed, a button pressed, a box ticked; a radio is chosen and the field its form starts with gets the
  // focus, so that no key alone decides anything.

  const act = (key) => {
    const wanted = `[data-key="${CSS.escape(key)}"]`;
    const found = currentRow()?.querySelector(wanted) ?? document.querySelector(wanted);
    if (!found || found.disabled) return false;
    if (found.matches("input[type=radio]")) {
      found.checked = true;
      found.dispatchEvent(new Event("change", { bubbles: true }));
      ([...found.form.querySelectorAll("[data-next]")].find((field) => field.offsetParent) ?? found).focus();
    } else if (found.matches("input:not([type=checkbox]), textarea, select")) {
      found.focus();
    } else {
      found.click();
    }
    return true;
  };

  let leader = null;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]")) return;
    const typing = event.target.closest("input:not([type=checkbox], [type=radio], [type=submit]), textarea, select");
    if (typing) {
      if (event.key === "Escape") typing.blur();
      return;
    }
    if (event.key === "?" && help) {
      event.preventDefault();
      help.showModal();
      return;
    }
    if (!keysOn()) return;
    if (leader === "g" && event.key === "q") location.assign("/queue");
    leader = event.key === "g" ? "g" : null;
    if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      step(event.key === "j" ? 1 : -1);
    } else if (event.key.length === 1 && act(event.key)) {
      event.preventDefault();
    }
  });

  // --- forms: [data-sends-itself] is sent when a choice changes; a button is pressed once -------------------------------

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-sends-itself]");
    if (form && !event.target.matches("[type=search], [type=text]")) form.requestSubmit();
  });

  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post" || event.target.hasAttribute("hx-post")) return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // --- a list that fetches itself again rests while [data-rests-while] is found in it: nothing moves under the hand ----------

  document.addEventListener("htmx:beforeRequest", (event) => {
    const wanted = event.target.dataset.restsWhile;
    if (wanted && event.target.querySelector(wanted)) event.preventDefault();
  });

  // --- [data-shown-for="opt_in opt_out"]: shown while one of these values of the form's [data-choice] is chosen ----------

  const showChosen = (root) => {
    for (const part of root.querySelectorAll("[data-shown-for]")) {
      const chosen = part.closest("form").querySelector("[data-choice]:checked")?.value ?? "";
      part.hidden = !part.dataset.shownFor.split(" ").includes(chosen);
    }
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-choice]")) showChosen(event.target.form);
  });

  // --- [data-all="name"] ticks every box of that name --------------------------------------------------------------------

  document.addEventListener("change", (event) => {
    const name = event.target.dataset.all;
    if (!name) return;
    for (const box of document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(name)}"]:not(:disabled)`)) {
      box.checked = event.target.checked;
    }
  });

  // --- drop a file on [data-drop], which holds a file field ---------------------------------------------------------------

  for (const place of document.querySelectorAll("[data-drop]")) {
    place.addEventListener("dragover", (event) => {
      event.preventDefault();
      place.classList.add("over");
    });
    place.addEventListener("dragleave", () => place.classList.remove("over"));
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      place.classList.remove("over");
      place.querySelector("input[type=file]").files = event.dataTransfer.files;
    });
  }

  const begin = (root) => {
    tellTimes(root);
    showChosen(root);
    for (const box of root.querySelectorAll("[data-script]")) box.hidden = false; // useful only with this script
  };
  begin(document);
  document.addEventListener("htmx:load", (event) => begin(event.target));
})();
