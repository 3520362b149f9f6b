// @ts-check
/**
 * Being brought to another line or counsellor: the question, what may go along, and each step said once. Nothing happens
 * without a yes; Escape only lays the question aside, and a note leads back to it. While it is not safe to type, or another
 * question was open, there is the note alone, in which nothing tells what is asked.
 */
import { moment, put, say, teach } from '../shared/words.js';
import { ask, button, el } from './ask.js';
import { plain, read, slip } from './cards.js';

/** @typedef {import('./talk.js').Talk} Talk */
/** @typedef {import('../shared/wire.js').Msg} Msg */
/**
 * What is asked: `e` is the epoch in which it was, `said` undefined until it is answered; then whether the talk so far goes
 * along, and the text of the slip, '' for none. `lost`: she who asked was, and the place is in the line that was agreed to;
 * `stands` is such a one, while something else is asked.
 * @typedef {{offer: string, line: string, name: string, slip: string, waiting: boolean, e: number,
 *   said?: boolean, sure?: boolean, history?: boolean, text?: string, lost?: boolean, stands?: Move}} Move
 */

teach({
  'move.title': 'Wil je naar {to}?',
  'move.why': '{name} denkt dat {to} je goed kan helpen. Jij kiest.',
  'move.why.wait': 'Bij {to} is nu plek. Wil je daarheen? Jij kiest.',
  'move.who': '{to} werkt bij {line}.',
  'move.time': 'Er is geen haast. {name} wacht op je antwoord.',
  'move.time.wait': 'Deze vraag blijft hoogstens 1 minuut staan. Kies je niet? Dan wacht je hier verder.',
  'move.if.yes': 'Zeg je ja? Dan vragen we {to}. Dat duurt hoogstens 10 minuten. {name} blijft bij je tot er iemand is.',
  'move.if.no': 'Zeg je nee? Dan blijf je bij {name}. Dat is ook goed.',
  'move.if.yes.wait': 'Zeg je ja? Dan wacht je daar verder. Je houdt je plaats in de rij.',
  'move.if.no.wait': 'Zeg je nee? Dan wacht je hier verder. Dat is ook goed.',
  'move.take': 'Wat mag er mee? Niets hoeft.',
  'move.history': 'Neem mee wat we hebben geschreven',
  'move.slip': 'Neem dit briefje mee',
  'move.slip.text': 'Het briefje. Lees het na. Je mag het veranderen.',
  'move.yes': 'Ja, naar {to}',
  'move.no': 'Nee, ik blijf bij {name}',
  'move.no.wait': 'Nee, ik wacht hier',
  'move.later': 'Je hebt nog geen antwoord gegeven op een vraag.',
  'move.new': 'Er is een vraag voor je. Lees die als het kan.',
  'move.other': 'De vraag van net is voorbij. Er is een nieuwe vraag.',
  'move.read': 'Lees de vraag',
  'move.calling': 'We vragen {to}. {name} blijft bij je tot er iemand is. Je kunt gewoon typen.',
  'move.going': 'We brengen je naar {to}…',
  'move.stays': '{name} blijft bij je.',
  'move.past': 'De vraag is voorbij. {name} blijft bij je.',
  'move.past.wait': 'De vraag is voorbij. Je wacht hier verder. Je plaats is gebleven.',
  'move.along': 'Wat mee mag, gaat nog steeds mee naar {to}.',
  'move.left': 'Wat mee mocht, gaat nu niet mee.',
  'move.nobody': 'Het lukt nu niet bij {to}. {name} blijft bij je.',
  'move.here': '{to} van {line} is er nu. Wat je eerder schreef, is niet meegegaan.',
  'move.took': '{to} van {line} is er nu. Wat je eerder schreef, gaat mee.',
  'move.noted': '{to} van {line} is er nu. Je briefje gaat mee.',
  'move.went': 'Je wacht nu bij {to}. Je plaats is gebleven.',
  'move.waits': 'Je wacht hier verder. Je plaats is gebleven.',
});

/** @param {Talk} talk @param {Move} m */
const fill = (talk, m) => ({ name: talk.name, line: talk.page.lineName(m.line), to: m.name || talk.page.lineName(m.line) });

/** Takes the question off the screen. @param {Talk} talk */
function drop({ page: { $ } }) {
  $('move')?.close();
  $('move-note')?.remove();
}

/** It came to nothing. @param {Talk} talk */
function over(talk) {
  const m = /** @type {Move} */ (talk.move), wait = m.waiting ? '.wait' : '';
  drop(talk);
  talk.move = m.stands ?? null;
  put(talk.page.$('more'), m.said === undefined ? 'move.past' + wait : wait ? 'move.waits' : m.said ? 'move.nobody' : 'move.stays', fill(talk, m));
  talk.save();
}

/** On a new socket: what stands is said by the server, and else it came to nothing meanwhile. @param {Talk} talk @param {Move} m */
function unsure(talk, m) {
  m.sure = false;
  setTimeout(() => talk.move === m && !m.sure && over(talk), 5000);
}

/** @param {Talk} talk */
function listen(talk) {
  talk.hears.away = () => talk.move?.said && put(talk.page.$('more'), 'none'); // she cannot stay and be away
  talk.hears.consent = (f) => {
    const m = /** @type {Move|null} */ (talk.move);
    if (!m || m.lost) return;
    if (f.code === 'no_offer' || f.code === 'no_chat') over(talk); // it was over already
    else setTimeout(() => talk.move === m && m.said !== undefined && send(talk, m), 3000); // not known to be heard
  };
}

/** @param {Talk} talk @param {Move} m */
function send(talk, m) {
  talk.page.wire.send({ t: 'consent', offer: m.offer, yes: m.said, ...(m.history && { history: true }) });
}

/** @param {Talk} talk @param {Move} m */
function tellCalling(talk, m) {
  put(talk.page.$('more'), m.waiting ? 'move.going' : talk.away ? 'none' : 'move.calling', fill(talk, m));
}

/** @param {Talk} talk @param {Msg} f frame `handover` */
export async function asked(talk, f) {
  const was = /** @type {Move|null} */ (talk.move);
  listen(talk);
  if (was && was.offer === f.offer) {
    was.sure = true;
    if (f.agreed) tellCalling(talk, was);
    else if (was.said !== undefined) send(talk, was); // the answer was lost with its line
    else if (!talk.page.$('move') && !talk.page.$('move-note')) show(talk, was);
    return;
  }
  await talk.view.needCards();
  const other = was && was.said === undefined && (talk.page.$('move') ? 'move.other' : 'move.new');
  drop(talk);
  /** @type {Move} */ const m = talk.move = {
    offer: f.offer, line: f.line || talk.wish?.line, name: f.name ?? '', slip: f.slip ?? '', waiting: talk.phase === 'waiting', e: talk.log?.e ?? -1,
    ...(f.agreed && { said: true }), ...(was && { stands: was.lost ? was : was.stands }),
  };
  talk.save();
  if (m.said) tellCalling(talk, m);
  else show(talk, m, other);
}

/** Asks, or says that something is asked: not in the face of whoever looks along, and not under a finger. @param {Talk} talk @param {Move} m @param {string|false|null} [other] words, where it came in place of another */
function show(talk, m, other) {
  if (other || talk.quiet || document.querySelector('dialog[open]')) note(talk, m, other || 'move.new');
  else question(talk, m);
}

/** @param {Talk} talk @param {Move} m @param {string} w its words */
function note(talk, m, w) {
  const { $ } = talk.page;
  if (talk.move !== m || m.said !== undefined || $('move-note')) return;
  const read = () => {
    n.remove();
    question(talk, m);
  };
  const text = el('p', { w }), n = el('div', { id: 'move-note', className: 'note' }, text, button('move.read', read));
  n.dataset.chat = '';
  $('live').after(n);
  requestAnimationFrame(() => scrollTo(0, document.documentElement.scrollHeight));
  if (w !== 'move.later') talk.view.tell(text.textContent);
  if (talk.quiet) $('quiet').addEventListener('click', () => n.isConnected && read(), { once: true });
}

/** @param {Talk} talk @param {Move} m */
function question(talk, m) {
  const { page, log } = talk, words = fill(talk, m), wait = m.waiting ? '.wait' : '';
  /** @param {string} w */
  const p = (w) => el('p', { w, fill: words });
  const about = [p('move.why' + wait), p('move.time' + wait)], line = page.lines().find((/** @type {any} */ l) => l.line === m.line);
  if (m.name) about.push(p('move.who'));
  else if (say('about.' + m.line)) about.push(el('p', { className: 'card', w: 'about.' + m.line }));
  if (!m.name && line?.open && line.closes) about.push(el('p', { w: 'line.until', fill: { when: moment(line.closes) } }));

  const card = m.slip && log?.items.find((i) => i.id === m.slip), text = card ? read(card).text ?? '' : '';
  /** @param {string} w @param {string} id */
  const tick = (w, id) => el('label', { className: 'tick' }, el('input', { type: 'checkbox', id }), el('span', { w }));
  const history = tick('move.history', 'move-history'), take = tick('move.slip', 'move-slip');
  const own = el('textarea', { id: 'move-slip-text', rows: 4, maxLength: 1500, value: text, spellcheck: false });
  own.addEventListener('input', () => { take.firstChild.checked = own.value.trim() !== ''; }); // nobody writes what is to stay behind
  const along = el('fieldset', {}, el('legend', { w: 'move.take' }), history,
    ...text ? [el('label', {}, el('span', { w: 'move.slip.text' }), own), take] : []);

  /** @param {boolean} yes */
  const answer = (yes) => {
    m.said = yes;
    if (yes && !m.waiting) {
      m.history = history.firstChild.checked;
      m.text = text && take.firstChild.checked ? own.value.trim() : '';
      if (m.text && m.text !== text) log?.say(4, slip(m.text)); // first to her who began it: both see what goes along
    }
    send(talk, m);
    d.close();
    if (yes) tellCalling(talk, m);
    else put(page.$('more'), m.waiting ? 'move.waits' : 'move.stays', words);
    talk.save();
  };
  const d = ask('move', el('h2', { w: 'move.title', fill: words }), ...about, p('move.if.yes' + wait), p('move.if.no' + wait), ...m.waiting ? [] : [along],
    el('div', { className: 'row' }, button('move.yes', () => answer(true), { id: 'move-yes', fill: words }),
      button('move.no' + wait, () => answer(false), { id: 'move-no', className: 'plain', fill: words })));
  d.addEventListener('close', () => talk.phase !== 'ended' && note(talk, m, 'move.later'));
}

/** @param {Talk} talk with the name of whoever was there before @param {Msg} f frame `joined` */
export function joined(talk, f) {
  /** @type {Move} */ let m = talk.move;
  listen(talk);
  if (f.e <= m.e) {
    if (f.share) {
      if (m.said !== undefined) put(talk.page.$('more'), 'none');
      return unsure(talk, m);
    }
    if (!talk.away) return over(talk);
    talk.fresh = true; // she is back: whether it was over before she was, only a resume tells
    return talk.hello({ t: 'hello', store: talk.store });
  }
  if (!m.lost && f.name === talk.name && m.name !== f.name) { // the same counsellor under another key: what she asked stands
    m.e = f.e;
    return;
  }
  drop(talk);
  talk.move = null;
  if (m.stands) m = m.stands;
  // Only whom the yes was for gets anything: somebody else may have come meanwhile.
  const here = m.said && !m.waiting && (m.name ? f.name === m.name : f.line === m.line && f.name !== talk.name);
  put(talk.page.$('more'), !here ? 'none' : m.history ? 'move.took' : m.text ? 'move.noted' : 'move.here',
    { to: f.name, line: talk.page.lineName(f.line) });
  if (!here) return;
  talk.other = false; // said already
  pass(talk, f.e, m);
}

/** Seals what goes along for the new counsellor; it waits for her tag like everything, before what was said since. @param {Talk} talk @param {number} e @param {Move} m */
function pass(talk, e, m) {
  const log = /** @type {import('../shared/wire.js').Log} */ (talk.log), queued = log.items.filter((i) => i.state === 'queued');
  const before = m.history ? log.items.filter((i) => i.e < e && (i.k === 1 || i.k === 4) && /kept|read|got/.test(i.state)) : [];
  const sealed = before.flatMap((it) => {
    const text = it.k === 4 ? plain(it) : it.text;
    talk.offered.add(it.id);
    return text ? [log.say(3, item(it.from, talk.names[it.e], text))] : [];
  });
  if (m.text) sealed.push(log.say(4, slip(m.text)));
  log.items = [...log.items.filter((i) => !queued.includes(i) && !sealed.includes(i)), ...sealed, ...queued];
}

/** @param {'y'|'c'} from @param {string} name @param {string} text @returns {string} cut where it would be too long to be sealed */
function item(from, name, text) {
  for (let n = text.length; ; n = Math.floor(n * 0.9)) {
    const json = JSON.stringify({ from, ...(from === 'c' && name && { name }), text: text.slice(0, n) });
    if (new TextEncoder().encode(json).length < 8190) return json;
  }
}

/** @param {Talk} talk not yet waiting, where she was lost @param {Msg} f frame `waiting` */
export function waiting(talk, f) {
  /** @type {Move} */ const m = talk.move;
  listen(talk);
  if (!m.waiting) { // she was lost; what may go along still may, where they said yes to this line
    const had = m.said && (m.history || m.text), stands = m.said && (f.line || talk.wish?.line) === m.line;
    drop(talk);
    if (!m.lost || !stands || f.share) put(talk.page.$('more'), had ? stands ? 'move.along' : 'move.left' : 'none', fill(talk, m));
    m.lost = true;
    if (!stands) talk.move = null;
  } else if (f.line === m.line) {
    drop(talk);
    talk.move = null;
    put(talk.page.$('more'), 'move.went', fill(talk, m));
  } else if (f.share) {
    unsure(talk, m);
  } else if (f.line) {
    over(talk);
  }
}
