// @ts-check
/**
 * What this tab keeps for a reload, in sessionStorage: a random secret of the tab, and per chat its colour and line,
 * where she asked to bring it, and its keys wrapped under the secret and the share of `assigned` (design, section 5). The server deletes the share
 * at the end of the chat, so what is left here then opens nothing. Never a message, never a time.
 */
import { b64u, keeper } from '../shared/hvn1.js';

/** @typedef {import('../shared/hvn1.js').Key} Key */
/** @typedef {{e: number, pk: string, key: Key}} Owned  an epoch of hers: the young person's key and her pair */
/**
 * `place` is the order of the columns; `to` where she asked to bring the chat, until it is known what came of that, and
 * `heard` the newest such question of which it is.
 * @typedef {{colour: number, place: number, line: string, topic: string, lang: string,
 *   to?: {line?: string, name?: string}, heard?: string}} Meta
 */

const PRE = 'haven.desk.';

/** @param {string} name @returns {string} '' where there is none */
export function recall(name) {
  try {
    return sessionStorage.getItem(PRE + name) ?? '';
  } catch {
    return '';
  }
}

/** @param {string} name @param {string} value '' forgets it */
export function keep(name, value) {
  try {
    if (value) sessionStorage.setItem(PRE + name, value);
    else sessionStorage.removeItem(PRE + name);
  } catch { /* without it a reload costs the older messages, nothing more */ }
}

/** Forgets everything of whoever worked in this tab, but the language and the sound. */
export function wipe() {
  try {
    for (const k of Object.keys(sessionStorage)) {
      if (k.startsWith(PRE) && k !== PRE + 'lang' && k !== PRE + 'mute') sessionStorage.removeItem(k);
    }
  } catch { /* nothing was kept */ }
}

function secret() {
  const s = recall('secret') || b64u(crypto.getRandomValues(new Uint8Array(32)));
  keep('secret', s);
  return s;
}

/** @param {string} chat @returns {any} */
function entry(chat) {
  try {
    return JSON.parse(recall('chat.' + chat) || '{}');
  } catch {
    return {};
  }
}

/** @param {string} chat @param {object} more */
const amend = (chat, more) => keep('chat.' + chat, JSON.stringify({ ...entry(chat), ...more }));

/** @param {string} chat @returns {Meta|undefined} */
export const metaOf = (chat) => entry(chat).meta;

/** @param {string} chat @param {Meta} meta */
export const keepMeta = (chat, meta) => amend(chat, { meta });

/** @param {string} chat @returns {number} the epoch that this tab has a wrapped key of, or -1 */
export const keptEpoch = (chat) => entry(chat).e ?? -1;

/** @typedef {{e: number, pk: string, key: string, share: string}} Wrapped  `key` is wrapped under `share` */

/** Per chat what this page has wrapped or opened: a key can be exported only once. @type {Map<string, Wrapped[]>} */
const owned = new Map();

/**
 * Wraps the key of a new epoch; keys of earlier ones of hers go along inside, with the share that opens them.
 * @param {string} chat @param {string} share of this epoch @param {Owned} own its key not wrapped before
 */
export async function keepKey(chat, share, own) {
  const k = await keeper(secret(), share, chat);
  const past = owned.get(chat) ?? [];
  const key = await k.sealKey(own.key);
  amend(chat, { e: own.e, pk: own.pk, key, past: await k.seal(past) });
  owned.set(chat, [...past, { e: own.e, pk: own.pk, key, share }]);
}

/**
 * @param {string} chat @param {string} share @param {number} e
 * @returns {Promise<Owned[]>} the epochs of hers, the newest last; throws where they cannot be opened
 */
export async function openKeys(chat, share, e) {
  const kept = entry(chat);
  if (kept.e !== e) throw new Error('desk: no key of this epoch');
  const k = await keeper(secret(), share, chat);
  /** @type {Wrapped[]} */
  const all = [...await k.open(kept.past), { e, pk: kept.pk, key: kept.key, share }];
  const opened = [];
  for (const w of all) {
    opened.push({ e: w.e, pk: w.pk, key: await (await keeper(secret(), w.share, chat)).openKey(w.key) });
  }
  owned.set(chat, all);
  return opened;
}

/** The chat ended or went to somebody else: its keys go. @param {string} chat */
export function forgetKeys(chat) {
  owned.delete(chat);
  const { meta } = entry(chat);
  keep('chat.' + chat, meta ? JSON.stringify({ meta }) : '');
}

/** @param {string} chat */
export function forget(chat) {
  forgetKeys(chat);
  keep('chat.' + chat, '');
}
