// @ts-check
/** The bar above the chats: her state, how many chats she takes, the lines, and her tools. */
import { lang, put, say } from '../shared/words.js';
import { byId, el, label, lineName, span, text } from './dom.js';
import { sound } from './sound.js';
import { keep, recall } from './vault.js';

const ui = {
  state: byId('state'), ready: byId('ready'), rest: byId('rest'), take: byId('take'), lines: byId('lines'),
  capacity: byId('capacity'), any: byId('capacity-more'), mute: byId('mute'), notify: byId('notify'),
  idleGo: byId('idle-go'), idleReady: byId('idle-ready'), idleMany: byId('idle-many'), more: byId('more'), controls: byId('controls'), help: byId('help'), helpOpen: byId('help-open'), phones: byId('phones'),
};

export class Bar {
  #told = 0;

  /** @param {import('./desk.js').Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.#choose(Number(recall('capacity')) || 3);
    ui.ready.addEventListener('click', () => {
      desk.ready(this.capacity);
      this.open(false);
    });
    ui.idleReady.addEventListener('click', () => {
      byId('deck').focus(); // the button goes
      desk.ready(this.capacity);
    });
    ui.rest.addEventListener('click', () => desk.rest());
    ui.take.addEventListener('click', () => desk.take());
    ui.capacity.addEventListener('change', () => this.#chosen());
    ui.mute.addEventListener('click', () => {
      if (sound.blocked) sound.wake().then(() => this.update());
      else sound.mute(!sound.muted);
      this.update();
    });
    ui.notify.addEventListener('click', () => Notification.requestPermission().then(() => this.update()));
    ui.more.addEventListener('click', () => this.open(ui.more.ariaExpanded !== 'true'));
    ui.helpOpen.addEventListener('click', () => {
      ui.help.hidden = !ui.help.hidden;
      ui.helpOpen.ariaExpanded = String(!ui.help.hidden);
      if (!ui.help.hidden) byId('help-title').focus();
    });
    ui.help.addEventListener('keydown', (/** @type {KeyboardEvent} */ e) => {
      if (e.key !== 'Escape') return;
      ui.help.hidden = true;
      ui.helpOpen.ariaExpanded = 'false';
      ui.helpOpen.focus();
    });
  }

  /** On a narrow screen the controls fold away. @param {boolean} on */
  open(on) {
    ui.more.ariaExpanded = String(on);
    ui.controls.classList.toggle('open', on);
  }

  /** What she chose, 1 to 1000. */
  get capacity() {
    const v = ui.capacity.querySelector('input:checked').value;
    return Math.min(1000, Math.max(1, Math.round(Number(v === 'more' ? ui.any.value : v)) || 1));
  }

  /** @param {number} n */
  #choose(n) {
    const value = n <= 5 ? String(n) : 'more';
    ui.capacity.querySelector(`input[value="${value}"]`).checked = true;
    if (n > 5) ui.any.value = n;
    ui.any.hidden = n <= 5;
  }

  /** While she is ready her choice counts at once. */
  #chosen() {
    const more = ui.capacity.querySelector('input:checked').value === 'more';
    ui.any.hidden = !more;
    keep('capacity', String(this.capacity));
    this.update();
    if (this.desk.state !== 'rest') this.desk.ready(this.capacity);
  }

  /** Shows what the desk says. */
  update() {
    const { desk } = this, up = desk.link === 'up';
    put(ui.state, !up ? 'state.off' : desk.breathes ? 'state.breather' : 'state.' + desk.state);
    ui.state.dataset.state = up ? desk.state : 'off';
    for (const b of [ui.ready, ui.idleReady, ui.rest, ui.take]) b.disabled = !up;
    ui.ready.setAttribute('aria-pressed', String(up && desk.state !== 'rest'));
    ui.rest.setAttribute('aria-pressed', String(up && desk.state === 'rest'));
    if (desk.capacity !== this.#told && desk.state !== 'rest') {
      this.#told = desk.capacity;
      if (!ui.capacity.contains(document.activeElement)) this.#choose(desk.capacity);
    }
    ui.idleGo.hidden = desk.state !== 'rest';
    put(ui.idleMany, 'idle.many', { n: this.capacity });
    ui.lines.classList.toggle('old', !up);
    this.#lines();
    this.#phones();
    const mute = sound.muted ? 'mute.on' : sound.blocked ? 'mute.blocked' : 'mute.off';
    put(ui.mute, mute);
    ui.notify.hidden = !('Notification' in window) || Notification.permission !== 'default';
  }

  #lines() {
    const rows = [...ui.lines.children];
    this.desk.lines.forEach((l, i) => {
      const row = rows[i] ?? ui.lines.appendChild(el('li', {}, el('strong'), ' ', el('span')));
      row.dataset.line = l.line;
      row.dataset.open = String(l.open);
      row.dataset.waiting = String(l.waiting);
      text(row.firstChild, lineName(l.line) + (l.practice ? ` (${say('practice')})` : ''));
      const key = l.paused ? 'lines.paused' : !l.open ? (l.waiting ? 'lines.shut' : 'lines.closed')
        : !l.waiting ? 'lines.none' : l.oldest_s ? 'lines.oldest' : 'lines.open';
      text(row.lastChild, say(key, { waiting: l.waiting, span: span(l.oldest_s + Math.floor((Date.now() - this.desk.linesAt) / 1000)) }));
    });
    for (const row of rows.slice(this.desk.lines.length)) row.remove();
  }

  #phones() {
    const all = this.desk.phones.map((p) => `${p.number} ${p.name}`);
    if (all.join() === [...ui.phones.children].map((li) => li.textContent).join()) return;
    ui.phones.replaceChildren(...all.map((t) => el('li', { text: t })));
  }
}

/** The buttons that change the language name the other one, in that language. */
export function langButtons() {
  const other = lang === 'nl' ? 'en' : 'nl';
  for (const b of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('#lang, [data-lang]'))) {
    b.lang = other;
    text(b, other === 'en' ? 'English' : 'Nederlands');
  }
  for (const row of document.querySelectorAll('#capacity-more')) label(/** @type {HTMLElement} */ (row), 'capacity.number');
}
