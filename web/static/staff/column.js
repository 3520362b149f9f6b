// @ts-check
/** One chat's column: who it is, how long who waits, the messages, and what may be written to whom. */
import { MAX_TEXT } from '../shared/hvn1.js';
import { put, say } from '../shared/words.js';
import { dangerCard, slipOf } from './cards.js';
import { calm, chatName, clock, el, label, left, lineName, text, topicName } from './dom.js';
import { Handover } from './handover.js';
import { Messages } from './messages.js';
import { partnerPanel, partnersOf } from './partners.js';
import { endPanel, endedKey, wrapup } from './wrapup.js';

/** @typedef {import('./chat.js').Chat} Chat */
/** @typedef {import('../shared/wire.js').Item} Item */
/**
 * @typedef {{owed: (chat: Chat) => boolean, close: (chat: Chat) => void, active: (chat: Chat) => void,
 *   strange: (chat: Chat) => boolean, rings: (chat: Chat) => boolean, accept: (chat: Chat) => void, heavy: () => void, doors: () => import('./desk.js').Door[],
 *   colleagues: () => Promise<import('./session.js').Colleague[]>, practice: (line: string) => boolean,
 *   tell: (words: string, now: boolean) => void}} House
 *   strange: she came to this chat by keyboard less than a second ago, from another one; rings: it is back and rings here; colleagues: others with a desk
 */

/** How long a young person may wait for an answer before the column says so, and she for them, s. */
const WARM = 90, LATE = 240, STILL = 300;

export class Column {
  #foot = '';
  #sure = false;
  #late = false;
  /** How long the young person waits for a word, once that is long. */ overdue = '';
  /** @type {{node: any, tick: () => void}|null} */ #wrap = null;

  /** @param {Chat} chat @param {House} house */
  constructor(chat, house) {
    this.chat = chat;
    this.house = house;
    const id = 'chat-' + chat.id;
    this.title = el('h2', { id, attr: { tabindex: '-1' } });
    this.about = el('p.about');
    this.lock = el('p.lock', { data: { part: 'lock' } });
    this.wait = el('p.waits', { data: { part: 'wait' } });
    this.unread = el('span.badge.unread', { data: { part: 'unread' } });
    this.endButton = el('button.plain.small-button', { w: 'chat.end', data: { act: 'end' }, on: { click: () => this.#askEnd() } });
    this.handButton = el('button.plain.small-button', { w: 'hand.open', data: { act: 'handover' }, on: { click: () => this.#askHandover() } });
    this.practice = el('span.badge.practice', { w: 'practice' });
    this.notes = el('div.notes');
    this.slipText = el('p');
    this.slip = el('details.slip', { data: { part: 'slip-along' }, attr: { open: '' } }, el('summary'), this.slipText);
    this.hand = new Handover(chat, {
      doors: () => house.doors().filter((d) => house.practice(d.line) === house.practice(chat.meta.line)),
      colleagues: house.colleagues, open: () => this.#askHandover(), changed: () => this.update(),
      tell: (words) => house.tell(`${this.name}: ${words}`, false),
      back: () => this.#foot === 'handover' ? this.#back(this.handButton) : this.write(),
    });
    this.list = el('ol.log', { attr: { tabindex: '0' } });
    this.newer = el('button.newer', { w: 'chat.newer', data: { act: 'newer' } });
    this.newer.hidden = true;
    this.foot = el('div.foot');
    this.#composer();
    this.node = el('section.chat', {
      attr: { 'aria-labelledby': id }, data: { chat: chat.id, colour: String(chat.meta.colour % 6) },
      on: { focusin: () => house.active(chat), pointerdown: () => house.active(chat) },
    },
    el('header.chat-head', {},
      el('div.chat-name', {}, el('span.swatch', { attr: { 'aria-hidden': 'true' } }), this.title, this.practice, this.unread, this.handButton, this.endButton),
      this.about, el('div.row.facts', {}, this.wait, this.lock)),
    this.notes, this.hand.strip, this.slip, el('div.scroll', {}, this.list, this.newer), this.foot);
    this.messages = new Messages(chat, this.list, this.newer);
    this.update();
  }

  get name() {
    return chatName(this.chat.meta.colour);
  }

  #composer() {
    const id = 'say-' + this.chat.id;
    this.to = el('label', { attr: { for: id } });
    this.area = el('textarea', {
      id, hint: 'say.hint', data: { part: 'say' },
      attr: { rows: '2', autocomplete: 'off', spellcheck: 'true', enterkeyhint: 'send' },
      on: {
        keydown: (/** @type {KeyboardEvent} */ e) => {
          if (e.key !== 'Enter' || e.shiftKey || e.isComposing || e.altKey) return;
          e.preventDefault();
          this.#send(false);
        },
        input: () => {
          if (this.#sure || !this.area.value) this.#guard('');
        },
      },
    });
    this.guard = el('p.note.warn.guard', { role: 'alert', data: { part: 'guard' } });
    this.guard.hidden = true;
    this.sendButton = el('button', { w: 'say.send', data: { act: 'send' }, on: { click: () => this.#send(true) } });
    this.danger = el('button.plain.small-button', { w: 'say.danger', data: { act: 'danger' }, on: { click: () => this.#askDanger(true) } });
    this.partner = el('button.plain.small-button', { w: 'partner.open', data: { act: 'partner' }, on: { click: () => this.#askPartner() } });
    this.dangerPanel = el('div.note.stack', { data: { part: 'danger' } },
      el('p', { w: 'say.danger.sure' }),
      el('div.row', {},
        el('button.alarm', { w: 'say.danger.yes', data: { act: 'danger-yes' }, on: { click: () => this.#sendDanger() } }),
        el('button.plain', { w: 'back', data: { act: 'danger-back' }, on: { click: () => this.#askDanger(false) } })));
    this.dangerPanel.hidden = true;
    this.form = el('form.say', { on: { submit: (/** @type {Event} */ e) => e.preventDefault() } },
      this.guard, this.dangerPanel,
      el('div.to', {}, this.to, el('div.row', {}, this.partner, this.danger)),
      el('div.say-row', {}, this.area, this.sendButton));
  }

  /** @param {string} key of the words that hold a message back, '' for none */
  #guard(key) {
    this.#sure = !!key;
    this.guard.hidden = !key;
    if (key) put(this.guard, key, { name: this.name });
    else text(this.guard, '');
    this.update();
  }

  /** @param {boolean} byButton */
  #send(byButton) {
    const { chat } = this, words = this.area.value.trim();
    if (!words || !chat.live || !chat.log) return;
    if (new TextEncoder().encode(words).length > MAX_TEXT) return this.#guard('say.long');
    if (chat.quiet && !(this.#sure && byButton)) return this.#guard('say.quiet');
    if (!chat.quiet && !this.#sure && this.house.strange(chat)) return this.#guard('say.guard');
    this.area.value = '';
    this.#guard('');
    chat.log.say(1, words);
    chat.unread = 0;
    this.messages.toEnd();
    this.area.focus();
    this.update();
  }

  /** @param {boolean} on */
  #askDanger(on) {
    this.dangerPanel.hidden = !on;
    (on ? this.dangerPanel.querySelector('button') : this.danger).focus();
  }

  #sendDanger() {
    this.chat.log?.say(4, dangerCard);
    this.#askDanger(false);
    this.area.focus();
  }

  #askEnd() {
    if (this.#foot === 'end') return this.#back(this.endButton);
    this.#show('end', endPanel(this.chat, {
      end: (reason) => {
        this.chat.ask({ t: 'end', chat: this.chat.id, reason });
        this.#show('ending', el('p.note', { w: 'end.busy' }));
        this.title.focus();
      },
      back: () => this.#back(this.endButton),
    }));
    this.foot.querySelector('h3').focus();
  }

  #askHandover() {
    if (this.#foot === 'handover') return this.#back(this.handButton);
    this.#show('handover', this.hand.panel);
    this.hand.begin();
  }

  #askPartner() {
    this.#show('partner', partnerPanel(this.chat, { back: () => this.#back(this.partner) }));
    this.foot.querySelector('h3').focus();
  }

  /** @param {any} button where she came from */
  #back(button) {
    this.#show('say', this.form);
    button.focus();
  }

  /** @param {string} what @param {any} node what stands at the foot of the column */
  #show(what, node) {
    if (this.#foot === what) return;
    const had = this.foot.contains(document.activeElement);
    this.#foot = what;
    this.foot.replaceChildren(node);
    this.node.dataset.foot = what;
    // What she was in is gone: the focus goes to a place where a key does nothing.
    if (had && !this.foot.contains(document.activeElement)) this.title.focus();
  }

  /** @param {Item} item @param {boolean} isNew */
  item(item, isNew) {
    this.messages.show(item, isNew);
  }

  /** Puts the cursor where she may write. */
  write() {
    if (this.#foot === 'say') this.area.focus();
    else this.title.focus();
  }

  get draft() {
    return this.#foot === 'say' && this.area.value.trim() !== '';
  }

  /** Brings everything in the column up to date; called once a second too. */
  update() {
    const { chat, name } = this, { line, topic } = chat.meta;
    this.node.dataset.phase = chat.phase;
    this.node.dataset.lock = chat.locked ? 'closed' : 'open';
    this.node.classList.toggle('hold', chat.live && chat.quiet);
    text(this.title, name);
    text(this.about, [line && lineName(line), topic && topicName(topic), chat.meta.lang === 'en' && say('lang.en'), chat.from && say('hand.from', { from: chat.from })].filter(Boolean).join(' · '));
    label(this.list, 'chat.log', { name });
    this.unread.hidden = !chat.unread;
    if (chat.unread) put(this.unread, 'chat.unread', { n: chat.unread });
    this.endButton.hidden = !chat.live || this.#foot === 'ending';
    label(this.endButton, 'chat.end.label', { name });
    this.handButton.hidden = this.endButton.hidden;
    label(this.handButton, 'hand.open.label', { name });
    this.practice.hidden = !this.house.practice(line);
    this.#slipAlong();
    this.hand.update();
    this.#waits();
    this.lock.hidden = !chat.live;
    put(this.lock, chat.locked ? 'chat.locked' : 'chat.opening');
    this.#notes();
    this.#footing();
    if (this.#foot === 'say') {
      put(this.to, 'say.to', { name });
      label(this.sendButton, 'say.send.label', { name });
      label(this.danger, 'say.danger.label', { name });
      label(this.partner, 'partner.open.label', { name });
      this.partner.hidden = !partnersOf(chat).length;
      const anyway = chat.quiet && this.#sure;
      put(this.sendButton, anyway ? 'say.anyway' : 'say.send', { name });
      if (this.#sure && !chat.quiet && this.guard.dataset.w === 'say.quiet') this.#guard('');
    }
  }

  /** Who waits for whom, and how long: counted from what was said in this chat alone. */
  #waits() {
    const { chat } = this, { last } = chat;
    this.wait.hidden = !chat.live;
    const typing = Date.now() - chat.typing < 6000;
    this.wait.dataset.level = this.overdue = '';
    if (typing) return put(this.wait, 'typing');
    if (!last && !chat.began) return put(this.wait, 'wait.new');
    const s = Math.floor((Date.now() - (last?.at ?? chat.began)) / 1000), theirs = last?.from !== 'c';
    const key = !last ? 'wait.first' : (theirs ? 'wait.you' : 'wait.me') + (last.exact || s < 10 ? '' : '.least');
    put(this.wait, key, { span: calm(s) });
    const hold = chat.quiet || !!chat.gone;
    this.wait.dataset.level = hold ? '' : !theirs ? (s >= STILL ? 'still' : '') : s >= LATE ? 'late' : s >= WARM ? 'warm' : 'you';
    if (theirs && !hold && s >= WARM) this.overdue = calm(s);
    const late = theirs && !hold && s >= LATE;
    if (late && !this.#late) this.house.tell(`${this.name}: ${this.wait.textContent}`, false);
    this.#late = late;
  }

  /** The slip that came along with a handover stands above what was said. */
  #slipAlong() {
    const { slip, log } = this.chat, along = slip?.from === 'y' && !log?.items.some((i) => i.from === 'c' && slipOf(i));
    this.slip.hidden = !along;
    if (!slip || !along) return;
    put(this.slip.firstChild, this.chat.from ? 'slip.from' : 'slip.along', { from: this.chat.from });
    text(this.slipText, slipOf(slip));
  }

  #notes() {
    const { chat } = this;
    /** @type {[string, string, Record<string, string|number>?][]} */
    const all = [];
    if (chat.broke) all.push(['alarm', 'chat.broken']);
    if (this.house.rings(chat)) all.push(['', 'chat.rings']);
    else if (chat.phase === 'elsewhere') all.push(['warn', chat.forgot ? 'chat.forgotten' : 'chat.elsewhere']);
    if (chat.live && chat.fetching) all.push(['warn', 'chat.fetching']);
    if (chat.live && chat.quiet) all.push(['warn', 'chat.quiet']);
    if (chat.live && chat.gone) {
      const s = left(chat.gone);
      all.push(s ? ['warn', 'chat.gone', { clock: clock(s) }] : ['warn', 'chat.gone.over']);
    }
    if (chat.phase === 'ended' && !chat.broke) all.push(['', endedKey(chat)]);
    if (chat.unsent) all.push(['warn', 'chat.unsent', { n: chat.unsent }]);
    const rows = [...this.notes.children];
    all.forEach(([kind, key, fill], i) => {
      const row = /** @type {any} */ (rows[i] ?? this.notes.appendChild(el('p')));
      row.className = 'note ' + kind;
      put(row, key, fill);
      // Said once: a live region around a countdown would read every second.
      if (row.dataset.note !== key) this.house.tell(`${this.name}: ${row.textContent}`, kind === 'alarm');
      row.dataset.note = key;
    });
    for (const row of rows.slice(all.length)) row.remove();
  }

  #footing() {
    const { chat } = this;
    if (chat.live) {
      if (!['end', 'handover', 'partner'].includes(this.#foot) && !(this.#foot === 'ending' && chat.pending.end)) this.#show('say', this.form);
    } else if (chat.phase === 'ended' && this.house.owed(chat)) {
      if (this.#foot !== 'wrapup') {
        this.#wrap = wrapup(chat, (w) => {
          if (w.heavy) this.house.heavy();
          chat.ask({ t: 'wrapup', chat: chat.id, ...w });
        });
        this.#show('wrapup', this.#wrap.node);
      }
      this.#wrap?.tick();
    } else if (this.house.rings(chat)) {
      this.#show('rings', el('button', { w: 'chat.accept', fill: { name: this.name }, data: { act: 'accept' }, on: { click: () => this.house.accept(chat) } }));
    } else {
      this.#show('over', el('button.plain', { w: 'close', data: { act: 'close' }, on: { click: () => this.house.close(chat) } }));
    }
  }
}
