// @ts-check
/** The lead's panel: how the lines stand, who waits, letting nobody new in, and bringing a waiting chat elsewhere. */
import { put, say } from '../shared/words.js';
import { byId, el, keyed, label, lineName, span, text } from './dom.js';
import { notice } from './notices.js';

/** @typedef {import('../shared/wire.js').Msg} Msg */
/**
 * @typedef {{line: string, paused: boolean, on_duty: number, free: number, waiting: number, oldest_s: number, talking: number,
 *   held: number}} Health  held: the young person's line is down
 */
/** @typedef {{chat: string, line: string, lang: string, urgent: boolean, waited_s: number, down: boolean, kept?: string, asked?: string}} Place
 *   kept: the counsellor whom it waits for; asked: the line to which the young person was asked to go */

/** What is counted per line, in the order in which it is read. */
const COUNTS = /** @type {const} */ (['on_duty', 'free', 'waiting', 'talking', 'held']);

const ui = { open: byId('lead-open'), box: byId('lead'), lines: byId('lead-lines'), queue: byId('lead-queue'), none: byId('lead-none'), many: byId('lead-many') };

export class Lead {
  /** @type {Health[]} */ #lines = [];
  /** @type {Place[]} */ #queue = [];
  /** When that was told, ms. */ #at = 0;
  /** The row about which something is asked: a chat, or `pause:` and a line. */ #of = '';

  /** @param {import('./desk.js').Desk} desk @param {{colleagues: () => Promise<import('./session.js').Colleague[]>}} house others with a desk, and she herself */
  constructor(desk, house) {
    this.desk = desk;
    this.house = house;
    ui.open.addEventListener('click', () => this.show(ui.box.hidden));
    ui.box.addEventListener('keydown', (/** @type {KeyboardEvent} */ e) => {
      if (e.key !== 'Escape') return;
      if (this.#of) this.#fold();
      else this.show(false);
    });
    desk.tools.health = (f) => {
      [this.#lines, this.#queue, this.#at] = [f.lines, f.queue, Date.now()];
      this.update();
    };
    desk.tools.move = () => this.#refused();
    desk.tools.pause = () => this.#refused();
  }

  /** @param {boolean} on */
  show(on) {
    ui.box.hidden = !on;
    ui.open.ariaExpanded = String(on);
    this.update();
    (on ? byId('lead-title') : ui.open).focus();
  }

  /** Alt+L */
  toggle() {
    if (!ui.open.hidden) this.show(ui.box.hidden);
  }

  clear() {
    [this.#lines, this.#queue, this.#of] = [[], [], ''];
    ui.box.hidden = true;
    ui.open.ariaExpanded = 'false';
    this.update();
  }

  #refused() {
    notice('lead.refused');
    this.update();
  }

  /** Once a second, and when it changed. */
  update() {
    const lead = this.desk.role === 'lead';
    ui.open.hidden = !lead;
    if (!lead) ui.box.hidden = true;
    if (ui.box.hidden) return;
    const lines = this.#lines.map((l) => 'pause:' + l.line), queue = this.#queue.map((p) => p.chat), title = byId('lead-title');
    if (![...lines, ...queue].includes(this.#of)) this.#of = '';
    keyed(ui.lines, lines, (i) => this.#lineCard(this.#lines[i]), title).forEach((row, i) => this.#lineNow(row, this.#lines[i]));
    keyed(ui.queue, queue, (i) => this.#placeRow(this.#queue[i]), title).forEach((row, i) => this.#placeNow(row, this.#queue[i]));
    ui.none.hidden = this.#queue.length > 0;
    const more = this.#lines.reduce((n, l) => n + l.waiting + l.held, 0) - this.#queue.length;
    ui.many.hidden = more <= 0;
    if (more > 0) put(ui.many, 'lead.many', { n: more });
  }

  /** @param {Health} l */
  #lineCard(l) {
    const facts = COUNTS.map((c) => el('div', { data: { count: c } }, el('dt', { w: 'lead.' + c }), el('dd')));
    const pause = el('button.plain.small-button', { data: { act: 'pause' }, on: { click: () => this.#ask('pause:' + l.line) } });
    const sure = el('div.sure.stack', {}, el('p.small'), el('div.row', {},
      el('button.small-button', { data: { act: 'pause-yes' }, on: { click: () => this.#pause(l.line) } }),
      el('button.plain.small-button', { w: 'back', data: { act: 'pause-back' }, on: { click: () => this.#fold() } })));
    sure.hidden = true;
    return el('li.card', { data: { line: l.line } }, el('h3', {}, el('span'), ' ', el('span.badge')), el('dl.counts', {}, ...facts), pause, sure);
  }

  /** @param {any} row @param {Health} l */
  #lineNow(row, l) {
    const [title, facts, pause, sure] = row.children, name = lineName(l.line), badge = title.lastChild;
    const door = this.desk.doors.find((d) => d.line === l.line), state = l.paused ? 'paused' : door?.open ? 'open' : 'closed';
    text(title.firstChild, name);
    put(badge, 'lead.' + state);
    row.dataset.state = state;
    COUNTS.forEach((c, i) => {
      const oldest = c === 'waiting' && l.waiting && l.oldest_s ? say('lead.oldest', { span: span(l.oldest_s + this.#since) }) : '';
      text(facts.children[i].lastChild, `${l[c]}${oldest}`);
    });
    facts.children[2].dataset.some = String(l.waiting > 0);
    const open = this.#of === 'pause:' + l.line;
    put(pause, l.paused ? 'lead.resume' : 'lead.pause');
    label(pause, l.paused ? 'lead.resume.label' : 'lead.pause.label', { line: name });
    pause.hidden = open;
    sure.hidden = !open;
    put(sure.firstChild, l.paused ? 'lead.resume.sure' : 'lead.pause.sure', { line: name });
    put(sure.lastChild.firstChild, l.paused ? 'lead.resume.yes' : 'lead.pause.yes');
  }

  get #since() {
    return Math.floor((Date.now() - this.#at) / 1000);
  }

  /** @param {string} key @returns {any} */
  #row(key) {
    return [...ui.lines.children, ...ui.queue.children].find((r) => r.dataset.key === key);
  }

  /** Opens what is asked about a row. @param {string} key */
  #ask(key) {
    this.#of = key;
    this.update();
    this.#row(key)?.querySelector('.sure :is(select, button)')?.focus();
  }

  /** Closes it again. */
  #fold() {
    const key = this.#of;
    this.#of = '';
    this.update();
    this.#row(key)?.querySelector('[data-act=pause], [data-act=move]')?.focus();
  }

  /** @param {string} line */
  #pause(line) {
    const on = !this.#lines.find((l) => l.line === line)?.paused;
    if (this.desk.say({ t: 'pause', line, on })) this.#fold();
  }

  /** @param {Place} p */
  #placeRow(p) {
    const move = el('button.plain.small-button', { w: 'lead.move', data: { act: 'move' }, on: { click: () => this.#choose(p.chat) } });
    const to = el('select', { attr: { name: 'to' }, label: 'lead.to', on: { change: () => this.update() } });
    const sure = el('div.sure.stack', {}, to, el('p.small'), el('div.row', {},
      el('button.small-button', { data: { act: 'move-yes' }, on: { click: () => this.#move(p.chat, to.value) } }),
      el('button.plain.small-button', { w: 'back', data: { act: 'move-back' }, on: { click: () => this.#fold() } })));
    sure.hidden = true;
    return el('li', { data: { chat: p.chat } }, el('p.place'), move, sure);
  }

  /** @param {any} row @param {Place} p */
  #placeNow(row, p) {
    const [words, move, sure] = row.children, open = this.#of === p.chat;
    text(words, [lineName(p.line), say('lang.' + p.lang) || p.lang, say('offer.waited', { span: span(p.waited_s + this.#since) }),
      p.urgent && say('lead.urgent'), p.down && say('lead.down'),
      p.asked && say('lead.asked', { to: lineName(p.asked) }), p.kept && say('lead.kept', { to: p.kept })].filter(Boolean).join(' · '));
    row.dataset.urgent = String(p.urgent);
    label(move, 'lead.move.label', { line: lineName(p.line), span: span(p.waited_s) });
    move.hidden = open;
    sure.hidden = !open;
    if (!open) return;
    const [to, how, buttons] = sure.children, line = to.value.startsWith('line:');
    put(how, !to.value ? 'lead.nowhere' : line ? 'lead.asks' : 'lead.keeps', { to: to.selectedOptions[0]?.textContent ?? '' });
    put(buttons.firstChild, line ? 'hand.ask' : 'lead.move.yes');
    buttons.firstChild.disabled = !to.value;
  }

  /** @param {string} chat */
  async #choose(chat) {
    const p = this.#queue.find((q) => q.chat === chat);
    if (!p) return;
    const to = this.#row(chat).querySelector('select');
    const fill = (/** @type {import('./session.js').Colleague[]} */ all) => {
      const was = to.value;
      /** @param {string} text @param {string} value */
      const option = (text, value) => el('option', { text, attr: { value } });
      const { practice, doors } = this.desk, kind = practice(p.line); // nobody goes from the one kind to the other
      const lines = doors.filter((d) => d.open && d.line !== p.line && practice(d.line) === kind).map((d) => option(lineName(d.line), 'line:' + d.line));
      // Who does not answer this line now is named, and cannot be chosen.
      const here = all.filter((c) => c.on_duty?.includes(p.line) ?? true), away = all.filter((c) => !here.includes(c));
      const people = [...here.map((c) => option(c.name, 'name:' + c.name)),
        ...away.map((c) => el('option', { w: 'hand.away', fill: { name: c.name }, attr: { value: 'name:' + c.name, disabled: '' } }))];
      to.replaceChildren(
        ...(lines.length ? [el('optgroup', { attr: { label: say('lead.lines') } }, ...lines)] : []),
        ...(people.length ? [el('optgroup', { attr: { label: say('lead.people') } }, ...people)] : []));
      if (was) to.value = was;
      this.update();
    };
    fill([]);
    this.#ask(chat);
    fill(await this.house.colleagues().catch(() => []));
  }

  /** @param {string} chat @param {string} value */
  #move(chat, value) {
    const to = value.startsWith('line:') ? { line: value.slice(5) } : { name: value.slice(5) };
    if (this.desk.say({ t: 'move', chat, to })) this.#fold();
  }
}
