// @ts-check
/** What rings: a card for each offer, a soft sound, the title, and a notification where she asked for them. */
import { put, say } from '../shared/words.js';
import { byId, chatName, el, label, left, lineName, span, text, topicName } from './dom.js';
import { sound } from './sound.js';

/** @typedef {import('./desk.js').Offer} Offer */

export class Ring {
  /** @type {Map<string, {node: any, tick: () => void}>} */ #cards = new Map();
  /** @type {Notification|null} */ #note = null;

  /**
   * @param {import('./desk.js').Desk} desk
   * @param {(words: string) => void} alert says something at once
   */
  constructor(desk, alert) {
    this.desk = desk;
    this.alert = alert;
    this.node = byId('offers');
  }

  /** What rings now, and not only waits for its answer. */
  get ringing() {
    return [...this.desk.offers.values()].filter((o) => !o.asked);
  }

  /** Shows what the desk has. @returns {boolean} whether the focus was in a card that went */
  update() {
    const { offers } = this.desk;
    let had = false;
    for (const [id, card] of this.#cards) {
      if (offers.has(id)) continue;
      had ||= card.node.contains(document.activeElement);
      card.node.remove();
      this.#cards.delete(id);
    }
    for (const [id, o] of offers) {
      if (this.#cards.has(id)) continue;
      const card = this.#card(o);
      this.#cards.set(id, card);
      this.node.append(card.node);
      this.#sound(o);
    }
    const now = this.ringing;
    if (!now.length) {
      sound.hush();
      this.#note?.close();
      this.#note = null;
    }
    document.body.classList.toggle('rings', this.#cards.size > 0);
    this.tick();
    return had;
  }

  tick() {
    for (const card of this.#cards.values()) card.tick();
  }

  focus() {
    this.node.querySelector('[data-act="accept"]:not(:disabled)')?.focus();
  }

  /** @param {Offer} o */
  #sound(o) {
    const known = this.#known(o);
    sound.ring(o.urgent);
    this.alert((known ? say(o.again ? 'offer.said.back' : 'offer.said.known', { name: chatName(known.meta.colour) }) + ' ' : '') + say(o.from ? 'offer.said.from' : o.urgent ? 'offer.said.urgent' : 'offer.said', {
      from: o.from, line: lineName(o.line), topic: o.topic ? topicName(o.topic) : say('offer.topic.none'), span: span(o.waited_s),
    }));
    // Neutral words: a notification may be seen by whoever walks past.
    if (document.hidden && 'Notification' in window && Notification.permission === 'granted') {
      this.#note = new Notification(document.title.replace(/^.*· /, ''), { body: say('notify.text'), tag: 'haven-offer', silent: true });
      this.#note.onclick = () => window.focus();
    }
  }

  /** @param {Offer} o @returns {import('./chat.js').Chat|undefined} the chat that it is, where she has it on her screen */
  #known(o) {
    return this.desk.chats.get(o.chat);
  }

  /** @param {Offer} o */
  #card(o) {
    const id = 'offer-' + o.offer, came = Date.now(), known = this.#known(o); // once accepted, any is
    const title = el('span'), words = o.from ? 'offer.from' : !known ? 'offer.title' : o.again ? 'offer.back' : 'offer.known';
    const fill = () => ({ line: lineName(o.line), from: o.from, name: known ? chatName(known.meta.colour) : '' });
    const facts = el('p.facts');
    const count = el('p.count', { attr: { 'aria-hidden': 'true' } });
    const bar = el('progress.ring-time', { attr: { max: String(o.ring_s), 'aria-hidden': 'true' } });
    const accept = el('button', { data: { act: 'accept' }, on: { click: () => this.desk.accept(o.offer) } });
    const decline = el('button.plain', { w: 'offer.decline', data: { act: 'decline' }, on: { click: () => this.desk.decline(o.offer) } });
    const node = el(o.urgent ? 'article.offer.urgent' : 'article.offer', {
      attr: { 'aria-labelledby': id }, data: { offer: o.offer, line: o.line, ...(known && { known: known.id, colour: String(known.meta.colour % 6) }), ...(o.urgent && { urgent: 'true' }), ...(o.from && { from: o.from }) },
    },
    el('div.what', {}, el('h2', { id }, ...(known ? [el('span.swatch', { attr: { 'aria-hidden': 'true' } })] : []), title),
      ...(o.urgent ? [el('p.urgent-mark', {}, el('strong', { w: 'offer.urgent' }), ' ', el('span', { w: 'offer.112' }))] : []), facts),
    el('div.when', {}, count, bar),
    el('div.row', {}, accept, decline));
    return {
      node,
      tick: () => {
        const s = left(o.until), waited = o.waited_s + Math.floor((Date.now() - came) / 1000);
        put(title, words, fill());
        text(facts, [this.desk.practice(o.line) && say('practice'), o.from && say('offer.consent'),
          say('lang.' + o.lang) || o.lang, o.topic ? topicName(o.topic) : say('offer.topic.none'),
          say('offer.waited', { span: span(waited) }), known ? say('offer.yours') : o.again && say('offer.again')].filter(Boolean).join(' · '));
        put(count, 'offer.left', { n: s });
        /** @type {HTMLProgressElement} */ (bar).value = s;
        put(accept, o.asked ? 'offer.busy' : 'offer.accept');
        accept.disabled = decline.disabled = o.asked;
        label(node, words, fill());
      },
    };
  }
}
