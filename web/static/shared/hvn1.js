// @ts-check
/**
 * HVN1, how messages are sealed (design, section 5): suite 1 is ephemeral P-256 ECDH, HKDF-SHA256 and AES-256-GCM,
 * all of it WebCrypto's own. There is no fallback. Ids, chats, tokens and shares are 16 random bytes; all bytes
 * travel as base64url without padding.
 */

const LABEL = 'haven/e2ee/1 P256-HKDF-SHA256-AES256GCM';
const SIZES = [128, 512, 2048, 8192];
const CURVE = { name: 'ECDH', namedCurve: 'P-256' };
const HMAC = { name: 'HMAC', hash: 'SHA-256' };
const subtle = crypto.subtle;

/** Of one text, in bytes of UTF-8. */
export const MAX_TEXT = SIZES[3] - 2;

/** `k` of a message that is not kept. */
export const TYPING = 2;

/** @typedef {{pk: string, priv: CryptoKey}} Key */
/** @typedef {{id: string, iv: string, ct: string}} Sealed */
/** @typedef {{e: number, n: number, id: string, k: number, iv: string, ct: string, from: string}} Frame */
/** @typedef {Awaited<ReturnType<typeof session>>} Session */
/** @typedef {Awaited<ReturnType<typeof keeper>>} Keeper */

/** @param {string} s @returns {Uint8Array<ArrayBuffer>} */
const utf8 = (s) => new TextEncoder().encode(s);

/** @param {Uint8Array} bytes @returns {string} base64url without padding */
export function b64u(bytes) {
  let s = '';
  for (const b of bytes) s += String.fromCharCode(b);
  return btoa(s).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
}

/** Strict: one spelling for each value. @param {string} s @param {number} [length] bytes @returns {Uint8Array<ArrayBuffer>} */
export function unb64u(s, length) {
  const raw = atob(s.replace(/-/g, '+').replace(/_/g, '/'));
  const bytes = Uint8Array.from(raw, (c) => c.charCodeAt(0));
  if (b64u(bytes) !== s || (length !== undefined && bytes.length !== length)) throw new Error('hvn1: bad base64url');
  return bytes;
}

/** @returns {string} 16 random bytes: a message id */
export const newId = () => b64u(crypto.getRandomValues(new Uint8Array(16)));

/** @param {Uint8Array[]} parts */
function join(...parts) {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/** @param {number} x @param {number} width bytes, big-endian @returns {Uint8Array<ArrayBuffer>} */
function be(x, width) {
  const out = new Uint8Array(width);
  for (let i = width - 1; i >= 0; i--, x = Math.floor(x / 256)) out[i] = x % 256;
  return out;
}

/** @param {Uint8Array} x */
const lp = (x) => join(be(x.length, 2), x);

/** @returns {Promise<Key>} fresh, for one chat; it can be exported until a keeper wrapped it for a reload */
export async function createKey() {
  const pair = await subtle.generateKey(CURVE, true, ['deriveBits']);
  return { pk: b64u(new Uint8Array(await subtle.exportKey('raw', pair.publicKey))), priv: pair.privateKey };
}

/** @param {string} pk @returns {Promise<CryptoKey>} throws for what is no uncompressed point of the curve */
async function point(pk) {
  const raw = unb64u(pk, 65);
  if (raw[0] !== 4) throw new Error('hvn1: not an uncompressed point');
  return subtle.importKey('raw', raw, CURVE, true, []);
}

/**
 * The keys of one epoch of one chat.
 * @param {{chat: string, epoch: number, pkY: string, pkC: string, mine: Key, side: 'y'|'c'}} o  `mine` is that of `side`
 */
export async function session({ chat, epoch, pkY, pkC, mine, side }) {
  const chatId = unb64u(chat, 16);
  const rawY = unb64u(pkY, 65), rawC = unb64u(pkC, 65);
  if (mine.pk !== (side === 'y' ? pkY : pkC)) throw new Error('hvn1: not my key');
  const peer = await point(side === 'y' ? pkC : pkY);
  const th = new Uint8Array(await subtle.digest('SHA-256',
    join(lp(utf8(LABEL)), lp(chatId), lp(be(epoch, 4)), lp(rawY), lp(rawC))));
  const shared = await subtle.deriveBits({ name: 'ECDH', public: peer }, mine.priv, 256);
  const prk = await subtle.importKey('raw', shared, 'HKDF', false, ['deriveBits']);
  /** @param {string} name @param {number} bytes */
  const expand = (name, bytes) => subtle.deriveBits(
    { name: 'HKDF', hash: 'SHA-256', salt: th, info: utf8(LABEL + ' ' + name) }, prk, bytes * 8);
  /** @param {string} name */
  const cipher = async (name) => subtle.importKey('raw', await expand(name, 32), 'AES-GCM', false, ['encrypt', 'decrypt']);
  /** @param {string} name */
  const mac = async (name) => subtle.importKey('raw', await expand(name, 32), HMAC, false, ['sign', 'verify']);
  const [y2c, c2y, kcY, kcC] = await Promise.all([cipher('y2c'), cipher('c2y'), mac('kc-y'), mac('kc-c')]);

  /** @param {number} k @param {'y'|'c'} from @param {number} n @param {string} id */
  const aad = (k, from, n, id) => join(utf8('HVN1'), be(1, 1), be(k, 1), be(from === 'y' ? 0 : 1, 1),
    be(epoch, 4), be(n, 8), chatId, unb64u(id, 16));

  return {
    /** @returns {Promise<string>} this side's key confirmation */
    async confirmTag() {
      return b64u(new Uint8Array(await subtle.sign('HMAC', side === 'y' ? kcY : kcC, th)));
    },

    /** @param {string} tag the other side's key confirmation @returns {Promise<boolean>} */
    async checkPeer(tag) {
      try {
        return await subtle.verify('HMAC', side === 'y' ? kcC : kcY, unb64u(tag, 32), th);
      } catch {
        return false;
      }
    },

    /**
     * @param {number} k @param {number} n counts this side's messages of the epoch
     * @param {string} text at most MAX_TEXT bytes of UTF-8
     * @param {string} [id] of a message that is sealed once more; default a new one
     * @returns {Promise<Sealed>}
     */
    async seal(k, n, text, id = newId()) {
      const body = utf8(text);
      const size = SIZES.find((s) => s >= body.length + 2);
      if (!size) throw new Error('hvn1: too long');
      const plain = new Uint8Array(size);
      plain.set(be(body.length, 2));
      plain.set(body, 2);
      // Never a counter: a duplicated tab copies counters.
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const ct = await subtle.encrypt({ name: 'AES-GCM', iv, additionalData: aad(k, side, n, id) },
        side === 'y' ? y2c : c2y, plain);
      return { id, iv: b64u(iv), ct: b64u(new Uint8Array(ct)) };
    },

    /** Throws on anything that is not exactly what either side sealed. @param {Frame} f @returns {Promise<{k: number, text: string}>} */
    async open(f) {
      if (f.e !== epoch || (f.from !== 'y' && f.from !== 'c')) throw new Error('hvn1: not of this epoch');
      const plain = new Uint8Array(await subtle.decrypt(
        { name: 'AES-GCM', iv: unb64u(f.iv, 12), additionalData: aad(f.k, f.from, f.n, f.id) },
        f.from === 'y' ? y2c : c2y, unb64u(f.ct)));
      const length = plain[0] * 256 + plain[1];
      if (plain.length !== SIZES.find((s) => s >= length + 2) || plain.subarray(2 + length).some((b) => b)) {
        throw new Error('hvn1: bad padding');
      }
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plain.subarray(2, 2 + length));
      return { k: f.k, text };
    },
  };
}

/** Every epoch of one chat that this side has keys for. */
export class Epochs {
  /** @type {Map<number, {pk: string, s: Session}>} */ #known = new Map();
  /** @type {Record<number, string>} the peer's key of each epoch as first seen; may be set before add() */ pins = {};

  /** @param {'y'|'c'} side @param {string} chat @param {Key} key mine */
  constructor(side, chat, key) {
    this.side = side;
    this.chat = chat;
    this.key = key;
  }

  /**
   * @param {number} e @param {string} pk of the other side @param {Key} key mine in this epoch
   * @returns {Promise<'new'|'same'|'stop'>} stop: another key was seen for this epoch, or this is no key at all
   */
  async add(e, pk, key = this.key) {
    if ((this.pins[e] ?? pk) !== pk) return 'stop';
    if (this.#known.has(e)) return 'same';
    const [pkY, pkC] = this.side === 'y' ? [key.pk, pk] : [pk, key.pk];
    try {
      this.#known.set(e, { pk, s: await session({ chat: this.chat, epoch: e, pkY, pkC, mine: key, side: this.side }) });
    } catch {
      return 'stop';
    }
    this.pins[e] = pk;
    return 'new';
  }

  /** @param {number} e @returns {Session} of an epoch that add() took; throws for any other */
  of(e) {
    const known = this.#known.get(e);
    if (!known) throw new Error('hvn1: no key');
    return known.s;
  }

  /** @param {number} e */
  has(e) {
    return this.#known.has(e);
  }
}

/**
 * Wraps what sessionStorage holds for a reload. The secret (the young person's resume token, or a desk tab's random
 * one) stays on the device; the server deletes the share at the end, and then what the device still holds is dead.
 * @param {string} secret base64url @param {string} share base64url @param {string} chat
 */
export async function keeper(secret, share, chat) {
  const ikm = await subtle.importKey('raw', join(unb64u(secret), unb64u(share)), 'HKDF', false, ['deriveKey']);
  const key = await subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info: utf8('haven/keep/1 ' + chat) },
    ikm, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);

  /** @param {BufferSource} bytes */
  const wrap = async (bytes) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return b64u(join(iv, new Uint8Array(await subtle.encrypt({ name: 'AES-GCM', iv }, key, bytes))));
  };
  /** @param {string} sealed */
  const unwrap = async (sealed) => {
    const raw = unb64u(sealed);
    return subtle.decrypt({ name: 'AES-GCM', iv: raw.subarray(0, 12) }, key, raw.subarray(12));
  };

  return {
    /** @param {unknown} value anything that JSON holds @returns {Promise<string>} */
    seal: (value) => wrap(utf8(JSON.stringify(value))),

    /** @param {string} sealed @returns {Promise<any>} */
    open: async (sealed) => JSON.parse(new TextDecoder().decode(await unwrap(sealed))),

    /** Wraps a fresh private key; from now on it cannot be exported. @param {Key} mine @returns {Promise<string>} */
    async sealKey(mine) {
      const raw = await subtle.exportKey('pkcs8', mine.priv);
      mine.priv = await subtle.importKey('pkcs8', raw, CURVE, false, ['deriveBits']);
      return JSON.stringify([mine.pk, await wrap(raw)]);
    },

    /** @param {string} sealed @returns {Promise<Key>} throws where secret or share is another */
    async openKey(sealed) {
      const [pk, wrapped] = JSON.parse(sealed);
      return { pk, priv: await subtle.importKey('pkcs8', await unwrap(wrapped), CURVE, false, ['deriveBits']) };
    },
  };
}
