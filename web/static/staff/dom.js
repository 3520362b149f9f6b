// @ts-check
/** Building what is shown. Words come from words.js by key, so that everything can change its language at once. */
import { put, say } from '../shared/words.js';

/** @typedef {Record<string, string|number>} Fill */
/**
 * @typedef {{id?: string, type?: string, role?: string, w?: string, fill?: Fill, label?: string, hint?: string,
 *   text?: string, data?: Record<string, string>, on?: Record<string, (e: any) => void>, attr?: Record<string, string>}} Parts
 */

/** @param {string} id @returns {any} an element that the page has */
export const byId = (id) => document.getElementById(id);

/**
 * @param {string} what tag and classes: `button.plain`
 * @param {Parts} [parts] `w`, `label` and `hint` are keys of words: text, aria-label, placeholder
 * @param {...(Node|string)} inside
 * @returns {any} the element
 */
export function el(what, parts = {}, ...inside) {
  const [tag, ...classes] = what.split('.');
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(' ');
  if (tag === 'button') node.setAttribute('type', parts.type ?? 'button');
  else if (parts.type) node.setAttribute('type', parts.type);
  if (parts.id) node.id = parts.id;
  if (parts.role) node.setAttribute('role', parts.role);
  if (parts.text !== undefined) node.textContent = parts.text;
  for (const [k, v] of Object.entries(parts.attr ?? {})) node.setAttribute(k, v);
  for (const [k, v] of Object.entries(parts.data ?? {})) node.dataset[k] = v;
  for (const [k, f] of Object.entries(parts.on ?? {})) node.addEventListener(k, f);
  if (parts.w) put(node, parts.w, parts.fill);
  if (parts.label) label(node, parts.label, parts.fill);
  if (parts.hint) {
    node.dataset.wHint = parts.hint;
    /** @type {HTMLInputElement} */ (node).placeholder = say(parts.hint, parts.fill);
  }
  node.append(...inside);
  return node;
}

/** @param {HTMLElement} node @param {string} key @param {Fill} [fill] an aria-label */
export function label(node, key, fill) {
  node.dataset.wLabel = key;
  if (fill) node.dataset.wFill = JSON.stringify(fill);
  node.ariaLabel = say(key, fill);
}

/** Sets a text only where it changed: a node that is written over loses its selection. @param {Node} node @param {string} text */
export function text(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Makes the children of a box those of a list, each row the same for as long as it is there: nothing moves under her hands.
 * @param {any} box @param {string[]} keys of the list @param {(i: number) => any} make makes the row of one that is new
 * @param {any} refuge has the focus when a row goes that had it
 * @returns {any[]} the rows
 */
export function keyed(box, keys, make, refuge) {
  const gone = new Map([...box.children].map((r) => [r.dataset.key, r]));
  keys.forEach((k, i) => {
    const row = gone.get(k) ?? make(i);
    gone.delete(k);
    row.dataset.key = k;
    if (box.children[i] === row) return;
    const at = /** @type {HTMLElement|null} */ (row.contains(document.activeElement) ? document.activeElement : null);
    box.insertBefore(row, box.children[i] ?? null);
    at?.focus(); // what is moved loses it
  });
  for (const row of gone.values()) {
    if (row.contains(document.activeElement)) refuge.focus();
    row.remove();
  }
  return [...box.children];
}

/** @param {number} s whole seconds @returns {string} such as `0:07` or `12:30` */
export const clock = (s) => `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;

/** Seconds from now to a moment, not below 0. @param {number} until ms */
export const left = (until) => Math.max(0, Math.ceil((until - Date.now()) / 1000));

/** How long something lasts, calmly: seconds only in the first minute. @param {number} s */
export const span = (s) => s < 60 ? say('span.s', { n: s }) : s < 5400 ? say('span.min', { n: Math.floor(s / 60) }) : say('span.h', { n: Math.round(s / 3600) });

/** As span(), in steps that do not tick: how long somebody waits for a word. @param {number} s */
export const calm = (s) => s < 10 ? say('span.now') : span(s < 60 ? s - s % 10 : s);

/** @param {string} line the name in the configuration @returns {string} as people say it */
export const lineName = (line) => say('line.' + line) || line;

/** @param {string} topic @returns {string} */
export const topicName = (topic) => say('topic.' + topic) || topic;

/** @param {number} i which colour @returns {string} the chat's neutral label: a colour, then a colour with a number */
export function chatName(i) {
  const n = Math.floor(i / 6);
  return say('colour.' + (i % 6)) + (n ? ` ${n + 1}` : '');
}
