// @ts-check
/** Waiting: why the line grew, that it closes soon, whom the place is kept for, and that it was begun anew. */
import { moment, put, teach } from '../shared/words.js';
import { button, el } from './ask.js';

teach({
  'why.urgent': 'Iemand die nu in gevaar is, gaat voor. Daarom wacht je iets langer.',
  'why.kept': 'Iemand die al een plek had, is terug en staat weer voor je.',
  'why.fewer': 'Er is nu iemand minder aan het werk. Daarom wacht je iets langer.',
  'why.moved': 'Iemand die al in gesprek was, gaat voor. Daarom wacht je iets langer.',
  'for.text': 'We wachten even op {name}, hoogstens {n} minuten. Daarna helpt iemand anders.',
  'for.one': 'We wachten even op {name}, hoogstens 1 minuut. Daarna helpt iemand anders.',
  'for.anyone': 'Liever meteen iemand',
  'for.looking': 'We zoeken meteen iemand voor je.',
  'anew.begins': 'Er ging iets mis bij ons, niet bij jou. Je woorden staan hier nog. Wat nog niet gelezen is, gaat mee. We zetten je weer in de rij.',
  'anew.waits': 'Er ging iets mis bij ons, niet bij jou. Je woorden staan hier nog. Wat nog niet gelezen is, gaat mee. Je staat weer in de rij.',
  'closes.text': 'De lijn sluit: {when}. Lukt het niet voor die tijd? Dan zeggen we het hier.',
  'closes.else': 'Daarna nog open: {lines}.',
  'closes.call': 'Bellen kan ook.',
});

/** @typedef {import('./talk.js').Talk} Talk */
/** @typedef {import('../shared/wire.js').Msg} Msg */

/** @param {Talk} talk @param {Msg} f frame `waiting` with `why`, `closes` or `for` */
export function told(talk, f) {
  if (f.for) waitsFor(talk, f);
  const { $, lineName, lines } = talk.page;
  if (f.why) put($('more'), 'why.' + f.why);
  if (!f.closes) return;
  const later = lines().filter((/** @type {any} */ l) => l.line !== talk.wish?.line && l.open && !l.opens && !(Date.parse(l.closes) <= Date.parse(f.closes)));
  const words = /** @type {const} */ ([['closes.text', { when: moment(f.closes) }], [later.length ? 'closes.else' : 'none', { lines: later.map((/** @type {any} */ l) => lineName(l.line)).join(', ') }], ['closes.call', {}]]);
  const had = $('closes'), note = had ?? el('div', { id: 'closes', className: 'note warn' }, ...words.map(() => el('span')));
  words.forEach(([key, fill], i) => put(note.children[i], key, fill));
  if (!had) note.append(...[...note.children].flatMap((p) => [p, ' ']));
  if (had) return;
  if (!f.why) put($('more'), 'none');
  stand(talk, note, 'closes');
}

/** @param {Talk} talk @param {HTMLElement} note @param {string} till the field of `waiting` with which it stays */
function stand(talk, note, till) {
  Object.assign(note.dataset, { chat: '', till });
  talk.page.$('more').after(note);
  talk.view.tell(note.textContent);
}

/** The place is kept for somebody for a while; whoever would rather not wait for her says so. @param {Talk} talk @param {Msg} f */
function waitsFor(talk, f) {
  const { $, wire } = talk.page, n = Math.ceil(f.for_s / 60), had = $('for');
  const text = had?.firstChild ?? el('p'), note = had ?? el('div', { id: 'for', className: 'note' }, text, button('for.anyone', () => {
    if (!wire.send({ t: 'anyone' })) return; // the page says already that it has no line
    note.remove();
    put($('more'), 'for.looking');
    $('who').focus({ preventScroll: true });
  }, { className: 'plain' }));
  put(text, n > 1 ? 'for.text' : 'for.one', { name: f.for, n });
  if (!had) stand(talk, note, 'for');
}

/** The store forgot the chat, and another is begun in its place. @param {Talk} talk @param {boolean} waits whether it has a place already */
export function anew(talk, waits) {
  const had = talk.page.$('anew'), note = had ?? el('div', { id: 'anew', className: 'note' });
  put(note, waits ? 'anew.waits' : 'anew.begins');
  if (!had) stand(talk, note, 'ahead');
}
