// @ts-check
/**
 * The store forgot this chat: another is begun, and the words go along. The counsellor of the first cannot know by herself
 * that it is the same person who comes, and nobody else may claim to be. So what is said first there is, under the id of the
 * chat before, a history item `{"before": {e, iv, ct}}`: sealed in that chat's epoch `e` as its message 0 with the id of this one.
 */

/** @typedef {import('./talk.js').Talk} Talk */
/** @typedef {import('../shared/wire.js').Log} Log */
/** @typedef {{e: number, epochs: import('../shared/hvn1.js').Epochs}} Left  a chat that the store forgot, and its newest epoch */

/** @param {Talk} talk */
export async function begin(talk) {
  const log = /** @type {Log} */ (talk.log), key = await talk.hvn1.createKey();
  if (!talk.chat) return; // it was asked for meanwhile
  if (log.e >= 0) talk.left.push({ e: log.e, epochs: log.epochs });
  [talk.chat, talk.token, talk.key] = ['', '', key];
  await talk.use('line', (line) => line.anew(talk, false));
  talk.join();
}

/** The counsellors come back a little later: the words wait for them. @param {Talk} talk */
export function refused(talk) {
  talk.place = { t: '', ahead: 0 };
  talk.view.words();
  setTimeout(() => talk.phase === 'joining' && !talk.fresh && talk.join(), 2000 + Math.random() * 2000);
}

/** It has a place. @param {Talk} talk */
export async function begun(talk) {
  const log = /** @type {Log} */ (talk.log), { chat, key, left } = talk;
  [log.epochs, log.e, log.n] = [new talk.hvn1.Epochs('y', chat, /** @type {import('../shared/hvn1.js').Key} */ (key)), -1, 0];
  log.reset();
  const queued = log.items.filter((i) => i.state === 'queued');
  /** @param {Left} l */
  const said = ({ epochs }) => log.items.find((i) => i.id === epochs.chat);
  talk.left = left.filter((l) => said(l)?.state !== 'read');
  const first = await Promise.all(talk.left.map(async (l) => {
    const { iv, ct } = await l.epochs.of(l.e).seal(3, 0, '', chat), text = JSON.stringify({ before: { e: l.e, iv, ct } });
    return Object.assign(said(l) ?? log.say(3, text, l.epochs.chat), { text });
  }));
  log.items = [...log.items.filter((i) => !queued.includes(i) && !first.includes(i)), ...first, ...queued.filter((i) => !first.includes(i))];
  await talk.use('line', (line) => line.anew(talk, true));
}
