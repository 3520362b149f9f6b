// @ts-check
/** Coming back later: four words that lead to this chat or to its counsellor, and the place to type them. */
import { put, teach } from '../shared/words.js';
import { ask, button, el } from './ask.js';

/** @typedef {import('./talk.js').Talk} Talk */
/** @typedef {import('./page.js').Page} Page */

teach({
  'code.title': 'Later terug',
  'code.why': 'Moet je weg? Vraag vier woorden. Typ ze later op deze pagina, bij Ik heb een code. Dan kom je terug in deze chat. Is die voorbij, dan zoeken we dezelfde hulpverlener.',
  'code.old': 'Wat je nu schrijft, zie je dan niet meer. Niemand hoeft je naam te weten.',
  'code.look': 'Kijkt er iemand mee? Doe dit dan later.',
  'code.show': 'Laat de woorden zien',
  'code.days': 'Ze werken {days} dagen.',
  'code.day': 'Ze werken 1 dag.',
  'code.keep': 'Onthoud ze. Of schrijf ze op tussen je boodschappen. Schrijf er niet bij waar ze voor zijn.',
  'code.secret': 'Wie deze woorden kent, kan je chat openen. Vertel ze aan niemand.',
  'code.last': 'Kreeg je eerder woorden voor deze chat? Die werken nu niet meer.',
  'code.no': 'Woorden geven kan nu niet. Probeer het later nog eens.',
  'code.slow': 'Dat ging te snel. Wacht even en probeer het nog eens.',
  'back.title': 'Ik heb een code',
  'back.words': 'Typ je vier woorden',
  'back.hint': 'Hoofdletters en streepjes maken niet uit.',
  'back.line': 'Met wie heb je gechat?',
  'back.known': 'De hulpverlener ziet dat je er eerder was. Wat je toen schreef, staat hier niet meer.',
  'back.four': 'Een code is vier woorden. Kijk of ze er alle vier staan.',
  'back.wrong': 'Deze woorden werken niet, of niet meer. Kijk of je ze goed hebt getypt. Je kunt ook zonder code beginnen.',
  'back.off': 'Terugkomen met een code kan nu niet. Je kunt wel zonder code beginnen.',
  'back.without': 'Begin zonder code',
  'past.text': 'Je bent terug. Wat je eerder schreef, kunnen we op dit scherm niet laten zien.',
});

/** Shows the chat's code, or asks for one. @param {Talk} talk */
export function give(talk) {
  const words = el('p', { id: 'code-words', className: 'look', lang: 'nl' }), days = el('p'), about = el('div', { className: 'note', hidden: true },
    words, days, el('p', { w: 'code.keep' }), el('p', { w: 'code.secret' }), el('p', { className: 'small', w: 'code.last' }));
  const why = el('div', {}, el('p', { w: 'code.why' }), el('p', { w: 'code.old' }), el('p', { w: 'code.look' }));
  const state = el('p', { id: 'code-state', role: 'status' }), box = el('div', { role: 'status' }, about);
  const go = button('code.show', () => {
    if (talk.code) show();
    else put(state, talk.page.wire.send({ t: 'code' }) ? 'join.wait' : 'net.off');
  }, { id: 'code-show' });

  function show() {
    const { words: text, days: n } = /** @type {any} */ (talk.code);
    words.textContent = text;
    put(days, n === 1 ? 'code.day' : n ? 'code.days' : 'none', { days: n });
    put(state, 'none');
    why.hidden = go.hidden = true;
    about.hidden = false;
    d.querySelector('h2')?.focus();
  }
  talk.hears.code = (f) => {
    if (f.t === 'code') talk.code = f; // in this page's memory only: the same words, when they are asked for again
    if (!d.isConnected) return;
    if (f.t === 'code') show();
    else put(state, f.code === 'slow_down' ? 'code.slow' : 'code.no');
  };
  const d = ask('code', el('h2', { w: 'code.title' }), why, box, state,
    el('div', { className: 'row' }, go, button('close', () => d.close(), { className: 'plain' })));
}

/** The place to type a code, on the way into a line. @param {Page} page */
export function enter(page) {
  const { $ } = page, lines = page.lines();
  if (!lines.length) return put($('lines-state'), 'lines.off');
  page.pick(lines[0].line);
  const input = el('input', { id: 'back-words', name: 'back-words', maxLength: 100, required: true, autocapitalize: 'none', autocomplete: 'off', spellcheck: false,
    pattern: '[^\\p{L}]*\\p{L}+([^\\p{L}]+\\p{L}+){3}[^\\p{L}]*' });
  const select = el('select', { id: 'back-line', name: 'back-line' },
    ...lines.map((/** @type {any} */ l) => el('option', { value: l.line, textContent: page.lineName(l.line) })));
  const hint = el('p', { id: 'back-hint', className: 'small', w: 'back.hint' });
  input.setAttribute('aria-describedby', 'back-hint back-state');
  input.addEventListener('invalid', (/** @type {Event} */ ev) => {
    ev.preventDefault(); // said in this page's words, not in the browser's
    refuse(page, 'back.four');
  });
  input.addEventListener('input', () => {
    input.removeAttribute('aria-invalid');
    put($('back-state'), 'none');
  });
  const on = lines.find((/** @type {any} */ l) => l.open);
  if (on) select.value = on.line;
  put($('join-title'), 'back.title');
  $('join-form').prepend(el('div', { id: 'back', className: 'stack' },
    el('label', {}, el('span', { w: 'back.words' }), input), hint, el('p', { id: 'back-state', role: 'status' }),
    el('label', {}, el('span', { w: 'back.line' }), select),
    el('p', { className: 'small', w: 'back.known' })));
}

/** @param {Page} page @param {string} key of the words */
function refuse(page, key) {
  const { $ } = page;
  put($('join-state'), 'none');
  put($('back-state'), key);
  $('start').disabled = false;
  $('back-words').setAttribute('aria-invalid', 'true');
  $('back-words').focus();
  $('back').scrollIntoView({ block: 'center' });
}

/** The server does not know it: one answer, whatever is wrong with it. @param {Page} page @param {string} code of the error */
export function wrong(page, code) {
  const { $ } = page;
  if (!$('back')) return;
  refuse(page, code === 'not_now' ? 'back.off' : 'back.wrong');
  $('back-without')?.remove();
  const without = button('back.without', () => {}, { id: 'back-without', className: 'plain' });
  without.dataset.pick = $('back-line').value;
  $('back-state').after(without);
}

/** Says that what was said before is not here. @param {Talk} talk */
export function before(talk) {
  const { $ } = talk.page;
  if ($('past')) return;
  const note = el('li', { id: 'past', className: 'msg told' }, el('p', { w: 'past.text' }));
  $('log').prepend(note);
  talk.view.tell(note.textContent);
}
