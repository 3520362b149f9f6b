// @ts-check
/** What a chat looks like; talk.js holds what is so. */
import { put, say, wait } from '../shared/words.js';

/** @typedef {import('../shared/wire.js').Item} Item */

/** What a message may give away; looked for on this phone only. */
const GIVES_AWAY = /** @type {const} */ ([
  ['mail', /\S+@\S+\.\S{2,}/],
  ['phone', /(?:\+|\b0)(?:[\s().-]*\d){8,13}\b/],
  ['address', /\b[1-9]\d{3}\s?[A-Z]{2}\b|\p{L}{2,}(?:straat|laan|plein|kade|gracht|dijk|singel|steeg|dreef|weg|hof|pad)\s+\d+|\b\d+\s+\p{L}+\s(?:street|road|avenue|lane)\b/iu],
]);

const doc = document.documentElement;
const atEnd = () => innerHeight + scrollY > doc.scrollHeight - 200;
const toEnd = () => scrollTo(0, doc.scrollHeight);

// A note, a long draft or the keys of a phone take room: what was said last stays in sight where it was.
let end = true;
const stay = () => { if (end && document.querySelector('#log > li, #log ~ .note:not([hidden])')?.clientHeight) toEnd(); };
const edges = new ResizeObserver(stay);
for (const edge of document.querySelectorAll('.edge')) edges.observe(edge);
addEventListener('resize', stay);
addEventListener('scroll', () => { end = atEnd(); });

export class View {
  /** @type {Map<string, HTMLElement>} rows of the log by message id */ rows = new Map();

  /** @param {import('./talk.js').Talk} talk @param {import('./page.js').Page} page */
  constructor(talk, page) {
    this.talk = talk;
    this.page = page;
    const { $ } = page;
    $('log').replaceChildren();
    $('live').replaceChildren();
    for (const id of ['talk-phones', 'net', 'quiet-note']) $(id).hidden = true;
    for (const id of ['lock', 'place', 'more', 'hint']) put($(id), 'none');
  }

  /** Brings every line of words to what is so. */
  words() {
    const { $, lineName } = this.page, { name, place, phase, log, away, other, lostHer, wish } = this.talk;
    if (phase === 'ended' || phase === 'leaving') return;
    const line = lineName(wish?.line ?? ''), talking = phase === 'talking', shut = talking && !!log?.ready, n = place.ahead, nobody = !place.wait_s || place.nobody;
    put($('who'), talking ? 'who.talk' : 'who.wait', { name, line });
    $('lock').classList.toggle('shut', shut);
    put($('lock'), !talking ? 'none' : shut ? 'lock.shut' : 'lock.open', { name });
    $('talk-phones').hidden = talking || !nobody && !place.closes;
    if (talking) {
      put($('place'), away ? 'talk.away' : other ? 'talk.new' : 'none', { name });
    } else {
      const ahead = nobody ? say('ahead.nobody') : say(lostHer && !n ? 'ahead.front' : n > 20 ? 'ahead.many' : n > 1 ? 'ahead.n' : 'ahead.' + n, { n });
      put($('place'), lostHer ? 'talk.lost' : nobody ? 'ahead.nobody' : 'ahead.wait', { name, ahead, wait: wait(place.wait_s) });
    }
    for (const it of log?.items ?? []) this.show(it, false);
    this.quiet();
  }

  quiet() {
    const { $ } = this.page, { quiet } = this.talk;
    $('quiet').setAttribute('aria-pressed', String(quiet));
    $('quiet-note').hidden = !quiet;
  }

  /** @param {Item} it @param {boolean} isNew */
  show(it, isNew) {
    if (it.k === 3) return; // what was said before, sealed once more: it stands here already
    const { $ } = this.page, { log, name, phase } = this.talk;
    const mine = it.from === 'y', told = it.state === 'gap' || it.state === 'sealed';
    const li = this.rows.get(it.id) ?? this.row(it, mine ? say('me') : this.talk.names[it.e] ?? name, told);
    li.className = 'msg ' + (told ? 'told' : mine ? 'mine' : 'theirs') + (it.state === 'queued' ? ' queued' : '');
    li.dataset.state = it.state;
    const state = /** @type {HTMLElement|null} */ (li.querySelector('.state'));
    const how = it.state !== 'queued' ? it.state : phase === 'talking' ? 'sent' : 'wait';
    if (state) put(state, 'state.' + (how === 'sent' && it.late ? 'late' : how));
    if (isNew && mine) setTimeout(() => this.rows.has(it.id) && this.show(Object.assign(it, { late: true }), false), 5000);
    let below = log?.after(it);
    while (below && !this.rows.has(below.id)) below = log?.after(below);
    const next = below && this.rows.get(below.id) || null;
    const follow = isNew && (mine || atEnd());
    if (li.parentNode !== $('log') || li.nextSibling !== next) $('log').insertBefore(li, next);
    if (follow) toEnd();
  }

  /** @param {Item} it @param {string} who @param {boolean} told a word of this page in place of a message */
  row(it, who, told) {
    const { make } = this.page, li = make('li'), p = make('p');
    this.rows.set(it.id, li);
    if (told) {
      put(p, 'msg.' + it.state);
      li.append(p);
      return li;
    }
    if (it.k !== 4) p.textContent = it.text;
    else if (!this.talk.cards?.fill(this.talk, p, it)) put(p, 'msg.card');
    li.append(make('span', { className: 'vh', textContent: who + ': ' }), p);
    if (it.from === 'y') li.append(make('span', { className: 'state' }));
    return li;
  }

  /** Reads out what is new, and nothing else of the log. @param {Item} it */
  speak(it) {
    this.tell(this.rows.get(it.id)?.textContent);
  }

  /** @param {string|null|undefined} textContent */
  tell(textContent) {
    const { $, make } = this.page, live = $('live');
    live.append(make('p', { textContent }));
    if (live.children.length > 3) live.firstChild.remove();
  }

  hint() {
    const found = GIVES_AWAY.find(([, pattern]) => pattern.test(this.page.$('text').value));
    put(this.page.$('hint'), found ? 'hint.' + found[0] : 'none');
  }

  async needCards() {
    const { talk } = this;
    if (!talk.cards) await talk.use('cards', (cards) => { talk.cards = cards; });
  }

  /** The card for danger: 112 at once, and the form as soon as it is here. */
  async danger() {
    this.page.$('danger').showModal();
    await this.needCards();
    this.talk.cards?.form(this.talk);
  }

  submit() {
    const { talk } = this, field = this.page.$('text'), text = field.value.trim();
    if (!text || !talk.log) return;
    talk.log.say(1, text);
    field.value = '';
    field.focus();
    this.hint();
    if (!talk.move?.said) put(this.page.$('more'), 'none');
    talk.save();
  }

  /** Takes the messages off the screen. @param {boolean} keep leaves them to be read once more, beside the end */
  clear(keep) {
    const { $ } = this.page, log = $('log');
    for (const el of log.querySelectorAll('button, .state')) el.remove();
    $('reread').hidden = !keep || !log.children.length;
    $('old').replaceChildren(...keep ? log.children : []);
    log.replaceChildren();
    $('live').replaceChildren();
    this.rows.clear();
  }
}
