// @ts-check
/** The messages of one chat on the screen: each once, in order, with how far it came. */
import { put } from '../shared/words.js';
import { bodyOf, cardOf, pastOf } from './cards.js';
import { el, text } from './dom.js';

/** @typedef {import('../shared/wire.js').Item} Item */
/** @typedef {import('./chat.js').Chat} Chat */

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
      else if (pastOf(item)) row.classList.add('past', pastOf(item)?.from === 'c' ? 'of-c' : 'of-y');
      else {
        row.classList.add(item.from === 'c' ? 'mine' : 'theirs');
        row.append(el('span.vh', { w: item.from === 'c' ? 'me' : 'youth' }), ' ');
        const card = cardOf(item)?.card;
        if (card) row.classList.add(card === 'danger' && item.from === 'c' ? 'asks' : card);
      }
      row.append(...bodyOf(item));
      if (item.from === 'c' && row.classList.contains('mine')) row.append(el('span.state'));
      this.#rows.set(item, row);
    }
    row.dataset.state = item.state;
    if (item.seq) row.dataset.seq = String(item.seq);
    row.classList.toggle('queued', item.state === 'queued');
    let next = this.chat.log?.after(item);
    while (next && !this.#rows.has(next)) next = this.chat.log?.after(next);
    const before = next ? this.#rows.get(next) : null;
    if (row.parentNode !== this.list || row.nextElementSibling !== before) this.list.insertBefore(row, before);
    if (row.matches('.past')) this.#heads(item, row);
    this.#marks();
    if (!isNew) return;
    if (stay) {
      this.#below++;
      this.newer.hidden = false;
    } else {
      this.toEnd();
    }
  }

  /** What was said before stands under a heading of its own. @param {Item} item @param {any} row */
  #heads(item, row) {
    const items = this.chat.log?.items ?? [], before = items[items.indexOf(item) - 1];
    const first = !before || !this.#rows.get(before)?.matches('.past');
    if (first === (row.firstChild?.className === 'head')) return;
    if (first) row.prepend(el('small.head', { w: 'msg.history' }));
    else row.firstChild.remove();
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
