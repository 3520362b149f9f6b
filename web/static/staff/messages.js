// @ts-check
/** The messages of one chat on the screen: each once, in order, with how far it came. */
import { put, say } from '../shared/words.js';
import { el, text } from './dom.js';

/** @typedef {import('../shared/wire.js').Item} Item */
/** @typedef {import('./chat.js').Chat} Chat */

/** @param {Item} item @returns {any} the card's fields, or null where it is none that pages know */
export function cardOf(item) {
  try {
    const card = JSON.parse(item.text);
    return card?.kind === 'danger' ? card : null;
  } catch {
    return null;
  }
}

/** @param {Item} item @returns {string} what a screen reader says of a new message */
export function spoken(item) {
  if (item.state === 'sealed' || item.state === 'gap') return say('msg.' + item.state);
  if (item.k !== 4) return item.text;
  const card = cardOf(item);
  return card ? [say('card.danger'), card.where, card.reach].filter(Boolean).join('. ') : say('msg.card');
}

/** @param {Item} item @returns {Node[]} */
function bodyOf(item) {
  if (item.state === 'gap' || item.state === 'sealed') return [el('p', { w: 'msg.' + item.state })];
  if (item.k !== 4) {
    const p = el('p', { text: item.text });
    return item.k === 3 ? [el('small', { w: 'msg.history' }), p] : [p];
  }
  const card = cardOf(item);
  if (!card) return [el('p', { w: 'msg.card' })];
  if (item.from === 'c') return [el('p', { w: 'card.sent' })];
  /** @param {string} key @param {unknown} value */
  const field = (key, value) => [
    el('dt', { w: key }), typeof value === 'string' && value.trim() ? el('dd', { text: value }) : el('dd.none', { w: 'card.empty' }),
  ];
  return [el('h3', { w: 'card.danger' }), el('dl', {}, ...field('card.where', card.where), ...field('card.reach', card.reach))];
}

export class Messages {
  /** @type {Map<Item, any>} */ #rows = new Map();
  #below = 0;

  /** @param {Chat} chat @param {any} list the `ol` @param {any} newer the button that leads down */
  constructor(chat, list, newer) {
    this.chat = chat;
    this.list = list;
    this.newer = newer;
    list.addEventListener('scroll', () => this.atEnd() && this.toEnd());
    newer.addEventListener('click', () => this.toEnd());
    new ResizeObserver(() => this.#below === 0 && this.toEnd()).observe(list);
  }

  /** Whether the newest message is in sight. */
  atEnd() {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 48;
  }

  toEnd() {
    this.list.scrollTop = this.list.scrollHeight;
    this.#below = 0;
    this.newer.hidden = true;
  }

  /** @param {Item} item @param {boolean} isNew */
  show(item, isNew) {
    const stay = isNew && item.from === 'y' && this.#rows.size > 0 && !this.atEnd();
    let row = this.#rows.get(item);
    if (!row) {
      row = el('li.msg', { data: { id: item.id, from: item.from, k: String(item.k) } });
      if (item.state === 'gap' || item.state === 'sealed') row.classList.add('told');
      else {
        row.classList.add(item.from === 'c' ? 'mine' : 'theirs');
        row.append(el('span.vh', { w: item.from === 'c' ? 'me' : 'youth' }), ' ');
        if (cardOf(item) && item.k === 4 && item.from === 'y') row.classList.add('danger');
      }
      row.append(...bodyOf(item));
      if (item.from === 'c' && row.classList.contains('mine')) row.append(el('span.state'));
      this.#rows.set(item, row);
    }
    row.dataset.state = item.state;
    if (item.seq) row.dataset.seq = String(item.seq);
    row.classList.toggle('queued', item.state === 'queued');
    const next = this.chat.log?.after(item);
    const before = next ? this.#rows.get(next) ?? null : null;
    if (row.parentNode !== this.list || row.nextElementSibling !== before) this.list.insertBefore(row, before);
    this.#marks();
    if (!isNew) return;
    if (stay) {
      this.#below++;
      this.newer.hidden = false;
    } else {
      this.toEnd();
    }
  }

  /** Says how far a message came: under the last that was read, and under each after it. */
  #marks() {
    const mine = (this.chat.log?.items ?? []).filter((i) => i.from === 'c' && this.#rows.get(i)?.lastChild?.className === 'state');
    const read = mine.findLastIndex((i) => i.state === 'read'), kept = mine.findLastIndex((i) => i.state === 'kept');
    mine.forEach((i, at) => {
      const mark = this.#rows.get(i).lastChild;
      const quiet = i.state === 'read' && at < read || i.state === 'kept' && at < kept;
      if (quiet) {
        delete mark.dataset.w;
        text(mark, '');
      } else {
        put(mark, 'msg.' + i.state);
      }
    });
  }
}
