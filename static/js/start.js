/** Starts the page, and shows what to do if one of its modules does not load. */

import("./main.js").catch((error) => {
  console.error(error);
  const notice = document.getElementById("load-error");
  const connection = document.getElementById("connection");
  if (notice) notice.hidden = false;
  if (connection) connection.hidden = true;
});
