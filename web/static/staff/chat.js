// @ts-check
/** One chat at this desk: its keys, its messages, who waits for whom, and how it stands. Nothing here is shown. */
import * as hvn1 from '../shared/hvn1.js';
import { Log } from '../shared/wire.js';
import { beforeOf, cardOf, pastOf, slipOf } from './cards.js';
import * as vault from './vault.js';

/** @typedef {import('../shared/wire.js').Item} Item */
/** @typedef {import('../shared/wire.js').Msg} Msg */
/** @typedef {import('../shared/hvn1.js').Key} Key */
/** @typedef {{line?: string, name?: string}} To  where a chat is brought: a line, or a colleague by name */
/**
 * A handover that she proposed. `check` it is looked whether somebody is there, `slip` its slip is on its way, `asked` the young person was asked, `yes` they agreed and
 * it rings there, `no` they did not, `unsure` the line was down since, `nobody` nobody took it, `back` she took it back, `notnow` it could not be asked,
 * `none` nobody is there, and the young person saw nothing of it.
 * @typedef {{to: To, stage: 'check'|'slip'|'asked'|'yes'|'unsure'|'no'|'nobody'|'back'|'notnow'|'none', slip: string}} Hand
 */
/** @typedef {{offer?: string, result: 'asked'|'yes'|'no'|'nobody'}} Question  as the server says; offer is its id */
/**
 * `opening` until the young person's key was checked for the first time, `talking`, `broken` the key did not fit,
 * `ended`, `elsewhere` no longer at this desk.
 * @typedef {'opening'|'talking'|'broken'|'ended'|'elsewhere'} Phase
 */

export class Chat {
  /** @type {Phase} */ phase = 'opening';
  /** @type {Log|null} */ log = null;
  /** A new key of hers that no epoch has yet. @type {Key|null} */ candidate = null;
  /** The epoch whose key confirmation was checked, or -1. */ checked = -1;
  /** Asked for on this socket. */ asked = false;
  /** The epoch that it was asked for under. */ e = -1;
  /** It was asked for and could not be had: it is asked for again. */ fetching = false;
  #refusals = 0;
  #later = 0;
  /** She accepted it and was not answered yet. */ accepted = false;
  /** The store began another life since this chat was last asked for. */ reborn = false;
  /** It is elsewhere since the store lost it: whether it goes on, and with whom, is not known here. */ forgot = false;
  /** When it left. */ #left = 0;
  /** The lock was not right. */ broke = false;
  /** What the server says of it on this socket was not heard yet. */ fresh = true;
  /** "Not safe to type now." */ quiet = false;
  /** Until when the young person's place is kept, in ms; 0 while their line is up. */ gone = 0;
  reason = '';
  unread = 0;
  /** Among what is unread is where somebody in danger is. */ danger = false;
  /** Who spoke last, since when the other is waited for, and whether that moment was seen here.
   * @type {{from: 'y'|'c', at: number, exact: boolean}|null} */
  last = null;
  /** When she accepted it here, ms; 0 where that was not seen. */ began = 0;
  typing = 0;
  /** Until when the wrap-up holds its place, in ms; at most, where the end was not seen here. */ holds = 0;
  /** @type {Hand|null} */ hand = null;
  /** Who handed it over to her, '' for nobody. */ from = '';
  /** What was asked of the server and not answered yet. @type {Record<string, Msg>} */ pending = {};
  #replay = 0;
  #readSent = 0;

  /**
   * @param {string} id @param {vault.Meta} meta
   * @param {{send: (f: Msg) => boolean, item: (chat: Chat, item: Item, isNew: boolean, live: boolean) => void,
   *   changed: (chat: Chat) => void, gap: (chat: Chat) => void, before: (chat: Chat, item: Item) => Promise<void>}} desk
   */
  constructor(id, meta, desk) {
    this.id = id;
    this.meta = meta;
    this.desk = desk;
    vault.keepMeta(id, meta);
    if (meta.to) this.hand = { to: meta.to, stage: 'unsure', slip: '' };
  }

  get locked() {
    return this.phase === 'talking' && !!this.log && this.checked === this.log.e;
  }

  /** It is hers and goes on. */
  get live() {
    return this.phase === 'opening' || this.phase === 'talking';
  }

  /**
   * Whether this tab has the key of an epoch, in memory or wrapped.
   * @param {number} e
   */
  knows(e) {
    return this.log?.epochs.has(e) || e >= 0 && vault.keptEpoch(this.id) === e;
  }

  /**
   * @param {Msg} f `assigned`
   * @returns {Promise<boolean>} false: this tab has no key of that epoch, resume under a new one
   */
  async assigned(f) {
    // Of a new epoch, or on a new socket, the server says behind this which of the two is so.
    if (this.fresh || f.e !== this.log?.e) [this.quiet, this.gone, this.fresh] = [false, 0, false];
    this.e = f.e;
    this.reborn = false;
    this.#had();
    this.#stands(f.asked);
    let key = this.candidate;
    if (!this.log) {
      /** @type {vault.Owned[]} */
      let own = [];
      if (vault.keptEpoch(this.id) === f.e) {
        own = await vault.openKeys(this.id, f.share, f.e).catch(() => []);
        key = own.pop()?.key ?? null;
        if (!key) vault.forgetKeys(this.id);
        else this.candidate = null;
      }
      if (!key) return false;
      this.log = this.#open(key);
      for (const p of own) await this.log.epoch(p.e, p.pk, { past: true, key: p.key });
    }
    const known = this.log.epochs.has(f.e);
    if (!known && !key) return false;
    this.log.floor = this.#replay = Math.max(f.seq, this.#replay);
    const r = await this.log.epoch(f.e, f.pk, key ? { key } : {});
    if (r === 'stop') {
      this.#break();
      return true;
    }
    if (r === 'new' && key) {
      this.log.epochs.key = key;
      if (this.candidate === key) {
        this.candidate = null;
        await vault.keepKey(this.id, f.share, { e: f.e, pk: f.pk, key }).catch((err) => console.error(err));
      }
    }
    if (this.phase !== 'talking' || this.checked !== f.e) this.phase = 'opening';
    this.desk.send({ t: 'confirm', chat: this.id, e: f.e, tag: await this.log.tag(f.e) });
    this.desk.changed(this);
    return true;
  }

  /** @param {Key} key */
  #open(key) {
    return new Log({
      side: 'c', chat: this.id, key, hvn1,
      send: (f) => this.desk.send({ ...f, chat: this.id }),
      show: (item, isNew) => this.#show(item, isNew),
      gap: () => this.desk.gap(this),
    });
  }

  /** @param {Item} item @param {boolean} isNew @returns {void|Promise<void>} */
  #show(item, isNew) {
    if (beforeOf(item)) return isNew ? this.desk.before(this, item) : undefined;
    const live = item.state === 'queued' || item.seq > this.#replay;
    if (isNew && item.state !== 'gap') {
      const since = this.last;
      // A young person waits from the first message that was not answered; a counsellor from her own last one.
      const past = !!pastOf(item); // said to somebody else: nobody waits for an answer to it
      if (!past && (!since || since.from !== item.from || item.from === 'c')) {
        this.last = { from: item.from, at: Date.now(), exact: live };
      }
      if (item.from === 'y') {
        this.typing = 0;
        if (live && !past) this.unread++;
        if (live && cardOf(item)?.card === 'danger') this.danger = true;
      }
    }
    if (this.hand?.stage === 'slip' && item.id === this.hand.slip) this.#slipWent(item);
    this.desk.item(this, item, isNew, live);
  }

  /** @param {Msg} f `confirm` of the young person */
  async confirm(f) {
    if (!this.log || this.phase === 'broken') return;
    const ok = await this.log.check(f.e, f.tag);
    if (ok === false) return this.#break();
    if (ok && f.e === this.log.e) {
      this.checked = f.e;
      this.phase = 'talking';
    }
    this.desk.changed(this);
  }

  /** The key is not the one that the young person has, or changed: nothing more is said, and both are told. */
  #break() {
    this.phase = 'broken';
    this.broke = true;
    this.log?.close();
    this.ask({ t: 'end', chat: this.id, reason: 'done' });
    this.desk.changed(this);
  }

  /** @param {Msg} f `msg` */
  async got(f) {
    if (f.k === hvn1.TYPING) this.typing = Date.now();
    else await this.log?.got(f);
  }

  /** The socket closed. */
  down() {
    this.asked = false;
    this.fresh = true;
    this.#had();
    if (this.hand?.stage === 'asked' || this.hand?.stage === 'yes') this.hand.stage = 'unsure';
    this.log?.down();
  }

  /** In a store that began another life seqs count from 1 again. */
  reset() {
    this.#replay = this.#readSent = 0;
    this.log?.reset();
  }

  /**
   * Goes on with a chat that the store forgot, where the young person shows that it was theirs.
   * @param {Chat} old @param {Item} item that says so @returns {Promise<boolean>} whether it does
   */
  async goesOn(old, item) {
    const { log } = this, { e, iv, ct } = /** @type {any} */ (beforeOf(item));
    if (!log || !old.log || !old.live && old.phase !== 'elsewhere') return false;
    try {
      await old.log.epochs.of(e).open({ e, n: 0, id: this.id, k: 3, iv, ct, from: 'y' });
    } catch {
      return false;
    }
    const last = this.last ?? old.last;
    old.log.close();
    this.#adopt(log, old.log.items);
    this.last = last;
    this.began = old.began || this.began;
    this.unread += old.unread;
    this.danger ||= old.danger;
    return true;
  }

  /**
   * What was said there stands above what is said here; of hers, what was not read goes out again, under the same ids.
   * @param {Log} log @param {Item[]} items
   */
  #adopt(log, items) {
    const above = items.filter((i) => !log.ids.has(i.id));
    log.items = [...above, ...log.items];
    for (const it of above) {
      const again = it.from === 'c' && /queued|sent|kept/.test(it.state);
      Object.assign(it, { seq: 0, frame: undefined, order: again ? Infinity : -1 }, again && { state: 'queued' });
      log.ids.set(it.id, it);
      this.#show(it, true);
    }
    log.flush();
  }

  /** Of hers, what nobody will read here any more. */
  get unsent() {
    if (this.live) return 0;
    const never = this.reborn ? ['queued', 'kept'] : ['queued']; // a store that began another life has it no more
    return this.log?.items.filter((i) => i.from === 'c' && never.includes(i.state)).length ?? 0;
  }

  /** The newest slip of this chat, of either side. @returns {Item|undefined} */
  get slip() {
    return this.log?.items.findLast((i) => slipOf(i) !== '' && i.state !== 'failed');
  }

  /**
   * Proposes to bring the chat elsewhere; the young person is asked. A slip goes into the chat before that, and along.
   * One that is not there yet is put there only where somebody can be asked: the young person would else read a note for a
   * question that never comes.
   * @param {To} to @param {() => Item|undefined} slip puts it into the chat where it is not there yet
   * @param {() => Promise<'yes'|'none'|'notnow'>} [may] looks whether somebody can be asked
   */
  async propose(to, slip, may) {
    /** @type {Hand} */ const hand = this.hand = { to, stage: 'check', slip: '' };
    if (may) {
      this.desk.changed(this);
      const can = await may();
      if (this.hand !== hand || hand.stage !== 'check') return; // she took it back
      if (can !== 'yes' || !this.live) {
        hand.stage = can === 'yes' ? 'notnow' : can;
        return this.desk.changed(this);
      }
    }
    const item = slip();
    hand.stage = 'slip';
    hand.slip = item?.id ?? '';
    this.#slipWent(item);
  }

  /** @param {Item} [slip] */
  #slipWent(slip) {
    const { hand } = this;
    if (!hand) return;
    if (slip?.state === 'failed') hand.stage = 'notnow';
    else if (!slip || slip.seq) this.#handover(hand);
    this.desk.changed(this);
  }

  /** @param {Hand} hand */
  #handover(hand) {
    const sent = this.live && this.desk.send({ t: 'handover', chat: this.id, to: hand.to, ...(hand.slip && { slip: hand.slip }) });
    hand.stage = sent ? 'asked' : 'notnow';
    this.#note();
  }

  /** Takes a proposal back. */
  takeBack() {
    const { hand } = this;
    if (!hand) return;
    if (hand.stage !== 'check' && hand.stage !== 'slip' && !this.desk.send({ t: 'keep', chat: this.id })) return;
    hand.stage = 'back';
    this.#note();
    this.desk.changed(this);
  }

  /** @param {Question} q */
  handed({ offer, result }) {
    // It is known that she took it back. In another tab than the one that asked it is not known where to.
    if (this.hand?.stage !== 'back') this.hand = { to: {}, slip: '', ...this.hand, stage: result };
    this.#note(result === 'asked' || result === 'yes' ? undefined : offer);
  }

  /** @param {'handover'|'keep'} what could not be done @param {string} code */
  refused(what, code) {
    const { hand } = this;
    if (what === 'handover' && hand?.stage === 'asked') hand.stage = 'notnow';
    if (what === 'keep' && hand?.stage === 'back' && code !== 'no_chat') hand.stage = 'unsure'; // no_chat: nothing was asked any more
    this.#note();
    this.desk.changed(this);
  }

  /** What came of her question while her line was down; the newest one here may be somebody else's. @param {Question} [q] */
  #stands(q) {
    const { hand } = this, stage = hand?.stage ?? '';
    if (q?.result === 'asked' || q?.result === 'yes') {
      if (stage === 'back') this.takeBack(); // that did not arrive
      else if (stage !== 'check' && stage !== 'slip') this.handed(q);
    } else if (q && q.offer !== this.meta.heard && q.result !== 'moved' && ['asked', 'yes', 'unsure'].includes(stage)) {
      this.handed(/** @type {Question} */ (q));
    } else {
      if (hand && stage === 'unsure') hand.stage = 'notnow'; // what she asked did not arrive
      this.#note(q?.offer);
    }
  }

  /** Notes for a reload what she asked and does not know the end of. @param {string} [heard] the newest that she does */
  #note(heard = this.meta.heard) {
    const open = ['asked', 'yes', 'unsure'].includes(this.hand?.stage ?? '');
    vault.keepMeta(this.id, this.meta = { ...this.meta, to: open ? this.hand?.to : undefined, heard });
  }

  /** It could not be had just now. @param {() => void} again asks once more, later each time */
  wait(again) {
    clearTimeout(this.#later);
    this.fetching = true;
    this.#later = window.setTimeout(again, Math.min(1000 * 2 ** this.#refusals++, 15000) * (0.5 + Math.random() / 2));
    this.desk.changed(this);
  }

  /** It came, or is asked for anew on another socket, or by nobody any more. */
  #had() {
    clearTimeout(this.#later);
    [this.fetching, this.#refusals] = [false, 0];
  }

  /** Sends what must be answered; it is sent again on the next socket until settle(). @param {Msg} f */
  ask(f) {
    this.pending[f.t] = f;
    this.desk.send(f);
    this.desk.changed(this);
  }

  askAgain() {
    for (const f of Object.values(this.pending)) this.desk.send(f);
  }

  /** @param {string} reason */
  end(reason) {
    // A desk frame may tell of the wrap-up before `ended` tells why.
    this.reason = reason || this.reason || this.pending.end?.reason || '';
    if (this.phase === 'ended') return;
    this.phase = 'ended';
    this.quiet = false;
    this.gone = 0;
    this.hand = null;
    this.#note();
    this.#had();
    delete this.pending.end;
    this.holds = Date.now() + 120e3;
    this.log?.close();
    vault.forgetKeys(this.id);
    this.desk.changed(this);
  }

  /** It rang here again, and she accepts it: also one that ended since the young person was away for so long. */
  again() {
    if (this.phase !== 'elsewhere' && this.phase !== 'ended') return;
    this.phase = 'opening';
    this.reason = '';
    this.holds = 0;
  }

  /** The store began another life. What it lost may have left here before that was told, by some seconds. */
  outlives() {
    this.reborn = true;
    if (this.phase !== 'elsewhere' || this.forgot || Date.now() - this.#left > 10e3) return;
    this.forgot = true;
    this.desk.changed(this);
  }

  /** It is at another desk, or back in line. */
  leave() {
    this.phase = 'elsewhere';
    this.#left = Date.now();
    this.forgot = this.reborn;
    this.asked = false;
    this.fresh = true;
    this.hand = null;
    this.#note();
    this.#had();
    this.log?.down();
    this.desk.changed(this);
  }

  /** Everything that came was on the screen: the young person is told so. */
  shown() {
    const seq = this.log?.top ?? 0;
    const newest = this.log?.items.findLast((i) => i.from === 'y' && i.seq);
    if (this.phase !== 'talking' || !newest || newest.seq <= this.#readSent) return;
    if (this.desk.send({ t: 'read', chat: this.id, seq })) this.#readSent = seq;
  }
}
