// @ts-check
/** The desk: its line to the server, the chats at it, what rings. It knows nothing of the page that shows it. */
import { createKey } from '../shared/hvn1.js';
import { Wire } from '../shared/wire.js';
import { Chat } from './chat.js';
import { Problem, ticket } from './session.js';
import * as vault from './vault.js';

/** @typedef {import('../shared/wire.js').Msg} Msg */
/** @typedef {import('../shared/wire.js').Item} Item */
/** @typedef {Msg & {until: number, asked: boolean}} Offer  `until` in ms; asked: accepted here, not answered yet */
/** @typedef {'off'|'opening'|'up'|'down'|'replaced'|'refused'|'signedout'|'nodesk'} Link */
/**
 * @typedef {{link: () => void, desk: () => void, offers: () => void, chat: (chat: Chat) => void, chats: () => void,
 *   item: (chat: Chat, item: Item, isNew: boolean, live: boolean) => void, missed: () => void, none: () => void, trouble: () => void,
 *   assigned: (chat: Chat, back: boolean) => void, moved: (chat: Chat) => void, goesOn: (chat: Chat, old: Chat) => void}} Ears  what the page is told
 */
/** @typedef {{line: string, waiting: number, oldest_s: number, open: boolean, paused?: boolean, practice?: boolean}} Line */
/** @typedef {{line: string, open: boolean, opens?: string, wait_s?: number[]}} Door  a line of the deployment; wait_s: somebody is there */

/** A `desk` frame that was on its way when a chat came or ended does not have it yet, ms. */
const LAG = 3000;

export class Desk {
  /** @type {Link} */ link = 'off';
  /** @type {Map<string, Chat>} */ chats = new Map();
  /** @type {Map<string, Offer>} */ offers = new Map();
  /** @type {'rest'|'ready'|'busy'} */ state = 'rest';
  capacity = 0;
  /** Those that she serves. @type {Line[]} */ lines = [];
  /** When that was told, ms: the page counts on. */ linesAt = 0;
  /** All of them. @type {Door[]} */ doors = [];
  role = '';
  /** Until when she has a breather, ms; 0 for none. */ breather = 0;
  /** Her last intake, ms; 0 for none. */ lastIntake = 0;
  /** Frames that are none of a chat: by type, or as `error` by what they refuse. @type {Record<string, (f: Msg) => void>} */ tools = {};
  /** @type {string[]} */ owed = [];
  /** @type {{name: string, number: string}[]} */ phones = [];
  #store = '';
  #entered = false;
  /** @type {Set<string>} */ #here = new Set();
  #tries = 0;
  #timer = 0;

  /** @param {Ears} ears */
  constructor(ears) {
    this.ears = ears;
    this.wire = new Wire('/desk', {
      open: () => this.#enter(),
      frame: (f) => this.#frame(f),
      state: (s) => this.#line(s),
    });
  }

  /** Opens the desk here; another one of hers closes. */
  start() {
    this.#to('opening');
    this.wire.start();
  }

  /** Closes the desk and forgets everything. */
  stop() {
    clearTimeout(this.#timer);
    this.wire.stop();
    for (const c of this.chats.values()) c.log?.close();
    this.chats.clear();
    this.offers.clear();
    [this.owed, this.#store, this.state, this.role] = [[], '', 'rest', ''];
    this.breather = this.lastIntake = 0;
    this.#to('off');
  }

  /** @param {Link} link */
  #to(link) {
    if (this.link === link) return;
    this.link = link;
    this.ears.link();
  }

  /** @param {'up'|'down'|'replaced'|'refused'} s */
  #line(s) {
    if (s === 'up') return;
    this.#entered = false;
    for (const c of this.chats.values()) c.down();
    this.offers.clear();
    this.ears.offers();
    for (const c of this.chats.values()) this.ears.chat(c);
    if (s === 'refused' && this.#tries++ < 2) {
      this.#timer = window.setTimeout(() => this.wire.start(), 1500);
      s = 'down';
    }
    if (this.link !== 'signedout' && this.link !== 'nodesk' && this.link !== 'off') this.#to(s);
  }

  async #enter() {
    try {
      this.wire.send({ t: 'enter', ticket: await ticket() });
    } catch (err) {
      const { status } = /** @type {Problem} */ (err);
      if (status === 401 || status === 403) {
        this.#to(status === 401 ? 'signedout' : 'nodesk');
        this.wire.stop();
        this.#line('down');
        return;
      }
      this.#to('down');
      this.#timer = window.setTimeout(() => this.wire.restart(), 3000 + 2000 * Math.random());
    }
  }

  /** @param {Msg} f */
  async #frame(f) {
    switch (f.t) {
      case 'hello': return this.#hello(f);
      case 'desk': return this.#desk(f);
      case 'offer': return this.#offer(f);
      case 'withdrawn': return this.#withdrawn(f.offer);
      case 'assigned': return this.#assigned(f);
      case 'error': return this.#error(f);
    }
    if (this.tools[f.t]) return this.tools[f.t](f);
    const chat = this.chats.get(f.chat);
    if (!chat) return;
    switch (f.t) {
      case 'confirm': return chat.confirm(f);
      case 'msg': await chat.got(f); break;
      case 'ack': return chat.log?.ack(f.id, f.seq);
      case 'read': return chat.log?.read(f.seq);
      case 'quiet': chat.quiet = f.on; break;
      case 'gone': chat.gone ||= Date.now() + 1000 * f.grace_s; break; // told again it is the same time
      case 'back': chat.gone = 0; break;
      case 'ended': chat.end(f.reason); break;
      case 'handover':
        if (f.result === 'moved') return this.#moved(chat);
        chat.handed(/** @type {any} */ (f));
        break;
    }
    this.ears.chat(chat);
  }

  /** The other side has it: here it is over. @param {Chat} chat */
  #moved(chat) {
    this.#here.delete(chat.id);
    this.ears.moved(chat);
    this.close(chat.id);
  }

  /** @param {Msg} f */
  async #hello(f) {
    this.phones = f.phones ?? [];
    this.doors = f.lines ?? this.doors;
    const other = this.#store && f.store && f.store !== this.#store;
    this.#store = f.store || this.#store;
    if (!other) return;
    for (const c of this.chats.values()) c.outlives();
    for (const c of this.chats.values()) if (c.asked && c.live) await this.#resume(c, c.e); // the socket stands
  }

  /** @param {Msg} f */
  async #desk(f) {
    const first = !this.#entered;
    this.#entered = true;
    this.#tries = 0;
    this.state = f.state;
    this.capacity = f.capacity;
    this.lines = f.lines;
    this.linesAt = Date.now();
    this.owed = f.wrapups;
    this.role = f.role ?? '';
    this.breather = f.breather_s ? Date.now() + 1000 * f.breather_s : 0;
    // For as long as it stands it is counted from when it was first told: frames are some ms late, each a little else.
    const last = f.for_s ? Date.now() + 1000 * f.for_s : 0;
    if (!last ? first || f.state !== 'rest' : Math.abs(last - this.lastIntake) > 1500) this.lastIntake = last;
    this.#here = new Set(f.chats.map((/** @type {any} */ c) => c.chat));
    this.#to('up');
    if (first) this.#again();
    for (const c of f.chats) {
      const chat = this.#chat(c.chat, c.line);
      if (!chat.asked && !this.rings(chat.id) && (chat.live || chat.phase === 'elsewhere')) await this.#resume(chat, c.e);
    }
    for (const id of f.wrapups) if (!this.chats.has(id) || this.#missing(id)) this.#chat(id, '').end('');
    for (const c of [...this.chats.values()]) {
      // Noted: it is neither owed nor, in a frame from before the end, still a chat.
      if (c.pending.wrapup && !f.wrapups.includes(c.id) && !this.#here.has(c.id)) this.close(c.id);
    }
    for (const c of this.chats.values()) {
      if (!c.live && c.phase !== 'broken' || this.#here.has(c.id)) continue;
      if (first) this.#lose(c);
      else setTimeout(() => this.#entered && !this.#here.has(c.id) && c.live && this.#lose(c), LAG);
    }
    this.ears.desk();
    for (const c of this.chats.values()) this.ears.chat(c);
  }

  /** @param {Chat} chat @param {Item} item that says which one it goes on with */
  async #goesOn(chat, item) {
    const old = this.chats.get(item.id);
    if (!old || !await chat.goesOn(old, item)) return;
    this.ears.goesOn(chat, old);
    this.close(old.id);
    this.ears.chat(chat);
  }

  /** @param {string} id whether a chat that goes on here ended while the line was down */
  #missing(id) {
    return !this.#here.has(id) && !!this.chats.get(id)?.live;
  }

  /** @param {Chat} c */
  #lose(c) {
    if (this.owed.includes(c.id)) c.end('');
    else if (c.candidate && !c.log) this.close(c.id); // its accept did not arrive
    else c.leave();
  }

  /** @param {string} id @param {string} line @param {Partial<vault.Meta>} [more] @returns {Chat} */
  #chat(id, line, more = {}) {
    let chat = this.chats.get(id);
    if (!chat) {
      const kept = vault.metaOf(id), taken = new Set([...this.chats.values()].map((c) => c.meta.colour));
      let colour = kept && !taken.has(kept.colour) ? kept.colour : 0;
      while (taken.has(colour)) colour++;
      const place = kept?.place ?? Math.max(0, ...[...this.chats.values()].map((c) => c.meta.place)) + 1;
      chat = new Chat(id, { line, topic: '', lang: '', ...kept, ...more, colour, place }, {
        send: (f) => this.#entered && this.wire.send(f),
        item: this.ears.item,
        changed: this.ears.chat,
        gap: (c) => this.#entered && c.log && this.wire.send({ t: 'resume', chat: c.id, after: c.log.top }),
        before: (c, item) => this.#goesOn(c, item),
      });
      this.chats.set(id, chat);
      this.ears.chats();
    } else if (line && !chat.meta.line) {
      vault.keepMeta(id, chat.meta = { ...chat.meta, line, ...more });
    }
    return chat;
  }

  /**
   * Asks for a chat of hers on this socket: under the key of its epoch where this tab has it, else under a new one,
   * which begins a new epoch (repeated with the same key, none).
   * @param {Chat} chat @param {number} e
   */
  async #resume(chat, e) {
    chat.asked = true;
    chat.e = e;
    if (chat.reborn) chat.reset();
    if (chat.phase === 'elsewhere') chat.phase = 'opening';
    const known = chat.knows(e);
    if (!known) chat.candidate ??= await createKey();
    this.say({
      t: 'resume', chat: chat.id, after: chat.log?.top ?? 0, ...(!known && chat.candidate && { pk: chat.candidate.pk }),
    });
  }

  /** Asks once more for a chat that could not be had. @param {Chat} chat */
  #fetch(chat) {
    if (this.#entered && this.chats.get(chat.id) === chat && chat.live) this.#resume(chat, chat.e);
  }

  /** @param {Msg} f */
  #offer(f) {
    if (this.offers.has(f.offer)) return;
    this.offers.set(f.offer, { ...f, until: Date.now() + 1000 * f.ring_s, asked: false });
    this.#here.delete(f.chat);
    const had = this.chats.get(f.chat);
    if (had?.live) had.leave(); // what rings is nobody's, whatever frames are on their way
    this.ears.offers();
  }

  /** Whether a chat rings here, and was not accepted yet. @param {string} id */
  rings = (id) => [...this.offers.values()].some((o) => o.chat === id && !o.asked);

  /** Accepts a chat that rings. @param {string} id */
  acceptChat(id) {
    for (const [offer, o] of this.offers) if (o.chat === id) this.accept(offer);
  }

  /** @param {string} offer */
  #withdrawn(offer) {
    const o = this.offers.get(offer);
    if (!o) return;
    this.offers.delete(offer);
    if (!this.#here.has(o.chat)) this.#drop(o.chat);
    this.ears.offers();
    if (!o.asked && o.until - Date.now() < 1500) this.ears.missed();
  }

  /** A chat whose accept lost. @param {string} id */
  #drop(id) {
    const c = this.chats.get(id);
    if (c?.live) this.#lose(c);
  }

  /** @param {string} offer */
  async accept(offer) {
    const o = this.offers.get(offer);
    if (!o || o.asked || !this.#entered) return;
    o.asked = true;
    const chat = this.#chat(o.chat, o.line, { topic: o.topic, lang: o.lang });
    chat.from = o.from ?? '';
    chat.again();
    chat.accepted = true;
    this.ears.offers();
    chat.candidate ??= await createKey();
    chat.asked = true;
    this.wire.send({ t: 'accept', offer, pk: chat.candidate.pk });
  }

  /** @param {string} offer */
  decline(offer) {
    if (!this.wire.send({ t: 'decline', offer })) return;
    this.offers.delete(offer);
    this.ears.offers();
  }

  /** @param {Msg} f */
  async #assigned(f) {
    const chat = this.#chat(f.chat, '');
    if (chat.phase === 'ended') return;
    this.#here.add(f.chat);
    for (const [id, o] of this.offers) if (o.chat === f.chat) this.offers.delete(id);
    this.ears.offers();
    chat.asked = true;
    const back = !!chat.log;
    if (!await chat.assigned(f)) return this.#resume(chat, -1);
    if (!chat.accepted) return;
    chat.accepted = false;
    chat.began = Date.now();
    this.ears.assigned(chat, back);
  }

  /** @param {Msg} f */
  #error(f) {
    if (f.code === 'not_now' && f.re === 'take') return this.ears.none();
    if (f.re === 'wrapup' && f.code === 'no_chat') {
      for (const c of this.chats.values()) if (c.pending.wrapup && !this.owed.includes(c.id)) this.close(c.id);
      return;
    }
    if (this.tools[f.re]) return this.tools[f.re](f);
    const chat = this.chats.get(f.chat);
    if (f.re === 'handover' || f.re === 'keep') return chat?.refused(f.re, f.code);
    if (f.re === 'resume' && (f.code === 'unavailable' || f.code === 'slow_down')) return chat?.wait(() => this.#fetch(chat));
    for (const c of this.chats.values()) c.log?.refused(f.re, f.code);
    if (f.code !== 'unavailable' && f.code !== 'slow_down') return;
    if (f.re === 'end' || f.re === 'wrapup') setTimeout(() => this.#again(), 3000);
    if (f.re.length === 22) return; // a message: its log sends it again
    for (const o of this.offers.values()) {
      const c = this.chats.get(o.chat);
      if (o.asked && c?.log && c.live && !this.#here.has(c.id)) c.leave(); // it rings on
      o.asked = false;
    }
    this.ears.offers();
    this.ears.trouble();
  }

  #again() {
    if (this.#entered) for (const c of this.chats.values()) c.askAgain();
  }

  /** @param {number} capacity chats at once, 1 to 1000 */
  ready(capacity) {
    const for_s = Math.floor((this.lastIntake - Date.now()) / 1000);
    if (for_s <= 0) this.lastIntake = 0; // she goes on after it
    return this.say({ t: 'ready', capacity, ...(for_s > 0 && { for_s }) });
  }

  /** Nothing rings: she has a breather. */
  get breathes() {
    return this.breather > Date.now();
  }

  /** @param {string} line whether it is for training */
  practice = (line) => this.lines.some((l) => l.line === line && l.practice);

  /** Sends what is answered by a frame for `tools`, or not at all. @param {Msg} f @returns {boolean} whether it went */
  say(f) {
    return this.#entered && this.wire.send(f);
  }

  rest() {
    return this.say({ t: 'rest' });
  }

  take() {
    return this.say({ t: 'take' });
  }

  /** Puts a chat that is over out of sight. @param {string} id */
  close(id) {
    const c = this.chats.get(id);
    if (!c) return;
    c.log?.close();
    vault.forget(id);
    this.chats.delete(id);
    this.ears.chats();
  }
}
