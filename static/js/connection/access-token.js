/**
 * The access token, from the fragment of the page's address: `/#token=...`.
 *
 * Browsers send a fragment to nobody, so it is in no log. It leaves the address bar at once and
 * stays in this tab for the next load.
 *
 * @typedef {object} Tab The parts of `window` that matter here.
 * @property {{pathname: string, search: string, hash: string}} location
 * @property {{state: unknown, replaceState: (state: unknown, unused: string, url: string) => void}} history
 * @property {Storage} sessionStorage
 */

const KEY = "mien-token";
const IN_FRAGMENT = /([#&])token=([^&]*)&?/;

/**
 * Takes the token out of the address, or else what an earlier load left.
 * @param {Tab} tab
 * @returns {{token: string | null, misplaced: boolean}} `misplaced` where the query had a token,
 * which is not used: servers and proxies may have logged it.
 */
export function takeToken(tab) {
  const { pathname, search, hash } = tab.location;
  const query = new URLSearchParams(search);
  const found = IN_FRAGMENT.exec(hash);
  const misplaced = query.has("token");
  if (found || misplaced) {
    query.delete("token");
    const asked = String(query) && `?${query}`;
    const fragment = hash.replace(IN_FRAGMENT, "$1").replace(/[#&]$/, "");
    tab.history.replaceState(tab.history.state, "", pathname + asked + fragment);
  }
  const token = found ? decode(found[2]) : "";
  if (token) keepToken(tab, token);
  return { token: token || keptToken(tab), misplaced };
}

/**
 * @param {Pick<Tab, "sessionStorage">} tab
 * @param {string | null} token Null forgets the one that is kept.
 */
export function keepToken(tab, token) {
  try {
    if (token === null) tab.sessionStorage.removeItem(KEY);
    else tab.sessionStorage.setItem(KEY, token);
  } catch {
    // The visitor allows no storage: after a reload, the page asks for the token.
  }
}

/** @param {Pick<Tab, "sessionStorage">} tab */
function keptToken(tab) {
  try {
    return tab.sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
