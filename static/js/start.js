/** Starts the page, and says so in words where a part of it is missing. */

import("./main.js").catch((error) => {
  console.error(error);
  const notice = document.getElementById("notice");
  const text = document.getElementById("connection-text");
  if (!notice || !text) return;
  notice.textContent =
    "A part of this page did not load. Load it again; if that does not help, run `make setup` on the server.";
  notice.hidden = false;
  text.textContent = "Not started";
});
