// @ts-check
/** Short notices above the chats, one of each kind, and what a screen reader is told. */
import { byId, el } from './dom.js';

/** @type {Map<string, any>} */ const shown = new Map();
const box = byId('notices'), live = byId('live'), alertBox = byId('alert');

/**
 * @param {string} key of its words @param {{kind?: string, fill?: Record<string, string|number>, stay?: boolean, act?: string, go?: () => void}} [how]
 *   stay: nobody puts it away; `act` is the key of a button's words, which calls `go`; without either it goes by itself
 */
export function notice(key, { kind = 'warn', fill, stay = false, act = '', go } = {}) {
  unnotice(key);
  const row = el(`div.note.${kind}.notice`, { data: { note: key } }, el('p', { w: key, fill }));
  if (act) row.append(el('button.small-button', { w: act, on: { click: () => { unnotice(key); go?.(); } } }));
  if (!stay) row.append(el('button.plain.small-button', { w: 'close', on: { click: () => unnotice(key) } }));
  shown.set(key, row);
  box.append(row);
  if (!stay && !act) setTimeout(() => shown.get(key) === row && unnotice(key), 8000);
}

/** @param {string} key */
export function unnotice(key) {
  const row = shown.get(key);
  if (row?.contains(document.activeElement)) byId('deck').focus();
  row?.remove();
  shown.delete(key);
}

export function noNotices() {
  for (const key of [...shown.keys()]) unnotice(key);
}

/** @param {string} words @param {boolean} [now] also into what is being read */
export function tell(words, now = false) {
  if (now) {
    alertBox.textContent = '';
    setTimeout(() => { alertBox.textContent = words; }, 50); // the same words twice are said twice
    return;
  }
  live.append(el('p', { text: words }));
  while (live.childElementCount > 20) live.firstElementChild?.remove();
}
