// @ts-check
/** Bringing a chat to another line or a colleague: where to, with which slip, and how it stands. The young person decides. */
import { put, say } from '../shared/words.js';
import { slipCard, slipOf } from './cards.js';
import { chatName, el, label, lineName } from './dom.js';

/** @typedef {import('./chat.js').Chat} Chat */
/** @typedef {import('./chat.js').To} To */
/** @typedef {import('../shared/wire.js').Item} Item */
/** @typedef {import('./session.js').Colleague} Colleague */
/** @typedef {{line: string, open: boolean, wait_s?: number[]}} Door */
/**
 * @typedef {{doors: () => Door[], colleagues: () => Promise<Colleague[]>, open: () => void, back: () => void,
 *   changed: () => void, tell: (words: string) => void}} House  open: shows the panel; back: puts the composer in its place
 */

/** Of a slip, in letters: three of them fill a screen of a phone. */
const SLIP = 1200;

/** @param {To} to @returns {string} as people say it */
export const toName = (to) => to.line ? lineName(to.line) : to.name || say('hand.other');

/** @param {Colleague} c whether they are there, as far as is known */
const there = (c) => c.on_duty?.length !== 0;

/**
 * Whether somebody can be asked there: the server says so too, but then the slip is on the young person's screen.
 * @param {To} to @param {Colleague[]|null} all null: not to be had @param {Door[]} doors
 * @returns {'yes'|'none'|'notnow'} notnow: that is not known
 */
function may(to, all, doors) {
  if (!all) return 'notnow';
  const door = doors.find((d) => d.line === to.line), asked = all.filter((c) => !to.name || c.name === to.name);
  if (to.line && !door?.open || !asked.length) return 'none';
  if (asked.some((c) => !c.on_duty)) return 'notnow';
  return asked.some((c) => to.line ? c.on_duty?.includes(to.line) : there(c)) ? 'yes' : 'none';
}

/** @param {string} value @param {boolean} can @param {...any} inside */
const row = (value, can, ...inside) => {
  const radio = el('input', { type: 'radio', attr: { name: 'to', value, required: '' } });
  radio.disabled = !can;
  return el('label.tick', {}, radio, ...inside);
};

export class Handover {
  /** The newest slip that the field was filled with. @type {Item|undefined} */ #slip;
  #sure = false;
  /** As they were when the panel was opened last. @type {Colleague[]} */ #all = [];

  /** @param {Chat} chat @param {House} house */
  constructor(chat, house) {
    this.chat = chat;
    this.house = house;
    const id = 'hand-' + chat.id;
    this.title = el('h3', { id, attr: { tabindex: '-1' } });
    this.where = el('fieldset.where', {}, el('legend', { w: 'hand.where' }));
    this.who = el('select', { attr: { name: 'colleague' }, label: 'hand.who', on: { focus: () => this.#pick('name') } });
    this.nameText = el('span', { w: 'hand.name' });
    this.named = row('name', false, this.nameText);
    this.field = el('textarea', {
      id: id + '-slip', data: { part: 'slip' }, attr: { rows: '3', maxlength: String(SLIP), autocomplete: 'off' }, on: { input: () => this.update() },
    });
    this.how = el('p.small', { data: { part: 'slip-how' } });
    this.theirs = el('button.plain.small-button', { w: 'hand.slip.use', data: { act: 'slip-use' }, on: { click: () => this.#fill() } });
    this.show = el('button.plain.small-button', { w: 'hand.slip.show', data: { act: 'slip-show' }, on: { click: () => this.#showSlip() } });
    this.guard = el('p.note.warn', { role: 'alert', w: 'hand.quiet' });
    this.guard.hidden = true;
    this.ask = el('button', { w: 'hand.ask', type: 'submit', data: { act: 'hand-ask' } });
    this.panel = el('form.hand-panel.stack', {
      data: { chat: chat.id }, attr: { 'aria-labelledby': id },
      on: {
        submit: (/** @type {Event} */ e) => {
          e.preventDefault();
          this.#submit();
        },
        change: () => this.update(),
        keydown: (/** @type {KeyboardEvent} */ e) => {
          if (e.key === 'Escape') this.house.back();
        },
      },
    },
    this.title, el('p.small', { w: 'hand.text' }), this.where,
    el('div', {}, el('label', { w: 'hand.slip', attr: { for: id + '-slip' } }), this.field, this.how, el('div.row', {}, this.show, this.theirs)),
    this.guard,
    el('div.row', {}, this.ask, el('button.plain', { w: 'back', data: { act: 'hand-back' }, on: { click: () => this.house.back() } })));

    this.words = el('p', { data: { part: 'hand' } });
    this.keep = el('button.plain.small-button', { w: 'hand.keep', data: { act: 'keep' }, on: { click: () => chat.takeBack() } });
    this.retry = el('button.plain.small-button', { w: 'hand.retry', data: { act: 'hand-retry' }, on: { click: () => this.house.open() } });
    this.done = el('button.plain.small-button', { w: 'ok', data: { act: 'hand-ok' }, on: { click: () => this.#seen() } });
    /** How it stands, in the column. */
    this.strip = el('div.note.hand', { role: 'group', label: 'hand.open' }, this.words, el('div.row', {}, this.keep, this.retry, this.done));
    this.strip.hidden = true;
  }

  /** The panel comes into sight, with what she chose before. Nothing in it moves when the names arrive: she may be clicking. */
  async begin() {
    this.#sure = false;
    const was = this.to;
    this.#doors();
    if (was) this.#pick(was.line ? 'line:' + was.line : 'name');
    this.update();
    this.title.focus();
    this.#names(await this.house.colleagues().catch(() => []));
    this.#badges();
    this.update();
  }

  /** @param {string} value */
  #pick(value) {
    const radio = this.where.querySelector(`input[value="${value}"]`);
    if (radio && !radio.disabled) radio.checked = true;
    this.update();
  }

  /** Where it can go: the other lines as they are now, and a colleague. */
  #doors() {
    const rows = this.house.doors().filter((d) => d.line !== this.chat.meta.line).map((d) =>
      row('line:' + d.line, d.open, el('span', { text: lineName(d.line) }), el('span.badge', { data: { door: d.line } })));
    this.named = row('name', !this.who.disabled && this.who.length > 0, this.nameText);
    this.where.replaceChildren(el('legend', { w: 'hand.where' }), ...rows, this.named, this.who);
    this.#badges();
  }

  /** How each line stands; that somebody is on duty there may be she herself, until it is known who is. */
  #badges() {
    const all = this.#all, doors = this.house.doors();
    for (const badge of this.where.querySelectorAll('[data-door]')) {
      const line = badge.dataset.door, d = doors.find((x) => x.line === line);
      const some = all.length && all.every((c) => c.on_duty) ? all.some((c) => c.on_duty?.includes(line)) : !!d?.wait_s;
      const state = !d?.open ? 'closed' : some ? 'open' : 'nobody';
      put(badge, 'door.' + state);
      badge.classList.toggle('on', state === 'open');
    }
  }

  /** Those who are there first; the others are named, and cannot be chosen. @param {Colleague[]} all */
  #names(all) {
    this.#all = all;
    const was = this.who.value, radio = this.named.querySelector('input'), here = all.filter(there);
    this.who.replaceChildren(...here.map((c) => el('option', { text: c.name, attr: { value: c.name } })),
      ...all.filter((c) => !there(c)).map((c) => el('option', { w: 'hand.away', fill: { name: c.name }, attr: { value: c.name, disabled: '' } })));
    this.who.disabled = this.who.hidden = radio.disabled = !here.length;
    put(this.nameText, here.length ? 'hand.name' : 'hand.name.none');
    if (here.some((c) => c.name === was)) this.who.value = was;
    else if (was) radio.checked = false; // whom she chose has gone; it is not for us to choose another
  }

  /** @returns {To|null} what she chose */
  get to() {
    const value = this.where.querySelector('input:checked')?.value ?? '';
    return value === 'name' ? { name: this.who.value } : value ? { line: value.slice(5) } : null;
  }

  get #words() {
    return this.field.value.trim();
  }

  /** Whether the slip in the field is another than the newest in the chat. */
  get #changed() {
    const { slip } = this.chat;
    return this.#words !== (slip ? slipOf(slip) : '');
  }

  #fill() {
    this.#slip = this.chat.slip;
    this.field.value = this.#slip ? slipOf(this.#slip) : '';
    this.update();
  }

  /** @returns {Item|undefined} the slip as it stands in the field now, put into the chat where it does not stand there */
  #put() {
    if (!this.#words) return undefined;
    if (this.#changed) this.#slip = this.chat.log?.say(4, slipCard(this.#words));
    return this.chat.slip;
  }

  #showSlip() {
    if (!this.#words || !this.#changed || this.#held()) return;
    this.#put();
    this.update();
    this.field.focus();
  }

  /** Now is no time to put something on the young person's screen; asked for twice it is done. */
  #held() {
    if (!this.chat.quiet || this.#sure) return false;
    this.#sure = true;
    this.update();
    return true;
  }

  #submit() {
    const { to } = this;
    if (!to || !this.chat.live || this.#held()) return;
    const look = async () => may(to, await this.house.colleagues().catch(() => null), this.house.doors());
    this.chat.propose(to, () => this.#put(), this.#words && this.#changed ? look : undefined);
    this.house.back();
    this.house.changed();
  }

  #seen() {
    this.chat.hand = null;
    this.house.back();
    this.house.changed();
  }

  update() {
    const { chat } = this, name = chatName(chat.meta.colour), { slip } = chat;
    put(this.title, 'hand.title', { name });
    // A slip that came back changed stands in the field, unless she has begun to write another.
    if (slip !== this.#slip && (!this.#slip && !this.#words || this.#slip && this.#words === slipOf(this.#slip))) {
      this.#slip = slip;
      this.field.value = slip ? slipOf(slip) : '';
    }
    const state = !slip ? '' : slip.from === 'y' ? 'theirs' : slip.state === 'read' ? 'read' : slip.seq ? 'kept' : 'sent';
    put(this.how, !this.#words ? 'hand.slip.hint' : this.#changed ? slip ? 'hand.slip.edited' : 'hand.slip.new' : 'hand.slip.' + state);
    this.show.hidden = !this.#words || !this.#changed;
    this.theirs.hidden = !(slip && slip !== this.#slip && slip.from === 'y' && this.#changed);
    this.guard.hidden = !(this.#sure && chat.quiet);
    this.ask.disabled = !chat.locked;
    this.#strip();
  }

  #strip() {
    const { hand } = this.chat;
    this.strip.hidden = !hand || !this.chat.live;
    if (!hand) {
      delete this.strip.dataset.stage;
      return;
    }
    const { stage } = hand, was = this.strip.dataset.stage, open = ['check', 'slip', 'asked', 'yes', 'unsure'].includes(stage);
    this.strip.dataset.stage = stage;
    this.strip.classList.toggle('warn', !open);
    const way = stage === 'yes' && hand.to.line ? '.line' : stage === 'none' && hand.to.name ? '.name' : '';
    put(this.words, stage === 'slip' ? 'hand.first' : 'hand.' + stage + way, { to: toName(hand.to) });
    if (stage !== was) this.house.tell(this.words.textContent);
    label(this.strip, 'hand.open');
    const had = this.strip.contains(document.activeElement);
    this.keep.hidden = !open;
    this.done.hidden = open;
    this.retry.hidden = !['nobody', 'none', 'notnow'].includes(stage);
    if (had && !this.strip.contains(document.activeElement)) (open ? this.keep : this.done).focus();
  }
}
