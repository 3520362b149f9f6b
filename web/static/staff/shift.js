// @ts-check
/** Her own time: the breather after a heavy chat, and the last intake before the end of her shift. */
import { put, say } from '../shared/words.js';
import { byId, clock, left } from './dom.js';
import { notice, unnotice } from './notices.js';

const ui = {
  open: byId('shift-open'), box: byId('shift'), form: byId('shift-form'), to: byId('shift-to'), before: byId('shift-before'),
  error: byId('shift-error'), clear: byId('shift-clear'), breather: byId('breather'), words: byId('breather-words'),
};

/** Nobody has a shift longer than this, ms. */
const LONGEST = 16 * 3600e3;

/** @param {string} hhmm such as `22:00` @returns {number} the next such moment here, ms */
function next(hhmm) {
  const [h, m] = hhmm.split(':').map(Number), at = new Date();
  at.setHours(h, m, 0, 0);
  if (at.getTime() <= Date.now()) at.setDate(at.getDate() + 1);
  return at.getTime();
}

/** @param {number} at ms @returns {string} such as `21:30` */
const time = (at) => new Intl.DateTimeFormat('nl', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);

export class Shift {
  #breathing = false;

  /**
   * @param {import('./desk.js').Desk} desk @param {() => number} capacity what she chose
   * @param {() => void} breathed hears when a breather begins or ends
   */
  constructor(desk, capacity, breathed) {
    this.desk = desk;
    this.capacity = capacity;
    this.breathed = breathed;
    ui.open.addEventListener('click', () => this.#show(ui.box.hidden));
    ui.box.addEventListener('keydown', (/** @type {KeyboardEvent} */ e) => e.key === 'Escape' && this.#show(false));
    ui.form.addEventListener('submit', (/** @type {Event} */ e) => {
      e.preventDefault();
      this.#set();
    });
    ui.clear.addEventListener('click', () => this.#to(0));
    byId('breather-end').addEventListener('click', () => {
      byId('deck').focus(); // the button goes
      desk.ready(capacity());
    });
  }

  /** @param {boolean} on */
  #show(on) {
    ui.box.hidden = !on;
    ui.open.ariaExpanded = String(on);
    ui.error.hidden = true;
    (on ? ui.to : ui.open).focus();
  }

  #set() {
    const end = ui.to.value ? next(ui.to.value) : 0, last = end - 60e3 * Number(ui.before.value);
    ui.error.hidden = !!end && last > Date.now() && end - Date.now() <= LONGEST;
    if (!end) put(ui.error, 'shift.none');
    else put(ui.error, last <= Date.now() ? 'shift.past' : 'shift.far');
    if (ui.error.hidden) this.#to(last);
    else ui.to.focus();
  }

  /** @param {number} last ms, 0 for none */
  #to(last) {
    const { desk } = this;
    desk.lastIntake = last;
    if (desk.state !== 'rest') desk.ready(this.capacity());
    this.update();
    this.#show(false);
  }

  /** Once a second, and when the desk changed. */
  update() {
    const { desk } = this, s = left(desk.breather), on = s > 0 && desk.link === 'up';
    if (this.#breathing && !on && ui.breather.contains(document.activeElement)) byId('deck').focus();
    ui.breather.hidden = !on;
    if (on) {
      unnotice('heavy');
      put(ui.words, 'breather', { clock: clock(s) });
    }
    if (on !== this.#breathing) {
      byId('breather-said').textContent = say(on ? 'breather.said' : desk.state === 'rest' ? '' : 'breather.over');
      this.breathed();
    }
    this.#breathing = on;
    // From then on she is at rest by herself.
    if (desk.lastIntake && desk.lastIntake <= Date.now() && desk.state === 'rest' && desk.link === 'up') {
      desk.lastIntake = 0;
      notice('shift.over', { stay: true, kind: '', act: 'ok' });
    }
    if (!desk.lastIntake) put(ui.open, 'shift.title');
    else put(ui.open, desk.lastIntake > Date.now() ? 'shift.last' : 'shift.was', { time: time(desk.lastIntake) });
    ui.clear.hidden = !desk.lastIntake;
  }

  /** Somebody else may log in next. */
  clear() {
    ui.box.hidden = true;
    ui.open.ariaExpanded = 'false';
    ui.form.reset();
    this.update();
  }
}
