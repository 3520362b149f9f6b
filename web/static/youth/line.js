// @ts-check
/** Waiting: why the line grew, and that it closes soon. */
import { moment, put, teach } from '../shared/words.js';
import { el } from './ask.js';

teach({
  'why.urgent': 'Iemand die nu in gevaar is, gaat voor. Daarom wacht je iets langer.',
  'why.kept': 'Iemand die al een plek had, is terug en staat weer voor je.',
  'why.fewer': 'Er is nu iemand minder aan het werk. Daarom wacht je iets langer.',
  'closes.text': 'De lijn sluit: {when}. Lukt het niet voor die tijd? Dan zeggen we het hier.',
  'closes.else': 'Daarna nog open: {lines}.',
  'closes.call': 'Bellen kan ook.',
});

/** @param {import('./talk.js').Talk} talk @param {import('../shared/wire.js').Msg} f frame `waiting` with `why` or `closes` */
export function told(talk, f) {
  const { $, lineName, lines } = talk.page;
  if (f.why && !f.closes) put($('more'), 'why.' + f.why);
  if (!f.closes) return;
  const later = lines().filter((/** @type {any} */ l) => l.line !== talk.wish?.line && l.open && !l.opens && !(Date.parse(l.closes) <= Date.parse(f.closes)));
  const words = /** @type {const} */ ([['closes.text', { when: moment(f.closes) }], [later.length ? 'closes.else' : 'none', { lines: later.map((/** @type {any} */ l) => lineName(l.line)).join(', ') }], ['closes.call', {}]]);
  const had = $('closes'), note = had ?? el('div', { id: 'closes', className: 'note warn' }, ...words.map(() => el('span')));
  words.forEach(([key, fill], i) => put(note.children[i], key, fill));
  if (!had) note.append(...[...note.children].flatMap((p) => [p, ' ']));
  if (had) return;
  note.dataset.chat = '';
  $('more').after(note);
  put($('more'), 'none');
  talk.view.tell(note.textContent);
}
