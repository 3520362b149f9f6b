// @ts-check
/**
 * Wire is one websocket that comes back by itself; Log is one chat's messages. One file, since the young person's page
 * has few requests.
 */

/** @typedef {import('./hvn1.js').Key} Key */
/** @typedef {Record<string, any> & {t: string}} Msg  a frame of subprotocol haven.1 */
/** @typedef {'up'|'down'|'replaced'|'refused'} WireState */

/**
 * Comes back with back-off and jitter, at once when the phone is online or looked at again, after `bye` when the
 * server said. `replaced` (4001: open in another tab) and `refused` (1008) stay until start(). Nothing is queued
 * while it is down: at `hello`, whoever sends brings the server up to date.
 */
export class Wire {
  /** @type {WebSocket|null} */ #ws = null;
  #timer = 0; #tries = 0; #heard = 0; #asked = 0; #wait = 0;
  #wanted = false;
  #chain = Promise.resolve();

  /**
   * @param {string} path
   * @param {{frame: (f: Msg) => void|Promise<void>, state?: (s: WireState) => void, open?: () => void|Promise<void>}} on
   *   each `frame` is awaited before the next, and dropped with its socket; `open` may send what must go first
   */
  constructor(path, on) {
    this.path = path;
    this.on = on;
    addEventListener('online', () => this.#nudge());
    addEventListener('offline', () => this.#lost());
    document.addEventListener('visibilitychange', () => document.hidden || this.#nudge());
    setInterval(() => document.hidden || this.check(20000), 5000);
  }

  /** Opens the line and keeps it open. */
  start() {
    this.#wanted = true;
    this.#tries = 0;
    if (!this.#ws) this.#dial();
  }

  /** Closes the line for good. */
  stop() {
    this.#wanted = false;
    clearTimeout(this.#timer);
    this.#drop(1000);
  }

  /** Opens the next socket at once in place of this one. */
  restart() {
    this.#drop();
    if (this.#wanted) this.#dial();
  }

  get up() {
    return this.#ws?.readyState === 1;
  }

  /** @param {Msg} f @returns {boolean} whether a socket took it; that does not mean it arrived */
  send(f) {
    if (!this.up) return false;
    this.#ws?.send(JSON.stringify(f));
    return true;
  }

  /** Asks whether the line is alive: phones change networks without telling. @param {number} [quiet] ms without a frame after which to ask */
  check(quiet = 0) {
    const now = Date.now();
    if (!this.up || now - this.#heard < quiet) return;
    if (!this.#asked) {
      this.#asked = now;
      this.send({ t: 'beat' });
      setTimeout(() => this.check(), 6000);
    } else if (now - this.#asked > 5500) {
      this.#lost();
    }
  }

  #nudge() {
    if (!this.#wanted) return;
    if (this.up) this.check();
    else if (!this.#ws && !this.#wait) this.#dial();
  }

  #dial() {
    clearTimeout(this.#timer);
    this.#asked = this.#wait = 0;
    const ws = this.#ws = new WebSocket(location.origin.replace(/^http/, 'ws') + this.path, 'haven.1');
    const slow = setTimeout(() => ws === this.#ws && this.#lost(), 15000);
    ws.onopen = () => {
      clearTimeout(slow);
      if (ws !== this.#ws) return;
      this.#heard = Date.now();
      setTimeout(() => { if (ws === this.#ws) this.#tries = 0; }, 10000);
      this.on.state?.('up');
      this.#run(ws, () => this.on.open?.());
    };
    ws.onmessage = ({ data }) => {
      if (ws !== this.#ws) return;
      this.#heard = Date.now();
      this.#asked = 0;
      const f = JSON.parse(data);
      if (f.t === 'bye') this.#wait = 1000 * (f.retry_s || 1);
      if (f.t !== 'beat') this.#run(ws, () => this.on.frame(f));
    };
    ws.onclose = ({ code }) => {
      clearTimeout(slow);
      if (ws !== this.#ws) return;
      this.#ws = null;
      if (code !== 4001 && code !== 1008) return this.#later();
      this.#wanted = false;
      this.on.state?.(code === 4001 ? 'replaced' : 'refused');
    };
  }

  /** @param {WebSocket} ws @param {() => void|Promise<void>|undefined} f */
  #run(ws, f) {
    this.#chain = this.#chain.then(() => ws === this.#ws ? f() : undefined).catch((err) => console.error(err));
  }

  /** Forgets it first: a half-open socket closes slowly. @param {number} [code] 4000: another follows */
  #drop(code = 4000) {
    const ws = this.#ws;
    this.#ws = null;
    ws?.close(code);
  }

  #lost() {
    if (!this.#ws) return;
    this.#drop();
    this.#later();
  }

  #later() {
    this.on.state?.('down');
    if (!this.#wanted) return;
    const ms = this.#wait || Math.min(400 * 2 ** this.#tries++, 15000);
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#dial(), ms * (0.5 + Math.random() / 2) + (this.#wait ? ms / 2 : 0));
  }
}

/**
 * A message. Own ones are `queued` until sent, `kept` once acked, `read` once shown to the other side, `failed` when
 * refused for good; the other side's are `got`, or `sealed` without a key for them; a `gap` stands for what never came.
 * @typedef {{id: string, k: number, text: string, from: 'y'|'c', seq: number, e: number, order: number,
 *   state: 'queued'|'sent'|'kept'|'read'|'failed'|'got'|'sealed'|'gap', frame?: Msg, chat?: string, late?: boolean}} Item
 */

/** Messages of one chat, both directions, each once and in order. */
export class Log {
  /** @type {Item[]} */ items = [];
  /** @type {Map<string, Item>} */ ids = new Map();
  /** @type {Map<number, Msg|null>} */ #held = new Map();
  /** @type {Set<object>} */ #checked = new Set();
  #out = Promise.resolve();
  #in = Promise.resolve();
  #gapTimer = 0; #lateTimer = 0; #life = 0; #peerRead = 0;
  #asked = false;
  /** Highest seq up to which everything was seen: `after` of a resume. */ top = 0;
  /** Up to here a replay may leave out messages of others' epochs (seq of `assigned`). */ floor = 0;
  /** Newest epoch. */ e = -1;
  /** Next `n` in it. */ n = 0;
  /** Whether the socket stands in the newest epoch and the peer's tag was right: else nothing is sent. */ ready = false;

  /**
   * @param {{side: 'y'|'c', chat: string, key: Key, hvn1: typeof import('./hvn1.js'), send: (f: Msg) => boolean,
   *   show: (item: Item, isNew: boolean) => void|Promise<void>, gap: () => void}} o
   *   `send` gives a frame to the wire (a desk adds `chat`); `show` hears of each new item and each change, and what it does
   *   with a new one comes before the next; `gap` asks to resume after `top`
   */
  constructor(o) {
    this.o = o;
    this.epochs = new o.hvn1.Epochs(o.side, o.chat, o.key);
  }

  /**
   * The other side has (or had) this chat under `pk`. `stop`: that is another key than was seen, or none.
   * @param {number} e @param {string} pk
   * @param {{past?: boolean, key?: Key}} [how] past: an earlier epoch; key: mine in this one, where it is another
   * @returns {Promise<'new'|'same'|'stop'>}
   */
  async epoch(e, pk, { past = false, key } = {}) {
    const result = await this.epochs.add(e, pk, key);
    if (result !== 'stop' && !past) {
      this.ready = this.#checked.has(this.epochs.of(e));
      if (e > this.e) [this.e, this.n] = [e, 0];
    }
    return result;
  }

  /** @param {number} e @returns {Promise<string>} this side's key confirmation */
  tag(e) {
    return this.epochs.of(e).confirmTag();
  }

  /** When right, what is queued goes out. @param {number} e @param {string} tag the peer's @returns {Promise<boolean|null>} false: stop; null: unknown epoch */
  async check(e, tag) {
    if (!this.epochs.has(e)) return null;
    const ok = await this.epochs.of(e).checkPeer(tag);
    if (ok) this.#checked.add(this.epochs.of(e));
    if (ok && e === this.e) {
      this.ready = true;
      await this.flush();
    }
    return ok;
  }

  /** @param {number} k @param {string} text @param {string} [id] that it has already @returns {Item} */
  say(k, text, id = this.o.hvn1.newId()) {
    const it = /** @type {Item} */ ({ id, k, text, from: this.o.side, seq: 0, e: this.e, order: Infinity, state: 'queued' });
    this.#place(it, true);
    this.flush();
    return it;
  }

  /** Seals and sends what is queued, in order. */
  flush() {
    return this.#out = this.#out.then(async () => {
      for (const it of this.items.filter((i) => i.state === 'queued')) {
        if (!this.ready) return;
        const { e, epochs } = this, chat = epochs.chat;
        if (it.frame?.e !== e || it.chat !== chat) {
          const n = this.n++, sealed = await epochs.of(e).seal(it.k, n, it.text, it.id).catch(() => null);
          if (!sealed) this.#set(it, 'failed');
          else Object.assign(it, { e, chat, frame: { t: 'msg', e, n, k: it.k, ...sealed } });
        }
        // What was awaited may have changed everything: an epoch, a drop, an ack of an earlier try.
        if (!this.ready || e !== this.e || epochs !== this.epochs) return;
        if (it.state !== 'queued' || !it.frame || !this.o.send(it.frame)) continue;
        this.#set(it, 'sent');
        clearTimeout(this.#lateTimer);
        this.#lateTimer = window.setTimeout(() => this.again(), 10000);
      }
    });
  }

  /** Sends again what was not acked. */
  again() {
    for (const it of this.items) if (it.state === 'sent') it.state = 'queued';
    return this.flush();
  }

  /** The socket closed. */
  down() {
    this.ready = false;
    clearTimeout(this.#lateTimer);
    for (const it of this.items) if (it.state === 'sent') this.#set(it, 'queued');
  }

  /** @param {string} id @param {number} seq */
  async ack(id, seq) {
    const it = this.ids.get(id);
    if (it) this.#kept(it, seq);
    if (!this.items.some((i) => i.state === 'sent')) clearTimeout(this.#lateTimer);
    await this.#hold(seq, null);
  }

  /** An `error` with this message's id in `re`. @param {string} id @param {string} code */
  refused(id, code) {
    const it = this.ids.get(id);
    if (!it || it.state !== 'sent') return;
    if (code === 'bad_frame') return this.#set(it, 'failed');
    this.#set(it, 'queued');
    if (code === 'stale_epoch' && it.frame?.e !== this.e) this.flush();
    else setTimeout(() => this.flush(), 3000); // also where no epoch follows: a failover can undo the one that did
  }

  /** The other side was shown everything up to here. @param {number} seq */
  read(seq) {
    this.#peerRead = Math.max(this.#peerRead, seq);
    for (const it of this.items) if (it.state === 'kept' && it.seq <= this.#peerRead) this.#set(it, 'read');
  }

  /** A `msg`, live or replayed. @param {Msg} f */
  async got(f) {
    if (f.seq) await this.#hold(f.seq, f); // typing has none
  }

  /** The store began another life: what the other side never read goes out again, under the same ids. */
  reset() {
    this.#life++;
    this.top = this.floor = this.#peerRead = 0;
    this.#held.clear();
    this.down();
    for (const it of this.items) {
      it.seq = 0;
      if (it.state !== 'kept') continue;
      it.order = Infinity; // stays where it is, so that it goes out before what was said later
      this.#set(it, 'queued');
    }
  }

  /** @param {Item} it @returns {Item|undefined} the one below */
  after = (it) => this.items[this.items.indexOf(it) + 1];

  close() {
    this.ready = false;
    clearTimeout(this.#lateTimer);
    clearTimeout(this.#gapTimer);
  }

  /** @param {number} seq @param {Msg|null} f null: an own message, known from its ack */
  #hold(seq, f) {
    if (seq > this.top && !this.#held.get(seq)) this.#held.set(seq, f);
    return this.#in = this.#in.then(() => this.#drain());
  }

  async #drain() {
    while (this.#held.size) {
      const first = Math.min(...this.#held.keys());
      if (first > this.top + 1) {
        if (this.top < this.floor) this.top = Math.min(first - 1, this.floor);
        else break;
        continue;
      }
      const f = this.#held.get(first);
      this.#held.delete(first);
      if (first <= this.top) continue;
      this.top = first;
      this.#asked = false;
      if (f) await this.#take(f);
    }
    clearTimeout(this.#gapTimer);
    // An ack may still be on its way; then the missing ones are asked for; then the gap is shown.
    if (this.#held.size) this.#gapTimer = window.setTimeout(() => this.#missing(), this.#asked ? 5000 : 1500);
  }

  #missing() {
    if (!this.#asked) {
      this.#asked = true;
      this.o.gap();
      this.#gapTimer = window.setTimeout(() => this.#missing(), 8000);
      return;
    }
    this.#in = this.#in.then(() => {
      if (!this.#held.size) return;
      const seq = this.top = Math.min(...this.#held.keys()) - 1;
      this.#place({ id: 'gap' + seq, k: 0, text: '', from: 'c', seq, e: this.e, order: this.#order(seq), state: 'gap' }, true);
      return this.#drain();
    });
  }

  /** @param {Msg} f */
  async #take(f) {
    const { id, k, from, seq, e } = /** @type {any} */ (f), known = this.ids.get(id), mine = from === this.o.side;
    if (known) return mine ? this.#kept(known, seq) : void (known.seq = seq);
    const it = /** @type {Item} */ ({ id, k, from, seq, e, text: '', order: this.#order(seq), state: mine ? 'kept' : 'got' });
    try {
      it.text = (await this.epochs.of(e).open(/** @type {any} */ (f))).text;
    } catch {
      it.state = 'sealed';
    }
    if (it.state === 'kept' && seq <= this.#peerRead) it.state = 'read';
    if (mine && e === this.e) this.n = Math.max(this.n, f.n + 1);
    return this.#place(it, true);
  }

  /** @param {Item} it @param {number} seq */
  #kept(it, seq) {
    if (it.from !== this.o.side) return;
    const moved = it.order === Infinity;
    Object.assign(it, { seq, frame: undefined, order: moved ? this.#order(seq) : it.order });
    if (it.state !== 'read') this.#set(it, seq <= this.#peerRead ? 'read' : 'kept');
    if (moved) this.#place(it, false);
  }

  /** Seqs count anew in each life of the store. @param {number} seq */
  #order = (seq) => this.#life * 2 ** 32 + seq;

  /** @param {Item} it @param {Item['state']} state */
  #set(it, state) {
    if (it.state === state) return;
    it.state = state;
    this.o.show(it, false);
  }

  /** @param {Item} it @param {boolean} isNew */
  #place(it, isNew) {
    if (!isNew) this.items.splice(this.items.indexOf(it), 1);
    let at = this.items.length;
    while (at && this.items[at - 1].order > it.order) at--;
    this.items.splice(at, 0, it);
    this.ids.set(it.id, it);
    return this.o.show(it, isNew);
  }
}
