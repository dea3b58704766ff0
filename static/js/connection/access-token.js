/**
 * Access token from the fragment of the page's address: `/#token=...`.
 *
 * Browsers never send a fragment, so it appears in no server log. The token is removed from the
 * address bar at once and kept in the tab's session storage for the next load.
 *
 * @typedef {object} Tab The parts of `window` that are used.
 * @property {{pathname: string, search: string, hash: string}} location
 * @property {{state: unknown, replaceState: (state: unknown, unused: string, url: string) => void}} history
 * @property {Storage} sessionStorage
 */

const KEY = "mien-token";
const IN_FRAGMENT = /([#&])token=([^&]*)&?/;

/**
 * Removes the token from the address and stores it; without one, returns the stored token.
 * @param {Tab} tab
 * @returns {{token: string | null, inQuery: boolean}} `inQuery` if the query had a token. It is not
 * used, because servers and proxies may have logged it.
 */
export function takeToken(tab) {
  const { pathname, search, hash } = tab.location;
  const query = new URLSearchParams(search);
  const found = IN_FRAGMENT.exec(hash);
  const inQuery = query.has("token");
  if (found || inQuery) {
    query.delete("token");
    const rest = String(query) && `?${query}`;
    const fragment = hash.replace(IN_FRAGMENT, "$1").replace(/[#&]$/, "");
    tab.history.replaceState(tab.history.state, "", pathname + rest + fragment);
  }
  const token = found ? decode(found[2]) : "";
  if (token) storeToken(tab, token);
  return { token: token || storedToken(tab), inQuery };
}

/**
 * @param {Pick<Tab, "sessionStorage">} tab
 * @param {string | null} token Null removes the stored one.
 */
export function storeToken(tab, token) {
  try {
    if (token === null) tab.sessionStorage.removeItem(KEY);
    else tab.sessionStorage.setItem(KEY, token);
  } catch {
    // Storage is blocked: after a reload, the page asks for the token again.
  }
}

/** @param {Pick<Tab, "sessionStorage">} tab */
function storedToken(tab) {
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
