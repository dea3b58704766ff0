/**
 * Access to a service that requires a token: from the page's address, or typed into a notice.
 *
 * @import {Connection} from "./connection.js"
 * @import {Notice} from "../view/notice.js"
 * @import {Tab} from "./access-token.js"
 */

import { storeToken, takeToken } from "./access-token.js";
import { TOKEN_IN_QUERY, TOKEN_LABEL, TOKEN_REQUIRED } from "../strings.js";

export class AccessPrompt {
  /** @type {string | null} */
  token;
  #inQuery;
  #tab;
  #notice;

  /**
   * @param {Tab} tab
   * @param {Notice} notice
   */
  constructor(tab, notice) {
    const { token, inQuery } = takeToken(tab);
    this.token = token;
    this.#inQuery = inQuery;
    this.#tab = tab;
    this.#notice = notice;
  }

  /**
   * Asks for a token after the server has refused the connection.
   * @param {string} message The server's own sentence.
   * @param {Connection} connection Connects with the token that is entered.
   */
  ask(message, connection) {
    storeToken(this.#tab, null);
    const run = (/** @type {string} */ token) => this.#use(token, connection);
    this.#notice.show("access", { text: this.#text(message), field: { title: TOKEN_LABEL, run } });
  }

  /**
   * Uses a token that was added to the address while the page was open.
   * @param {Connection} connection
   */
  readAddress(connection) {
    const { token } = takeToken(this.#tab);
    if (token && token !== this.token) this.#use(token, connection);
  }

  /** @param {string} message */
  #text(message) {
    if (this.token) return message;
    return this.#inQuery ? TOKEN_IN_QUERY : TOKEN_REQUIRED;
  }

  /**
   * @param {string} token
   * @param {Connection} connection
   */
  #use(token, connection) {
    this.token = token;
    storeToken(this.#tab, token);
    connection.open(token);
  }
}
