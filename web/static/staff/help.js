// @ts-check
/** Calling the lead on duty, and being called: who, and from which line. Nothing of a chat goes along. */
import { put, say } from '../shared/words.js';
import { byId, el, keyed, label, lineName } from './dom.js';
import { notice, tell } from './notices.js';
import { sound } from './sound.js';

/** How often a call sounds that no lead answered, ms. */
const AGAIN = 15e3;

/**
 * asking: not answered yet; nobody: no lead is at a desk, whoever comes to one hears it; over: after ten minutes
 * @typedef {'asking'|'calling'|'coming'|'nobody'|'over'} State
 */
/** @typedef {{name: string, line?: string, coming?: string}} Call  coming: the lead who does */

const ui = { button: byId('call'), box: byId('call-box'), words: byId('call-words'), end: byId('call-end'), calls: byId('calls') };

export class Help {
  /** @type {State|''} */ #state = '';
  #lead = '';
  #line = '';
  /** @type {Call[]} */ #calls = [];
  /** When a call sounded last, ms. */ #rang = 0;
  /** @type {Notification|null} */ #note = null;

  /**
   * @param {import('./desk.js').Desk} desk
   * @param {{line: () => string, name: () => string}} here  the line of the chat that she is at, and who she is
   */
  constructor(desk, here) {
    this.desk = desk;
    this.here = here;
    ui.button.addEventListener('click', () => this.toggle());
    ui.end.addEventListener('click', () => this.#end());
    desk.tools.call = (f) => f.t === 'error' ? this.#refused() : this.#to(f.state, f.lead);
    desk.tools.calls = (f) => this.#called(f.calls);
    desk.tools.come = () => {}; // whoever called needs nobody any more: `calls` says so
  }

  get #open() {
    return ['asking', 'calling', 'coming', 'nobody'].includes(this.#state);
  }

  /** Somebody calls for her, and no lead comes. */
  get called() {
    return this.#calls.some((c) => !c.coming);
  }

  /** Calls, or takes the call back. */
  toggle() {
    if (this.#open) return this.#end();
    this.#call(this.here.line());
  }

  /** @param {string} line '' to say none */
  #call(line) {
    this.#line = line;
    if (this.desk.say({ t: 'call', on: true, ...(line && { line }) })) this.#to('asking');
  }

  /** A chat that was handed to her by name may be of a line that is none of hers. */
  #refused() {
    if (this.#state === 'asking' && this.#line) return this.#call('');
    this.#to('');
    notice('net.trouble');
  }

  #end() {
    const open = this.#open;
    if (open && !this.desk.say({ t: 'call', on: false })) return;
    this.#to('');
    ui.button.focus();
  }

  /** @param {State|''} state @param {string} [lead] */
  #to(state, lead = '') {
    const was = this.#state;
    [this.#state, this.#lead] = [state === 'over' && !was ? '' : state, lead];
    this.update();
    if (state === 'coming' && was !== state) sound.tick();
  }

  /** Nobody is logged in any more, or a new socket stands, which tells what is so. */
  clear() {
    [this.#state, this.#calls] = ['', []];
    this.update();
  }

  /** @param {Call[]} calls */
  #called(calls) {
    const known = this.#calls.map((c) => c.name);
    for (const c of calls) {
      if (known.includes(c.name) || c.coming) continue;
      tell(say(c.line ? 'calls.who.line' : 'calls.who', { name: c.name, line: lineName(c.line ?? '') }), true);
      this.#rang = 0;
      // Neutral words: a notification may be seen by whoever walks past.
      if (document.hidden && 'Notification' in window && Notification.permission === 'granted') {
        this.#note = new Notification('Haven', { body: say('title.calls'), tag: 'haven-call', silent: true });
        this.#note.onclick = () => window.focus();
      }
    }
    this.#calls = calls;
    if (!this.called) this.#note?.close();
    this.update();
  }

  /** Brings words and buttons to what is so; called once a second too. */
  update() {
    if (this.called && Date.now() - this.#rang > AGAIN) {
      this.#rang = Date.now();
      sound.ask();
    }
    const open = this.#open, up = this.desk.link === 'up';
    ui.button.disabled = !up;
    ui.button.setAttribute('aria-pressed', String(open));
    ui.box.hidden = !this.#state;
    ui.box.dataset.state = this.#state;
    if (this.#state) {
      put(ui.words, 'call.' + this.#state, { lead: this.#lead || say('call.lead') });
      put(ui.end, open ? 'call.end' : 'ok');
    }
    this.#rows();
  }

  #rows() {
    ui.calls.hidden = !this.#calls.length;
    label(ui.calls, 'calls');
    keyed(ui.calls, this.#calls.map((c) => c.name), (i) => this.#row(this.#calls[i].name), byId('deck')).forEach((row, i) => {
      const c = this.#calls[i], [words, come] = row.children, mine = c.coming === this.here.name();
      put(words, !c.coming ? c.line ? 'calls.who.line' : 'calls.who' : mine ? 'calls.mine' : 'calls.coming', {
        name: c.name, line: lineName(c.line ?? ''), lead: c.coming ?? '',
      });
      row.classList.toggle('warn', !c.coming);
      if (come.contains(document.activeElement) && c.coming) byId('deck').focus();
      come.hidden = !!c.coming;
      label(come, 'calls.come.label', { name: c.name });
    });
  }

  /** @param {string} name who calls */
  #row(name) {
    return el('li.note.notice', { data: { name } }, el('p'), el('button.small-button', {
      w: 'calls.come', data: { act: 'come' }, on: { click: () => this.desk.say({ t: 'come', name }) },
    }));
  }
}
