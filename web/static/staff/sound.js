// @ts-check
/**
 * Soft sounds, made here: the page may load no media. Browsers let a page sound only after a click or a key in it;
 * `blocked` says that they still wait for one.
 */
import { keep, recall } from './vault.js';

/** @type {AudioContext|null} */ let ctx = null;
let timer = 0;

export const sound = {
  muted: recall('mute') === '1',

  get blocked() {
    return !this.muted && ctx?.state !== 'running';
  },

  /** To be called from a click or a key. */
  async wake() {
    try {
      ctx ??= new AudioContext();
      if (ctx.state !== 'running') await ctx.resume();
    } catch { /* a machine without sound: the page shows everything anyway */ }
  },

  /** @param {boolean} on */
  mute(on) {
    this.muted = on;
    keep('mute', on ? '1' : '');
    if (on) this.hush();
  },

  /** Rings until hush(). @param {boolean} urgent a third, higher note */
  ring(urgent) {
    this.hush();
    const notes = urgent ? [587, 784, 988] : [523, 659];
    const once = () => notes.forEach((hz, i) => this.note(hz, i * 0.22, 0.11));
    once();
    timer = window.setInterval(once, 2800);
  },

  hush() {
    clearInterval(timer);
  },

  /** A message in a chat that she is not looking at. */
  tick() {
    this.note(440, 0, 0.05);
  },

  /** A colleague calls, or somebody in danger answered: twice, lower than what rings. */
  ask() {
    [392, 392].forEach((hz, i) => this.note(hz, i * 0.3, 0.11));
  },

  /** @param {number} hz @param {number} after s @param {number} loud at most 1 */
  note(hz, after, loud) {
    if (this.muted || ctx?.state !== 'running') return;
    const at = ctx.currentTime + after, tone = ctx.createOscillator(), gain = ctx.createGain();
    tone.frequency.value = hz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(loud, at + 0.03);
    gain.gain.exponentialRampToValueAtTime(0.0005, at + 0.6);
    tone.connect(gain).connect(ctx.destination);
    tone.start(at);
    tone.stop(at + 0.65);
  },
};
