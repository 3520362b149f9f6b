// @ts-check
/** A reload in the middle of a chat: what this tab kept of it is opened again, once the server gave the share. */

/** @typedef {import('./talk.js').Talk} Talk */

/** @param {Talk} talk @param {string} kept @returns {Record<string, string>} origin() of then; throws where this is no chat */
export function revive(talk, kept) {
  const s = JSON.parse(kept);
  [talk.chat, talk.token, talk.sealedKey, talk.phase] = [s.chat, s.token, s.key, 'waiting'];
  talk.unseal = () => unseal(talk, s.kept);
  return s.from;
}

/** @param {Talk} talk with its keeper @param {string} sealed */
async function unseal(talk, sealed) {
  const { page } = talk, keeper = /** @type {import('../shared/hvn1.js').Keeper} */ (talk.keeper);
  talk.key = await keeper.openKey(talk.sealedKey);
  const s = await keeper.open(sealed);
  talk.unseal = null;
  const log = talk.newLog();
  [talk.wish, page.wish, talk.name, talk.quiet, talk.heard, log.epochs.pins] = [s.wish, s.wish, s.name, s.quiet, s.seen, s.pins];
  [talk.names, talk.move] = [s.names, s.move];
  [log.e, log.n] = [s.e, s.n];
  if (s.out.some((/** @type {any[]} */ o) => o[1] === 4)) await talk.view.needCards();
  for (const [id, k, text] of s.out) log.say(k, text, id);
  if (!page.$('text').value) page.$('text').value = s.draft;
}
