// @ts-check
/** One chat on the young person's page: the place in line, the sealed talk, its loss and return, its end. */
import { Log } from '../shared/wire.js';
import { put } from '../shared/words.js';
import { View } from './view.js';

/** @typedef {import('../shared/wire.js').Msg} Msg */
/** @typedef {import('../shared/wire.js').Item} Item */
/** @typedef {import('./page.js').Wish} Wish */
/** @typedef {import('../shared/hvn1.js').Key} Key */

export class Talk {
  /** @type {'joining'|'waiting'|'talking'|'leaving'|'ended'} */ phase = 'joining';
  /** @type {Log|null} */ log = null;
  /** @type {Wish|null} */ wish = null;
  /** @type {Key|null} */ key = null;
  /** @type {import('../shared/hvn1.js').Keeper|null} */ keeper = null;
  chat = '';
  token = '';
  /** The private key, wrapped. */ sealedKey = '';
  /** @type {(() => Promise<void>)|null} opens what a reload found (back.js) */ unseal = null;
  name = '';
  quiet = false;
  /** @type {boolean|null} what the server was told of it; null: unknown */ toldQuiet = false;
  away = false;
  /** Another counsellor than the first. */ other = false;
  /** The counsellor was lost. */ lostHer = false;
  /** The socket was not told yet which chat it is for. */ fresh = true;
  /** The store began another life, and the chat was not found in it yet. */ anew = false;
  tries = 0;
  /** @type {import('./anew.js').Left[]} */ left = [];
  /** Highest seq of hers that was on this screen. */ seen = 0;
  /** Up to here nothing is read out: it was on the screen before a reload. */ heard = 0;
  /** @type {Set<string>} what was offered to be sent again */ offered = new Set();
  /** @type {Record<number, string>} who had which epoch */ names = {};
  /** @type {Msg|null} the words that lead back here */ code = null;
  /** @type {any} a question of move.js */ move = null;
  /** @type {typeof import('./cards.js')|null} */ cards = null;
  /** @type {Record<string, (f: Msg) => void>} by type of frame, of errors by what they answer */ hears = {};
  #listening = new AbortController();
  /** @type {Msg} */ place = { t: 'waiting', ahead: 0, wait_s: [0, 60] };
  #saving = Promise.resolve();
  #later = 0;

  /** @param {import('./page.js').Page} page @param {typeof import('../shared/hvn1.js')} hvn1 */
  constructor(page, hvn1) {
    this.page = page;
    this.hvn1 = hvn1;
    this.store = page.store;
    this.view = new View(this, page);
    const { $ } = page, { view } = this, { signal } = this.#listening;
    /** @param {EventTarget} el @param {string} type @param {(ev: any) => void} f */
    const on = (el, type, f) => el.addEventListener(type, f, { signal });
    on($('composer'), 'submit', (ev) => { ev.preventDefault(); view.submit(); });
    on($('text'), 'input', () => { view.hint(); this.saveSoon(); });
    on($('text'), 'keydown', (ev) => {
      // On a keyboard Enter sends; on glass it makes a new line.
      if (ev.key !== 'Enter' || ev.shiftKey || ev.isComposing || matchMedia('(pointer: coarse)').matches) return;
      ev.preventDefault();
      view.submit();
    });
    on($('quiet'), 'click', () => { this.quiet = !this.quiet; this.tellQuiet(); this.saveSoon(); });
    on($('code-open'), 'click', () => this.use('code', (code) => code.give(this)));
    on($('leave-open'), 'click', () => $('leave').showModal());
    on($('leave-yes'), 'click', () => this.leave());
    on($('danger-open'), 'click', () => view.danger());
    on(document, 'visibilitychange', () => this.tellRead());
  }

  /** Asks for a chat. @param {Wish} wish */
  async begin(wish) {
    this.wish = wish;
    this.key = await this.hvn1.createKey();
    this.join();
  }

  join() {
    this.phase = 'joining';
    put(this.page.$('join-state'), 'join.wait');
    const { line, lang, topic, urgent, back } = /** @type {Wish} */ (this.wish);
    this.fresh = !this.page.wire.send({ t: 'join', line, pk: this.key?.pk, lang, ...(topic && { topic }), ...(urgent && { urgent }), ...(back && { return: back }), ...this.page.origin() });
  }

  /** Fetches a part that few chats need. @param {string} name @param {(m: any) => any} f @returns {Promise<boolean>} whether it is here */
  async use(name, f) {
    const m = await this.page.part(name).catch(() => null);
    if (this.phase === 'ended') return true;
    if (m) await f(m);
    else put(this.page.$('more'), 'more.off');
    return !!m;
  }

  /** Opens what a reload left, or begins the log of a new chat. @param {string} share */
  async open(share) {
    this.keeper = await this.hvn1.keeper(this.token, share, this.chat);
    if (this.unseal) return this.unseal();
    this.sealedKey = await this.keeper.sealKey(/** @type {Key} */ (this.key));
    if (this.log) return void await this.use('anew', (anew) => anew.begun(this));
    const log = this.newLog();
    for (const text of this.page.along.splice(0)) log.say(1, text);
  }

  newLog() {
    const { page, hvn1 } = this;
    const key = /** @type {Key} */ (this.key);
    return this.log = new Log({ side: 'y', chat: this.chat, key, hvn1, send: (f) => page.wire.send(f),
      show: (it, isNew) => this.show(it, isNew), gap: () => page.wire.restart() });
  }

  /** Puts into this tab's storage what a reload needs: dead once the server deleted its share. */
  save() {
    clearTimeout(this.#later);
    this.#later = 0;
    return this.#saving = this.#saving.then(async () => {
      const { log, keeper } = this;
      if (!log || !keeper || this.phase === 'ended' || this.phase === 'leaving') return;
      const out = log.items.filter((i) => /queued|sent/.test(i.state)).map((i) => [i.id, i.k, i.text]);
      const kept = await keeper.seal({
        wish: this.wish, name: this.name, quiet: this.quiet, seen: this.seen, draft: this.page.$('text').value,
        pins: log.epochs.pins, e: log.e, n: log.n, out, names: this.names, move: this.move,
      });
      if (this.keeper !== keeper) return; // it ended meanwhile
      try {
        sessionStorage.setItem('s', JSON.stringify({ chat: this.chat, token: this.token, key: this.sealedKey, kept, from: this.page.origin() }));
      } catch { /* storage is shut or full: a reload then loses the chat */ }
    });
  }

  /** Soon, also for one who types on and on. */
  saveSoon() {
    this.#later ||= window.setTimeout(() => this.save(), 400);
  }

  /** Lets go of everything: the keys, the words, the storage. */
  forget() {
    this.phase = 'ended';
    this.keeper = this.key = this.unseal = null;
    this.token = this.sealedKey = '';
    clearTimeout(this.#later);
    this.log?.close();
    this.log = null;
    this.#listening.abort();
    this.page.$('composer').reset();
    for (const el of document.querySelectorAll('[data-chat]')) el.remove();
    try {
      sessionStorage.removeItem('s');
    } catch { /* there was none */ }
  }

  /** @param {import('../shared/wire.js').WireState} s */
  state(s) {
    const { $ } = this.page;
    if (s !== 'up') this.log?.down();
    if (this.phase === 'ended') return;
    this.fresh = true;
    if (this.quiet || this.toldQuiet) this.toldQuiet = null;
    if (s === 'replaced' && this.phase !== 'leaving') return this.page.over('over.replaced');
    if (this.phase === 'joining') put($('join-state'), s === 'up' ? 'join.wait' : 'lines.off');
    put($('net'), s === 'up' ? 'none' : s === 'refused' ? 'net.bad' : 'net.off');
    $('net').hidden = s === 'up';
  }

  /** @param {Msg} f */
  async frame(f) {
    if (this.phase === 'ended') return;
    if (this.phase === 'leaving') return this.leaving(f);
    switch (f.t) {
      case 'hello': return this.hello(f);
      case 'waiting': return this.waiting(f);
      case 'refused': return this.refused(f);
      case 'joined': return this.joined(f);
      case 'confirm': return this.confirmed(f);
      case 'msg':
        if (f.k === 4) await this.view.needCards();
        return this.log?.got(f);
      case 'ack': await this.log?.ack(f.id, f.seq); return this.saveSoon();
      case 'read': return this.log?.read(f.seq);
      case 'away': this.away = true; this.view.words(); break;
      case 'ended': return this.end('over.' + f.reason.replace('abandoned', 'lost'), f);
      case 'error': return this.error(f);
      case 'handover': // is asked once more on a new socket
        return void (await this.use('move', (move) => move.asked(this, f)) || setTimeout(() => this.page.wire.restart(), 5000));
    }
    this.hears[f.t]?.(f);
  }

  /** @param {Msg} f */
  hello(f) {
    const changed = this.store !== '' && this.store !== f.store;
    this.store = f.store;
    if (!this.fresh && !changed) return;
    this.fresh = false;
    if (!this.chat) return this.join();
    if (changed) {
      this.anew = true;
      this.log?.reset();
      this.seen = this.heard = 0;
    }
    this.page.wire.send({ t: 'resume', chat: this.chat, token: this.token, after: this.log?.top ?? 0, ...this.page.origin() });
  }

  /** @param {Msg} f */
  refused(f) {
    if (this.anew && this.tries++ < 30) this.use('anew', (anew) => anew.refused(this));
    else this.end(f.reason === 'unknown_line' ? 'over.gone' : 'no.' + f.reason, f);
  }

  /** @param {Msg} f */
  async waiting(f) {
    if (f.token) [this.chat, this.token] = [f.chat, f.token];
    if (this.wish) this.wish.back = '';
    if (!await this.found(f)) return;
    if (this.move) await this.use('move', (move) => move.waiting(this, f));
    if (this.phase === 'talking' || f.past?.length) this.lostHer = true;
    if (f.line && this.wish) this.wish.line = f.line;
    if (f.ahead < this.place.ahead && !f.line) put(this.page.$('more'), 'none'); // why it grew
    this.notes(f);
    [this.phase, this.away, this.place] = ['waiting', false, f];
    if (this.log) this.log.ready = false;
    this.view.words();
    if (f.why || f.closes || f.for) await this.use('line', (line) => line.told(this, f));
    if (f.share) await this.save();
    this.tellQuiet();
  }

  /** Takes away the notes of which the field is not there any more. @param {Msg} f */
  notes(f) {
    for (const n of document.querySelectorAll('[data-till]')) if (!(/** @type {HTMLElement} */ (n).dataset.till in f)) n.remove();
  }

  /** The share, and every earlier counsellor's key. @param {Msg} f @returns {Promise<boolean>} false: the chat was stopped */
  async found(f) {
    if (f.share && (f.token || !this.log)) {
      try {
        await this.open(f.share);
      } catch {
        this.page.wire.send({ t: 'leave' }); // nobody can open it any more
        this.end('over.gone');
        return false;
      }
      if (this.page.$('talk').hidden) this.page.show('talk');
    }
    if (f.share) this.anew = false; // a place that is only shown again answers no resume
    for (const { e, pk, tag } of f.past ?? []) {
      if (await this.log?.epoch(e, pk, { past: true }) === 'stop' || (tag && !await this.log?.epochs.of(e).checkPeer(tag))) {
        this.unlocked();
        return false;
      }
    }
    return true;
  }

  /** @param {Msg} f */
  async joined(f) {
    if (!await this.found(f) || !this.log) return;
    const how = await this.log.epoch(f.e, f.pk);
    if (how === 'stop') return this.unlocked();
    if (f.seq) { // below it is another page's
      this.log.floor = f.seq;
      this.use('code', (code) => code.before(this));
    }
    if (this.phase !== 'talking') put(this.page.$('more'), 'none');
    this.notes(f);
    this.names[f.e] = f.name;
    this.other ||= this.name !== '' && this.name !== f.name;
    if (this.move) await this.use('move', (move) => move.joined(this, f));
    [this.phase, this.name, this.away, this.lostHer] = ['talking', f.name, false, false];
    if (this.wish && f.line) this.wish.line = f.line;
    await this.save(); // before the first word goes out, so that after a reload another key for this epoch is seen
    this.page.wire.send({ t: 'confirm', e: f.e, tag: await this.log.tag(f.e) });
    this.view.words();
    this.log.flush(); // where her tag was checked before, on an earlier socket
    this.tellQuiet();
  }

  /** @param {Msg} f */
  async confirmed(f) {
    const ok = await this.log?.check(f.e, f.tag);
    if (ok === false) return this.unlocked();
    this.view.words();
    if (f.e) await this.use('again', (again) => again.offer(this));
    this.tellRead(true);
  }

  /** A key or a tag is not what it must be. */
  unlocked() {
    this.page.wire.send({ t: 'leave' });
    this.end('over.unlocked');
  }

  /** @param {Msg} f */
  error(f) {
    if (f.re === 'resume' && f.code === 'no_chat') {
      if (!this.anew || !this.wish || !this.log) return this.end('over.gone');
      this.use('anew', (anew) => anew.begin(this)).then((here) => here || setTimeout(() => this.page.wire.restart(), 5000));
    } else if (f.re && this.hears[f.re]) {
      this.hears[f.re](f);
    } else if (f.re === 'join' && this.wish?.back && /no_chat|not_now/.test(f.code)) {
      this.forget();
      this.page.part('code').then((code) => code.wrong(this.page, f.code));
    } else if (f.re === 'join' || f.re === 'resume') {
      if (f.code === 'bad_frame') return this.end('no.unavailable');
      put(this.page.$('join-state'), 'join.busy');
      setTimeout(() => this.phase === 'ended' || this.page.wire.restart(), 2000 + Math.random() * 3000);
    } else if (f.code === 'no_chat') {
      this.page.wire.restart(); // it ended without our hearing: a resume tells how
    } else if (this.log && f.re?.length === 22) {
      this.log.refused(f.re, f.code);
    }
  }

  /** Ends the chat here and now; the server hears of it as soon as the line is up. */
  leave() {
    const { page, token } = this, said = page.wire.send({ t: 'leave' });
    this.view.clear(false);
    this.forget();
    [this.phase, this.token] = ['leaving', token]; // until the server said `ended`
    page.over(said ? 'over.left' : 'over.leaving');
  }

  /** The young person went elsewhere. @returns {boolean} whether the server is still to be told */
  part() {
    if (this.phase === 'joining' && !this.chat) this.phase = 'leaving';
    if (this.phase !== 'leaving') this.forget();
    return this.phase === 'leaving';
  }

  /** @param {Msg} f */
  leaving(f) {
    if (f.t === 'hello') {
      if (this.fresh && !this.chat) return this.forget();
      if (this.fresh) this.page.wire.send({ t: 'resume', chat: this.chat, token: this.token, after: 0, ...this.page.origin() });
      this.fresh = false;
    } else if (f.t === 'waiting' || f.t === 'joined') {
      this.page.wire.send({ t: 'leave' });
    } else if (f.t === 'ended' || f.t === 'error' || f.t === 'refused') {
      this.forget();
      if (this.page.$('over-title').dataset.w === 'over.leaving') this.page.over('over.left');
    }
  }

  /** @param {string} key of the words @param {Msg} [f] */
  end(key, f) {
    if (this.phase !== 'talking') this.page.along = this.log?.items.filter((i) => i.state === 'queued' && i.k === 1).map((i) => i.text) ?? [];
    this.view.clear(/done|closed|^no/.test(key)); // the last words may still be read, and those that never went out
    this.forget();
    this.page.over(key, f);
  }

  /** @param {Item} it @param {boolean} isNew */
  show(it, isNew) {
    this.view.show(it, isNew);
    if (!isNew || it.from === 'y') return;
    if (it.seq > this.heard) this.view.speak(it);
    this.tellRead();
  }

  /** Tells up to where she was read. @param {boolean} [anew] also what was told on an earlier socket */
  tellRead(anew) {
    if (document.hidden || !this.log) return;
    const top = this.log.items.reduce((n, i) => i.from === 'c' ? Math.max(n, i.seq) : n, 0);
    if (!top || (top <= this.seen && !anew)) return;
    this.seen = top;
    this.page.wire.send({ t: 'read', seq: top });
    this.saveSoon();
  }

  tellQuiet() {
    this.view.quiet();
    if (this.chat && this.quiet !== this.toldQuiet && this.page.wire.send({ t: 'quiet', on: this.quiet })) this.toldQuiet = this.quiet;
  }
}
