// @ts-check
/** The chats side by side, or one at a time with tabs where there is no room; which one she is at, and how she got there. */
import { put, say } from '../shared/words.js';
import { Column } from './column.js';
import { byId, chatName, el, label, text } from './dom.js';

/** @typedef {import('./chat.js').Chat} Chat */
/** @typedef {import('./column.js').House} House */

/** Below this width, px, one chat is shown at a time; a column is never narrower than WIDTH. */
const NARROW = 640, WIDTH = 288;
/** How long after a switch by keyboard a message is held back once, ms. */
const STRANGE = 1000;

export class Deck {
  /** @type {Map<string, Column>} */ columns = new Map();
  /** @type {string} */ active = '';
  #switched = { at: 0, key: false };
  #byKey = false;
  #node = byId('deck');
  #tabs = byId('tabs');
  #idle = byId('idle');

  /** @param {import('./desk.js').Desk} desk @param {Omit<House, 'active'|'strange'>} house */
  constructor(desk, house) {
    this.desk = desk;
    this.house = { ...house, active: (/** @type {Chat} */ c) => this.activate(c.id), strange: (/** @type {Chat} */ c) => this.#strange(c) };
    new ResizeObserver(() => this.#layout()).observe(this.#node);
    this.#node.addEventListener('scroll', () => this.looked(), { passive: true });
    addEventListener('keydown', () => { this.#byKey = true; }, true);
    addEventListener('pointerdown', () => { this.#byKey = false; }, true);
  }

  get narrow() {
    return this.#node.dataset.layout === 'tabs';
  }

  /** Makes the columns those of the desk's chats. */
  sync() {
    for (const [id, col] of this.columns) {
      if (this.desk.chats.get(id) === col.chat) continue;
      const had = col.node.contains(document.activeElement);
      col.node.remove();
      this.columns.delete(id);
      if (had) this.#node.focus();
    }
    // In the order in which they came, also after a reload: nothing moves under her hands.
    const inOrder = [...this.desk.chats.values()].sort((a, b) => a.meta.place - b.meta.place);
    const columns = new Map(inOrder.map((c) => [c.id, this.columns.get(c.id) ?? new Column(c, this.house)]));
    let next = null;
    for (const col of [...columns.values()].reverse()) {
      if (col.node.parentNode !== this.#node) this.#node.insertBefore(col.node, next);
      next = col.node;
    }
    this.columns = columns;
    if (!this.columns.has(this.active)) {
      this.active = this.columns.keys().next().value ?? '';
      this.#switched.at = 0;
    }
    this.#layout();
  }

  /** @param {string} id the chat that she is at now */
  activate(id) {
    if (this.active !== id) {
      this.#switched = { at: this.columns.has(this.active) ? Date.now() : 0, key: this.#byKey };
      this.active = id;
      this.#layout();
      this.#tabs.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
    this.looked();
  }

  /** @param {number} at place from 0 @returns {boolean} whether there is a chat */
  go(at) {
    const col = [...this.columns.values()][at];
    if (!col) return false;
    this.activate(col.chat.id);
    col.node.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    col.write();
    return true;
  }

  /** @param {Chat} chat */
  #strange(chat) {
    return chat.id === this.active && this.#switched.key && Date.now() - this.#switched.at < STRANGE;
  }

  /** @param {Chat} chat whether it is in sight */
  seen(chat) {
    const col = this.columns.get(chat.id);
    if (!col || document.hidden || document.body.dataset.view !== 'desk' || col.node.hidden) return false;
    const { left, right } = col.node.getBoundingClientRect();
    return right > WIDTH / 2 && left < innerWidth - WIDTH / 2; // a column scrolled out of sight was not read
  }

  /** Tells what was shown: the young people, and her own marks of what is new. */
  looked() {
    for (const col of this.columns.values()) {
      if (!this.seen(col.chat) || !col.messages.atEnd()) continue;
      col.chat.shown();
      if (col.chat.id === this.active && col.chat.unread) {
        col.chat.unread = 0;
        col.chat.danger = false;
        col.update();
      }
    }
  }

  get unread() {
    return [...this.desk.chats.values()].reduce((n, c) => n + c.unread, 0);
  }

  /** Whether something is half written in another chat. @param {string} id */
  draftBeside(id) {
    return [...this.columns.values()].some((c) => c.chat.id !== id && c.draft);
  }

  /** Once a second, and when something changed everywhere. */
  update() {
    for (const col of this.columns.values()) col.update();
    this.#tabsNow();
    const state = this.desk.state === 'rest' ? 'rest' : this.desk.breathes ? 'breather' : 'ready';
    put(byId('idle-title'), 'idle.' + state);
    put(byId('idle-text'), `idle.${state}.text`);
    this.looked();
  }

  #layout() {
    const { clientWidth } = this.#node, n = this.columns.size, tabs = clientWidth < NARROW;
    this.#node.dataset.layout = tabs ? 'tabs' : 'columns';
    this.#node.dataset.chats = String(n);
    this.#idle.hidden = n > 0;
    this.#tabs.hidden = n < 2 || !tabs && n * WIDTH <= clientWidth;
    for (const [id, col] of this.columns) {
      const was = col.node.hidden;
      col.node.hidden = tabs && id !== this.active;
      col.node.classList.toggle('active', id === this.active);
      if (was && !col.node.hidden) col.messages.toEnd();
    }
    this.#tabsNow();
  }

  #tabsNow() {
    const rows = [...this.#tabs.children];
    [...this.columns.values()].forEach((col, i) => {
      const { chat } = col;
      let tab = rows[i];
      if (tab?.dataset.chat !== chat.id) {
        tab?.remove();
        tab = el('button.tab', {
          data: { chat: chat.id },
          on: {
            click: () => {
              this.activate(chat.id);
              col.node.scrollIntoView({ block: 'nearest', inline: 'nearest' });
              col.write();
            },
          },
        }, el('span.swatch', { attr: { 'aria-hidden': 'true' } }), el('span'), el('span.badge.unread'), el('span.overdue', { attr: { 'aria-hidden': 'true' } }), el('span.vh'));
        this.#tabs.insertBefore(tab, this.#tabs.children[i] ?? null);
      }
      tab.dataset.colour = String(chat.meta.colour % 6);
      tab.dataset.level = chat.danger ? 'late' : col.wait.hidden ? '' : col.wait.dataset.level;
      tab.setAttribute('aria-current', String(chat.id === this.active));
      const [, name, badge, overdue, more] = tab.children;
      text(name, chatName(chat.meta.colour));
      badge.hidden = !chat.unread;
      text(badge, String(chat.unread));
      text(overdue, chat.danger ? '112' : col.wait.hidden ? '' : col.overdue);
      text(more, [chat.unread && say('tab.new'), chat.danger && say('card.danger'), chat.live && col.wait.textContent].filter(Boolean).map((w) => `, ${w}`).join(''));
    });
    for (const tab of [...this.#tabs.children].slice(this.columns.size)) tab.remove();
    label(this.#tabs, 'tabs');
  }
}
