// @ts-check
/**
 * The young person's page: the quick exit, the first screen, the way into a line and the screens after a chat.
 * Nothing is kept on the device but what a reload in the middle of a chat needs.
 */
import { Wire } from '../shared/wire.js';
import { lang, learn, moment, put, say, speak, wait } from '../shared/words.js';

/** @typedef {import('../shared/wire.js').Msg} Msg */
/** @typedef {{line: string, lang: string, topic: string, urgent: boolean, back?: string}} Wish */
/** @typedef {typeof page} Page */

/** @param {string} id @returns {any} each id stands in index.html */
const $ = (id) => document.getElementById(id);
/** @param {string} tag @param {object} [props] @returns {any} */
const make = (tag, props) => Object.assign(document.createElement(tag), props);
const root = document.documentElement;

/** @type {import('./talk.js').Talk|null} */ let talk = null;
/** @type {{name: string, number: string}[]} */ let phones = [];
/** @type {any[]} */ let lines = [];
/** @type {Msg|null} */ let shownOver = null;
let picked = '';

/** Covers the page at once, has the server forget this phone's way in, wipes, and is somewhere else. */
function vanish() {
  const away = $('exit')?.href ?? 'about:blank';
  root.className = 'gone';
  if (talk) wire.send({ t: 'hide' });
  everywhere.postMessage(0);
  wipe();
  wire.stop();
  location.replace(away);
}

function wipe() {
  talk?.forget();
  talk = null;
  page.along = [];
  try {
    sessionStorage.clear();
  } catch { /* there was none */ }
  history.replaceState(null, '', location.pathname);
  for (const field of document.querySelectorAll('form')) field.reset();
  document.body.replaceChildren();
}

// A second tab of this page would still show the chat: it goes too.
const everywhere = new BroadcastChannel('away');
everywhere.onmessage = () => document.body.children.length && vanish();

let bare = false; // Shift went down and nothing else since: capitals are no wish to leave
/** @type {number[]} */ let shifts = [];
/** @type {number[]} */ let escapes = [];

/** @param {number[]} times @param {number} count @param {number} within ms */
function often(times, count, within) {
  times.push(performance.now());
  times.splice(0, times.length - count);
  return times.length === count && times[count - 1] - times[0] <= within;
}

addEventListener('keydown', (ev) => {
  bare = ev.key === 'Shift' && (bare || !ev.repeat);
  if (ev.key !== 'Shift') shifts = [];
  if (ev.key !== 'Escape') escapes = [];
  else if (!ev.repeat && often(escapes, 2, 2000)) vanish();
}, true);
addEventListener('keyup', (ev) => {
  if (ev.key === 'Shift' && bare && often(shifts, 3, 5000)) vanish();
}, true);
addEventListener('click', (ev) => {
  if (!(/** @type {Element} */ (ev.target).closest('[data-exit]'))) return;
  ev.preventDefault();
  vanish();
}, true);

// A page that the browser kept for its "back" button must show nothing: it leaves covered and comes back empty.
addEventListener('pagehide', () => { root.className = 'gone'; });
addEventListener('pageshow', (ev) => {
  if (!ev.persisted) return;
  document.body.replaceChildren();
  location.reload();
});

// What a link chose: read once, never left in the address.
let campaign = '', channel = '';
function readFragment() {
  const at = new URLSearchParams(location.hash.slice(1)), code = /^[a-z0-9-]{1,32}$/;
  const [c = '', ch = ''] = (at.get('c') ?? '').split('.');
  if (code.test(c)) campaign = c;
  if (code.test(ch)) channel = ch;
  if (code.test(at.get('l') ?? '')) picked = at.get('l') ?? '';
  if (location.hash) history.replaceState(null, '', location.pathname);
}

/** @returns {Record<string, string>} for visit, join and resume */
const origin = () => ({ ...(campaign && { campaign }), ...(channel && { channel }) });

let visit = false, told = false; // once on each socket, until there is a place in line
function touched() {
  visit = true;
  tellVisit();
}
function tellVisit() {
  if (visit && !told) told = wire.send({ t: 'visit', ...origin() });
}

/** One screen at a time; its heading gets the focus, so that it is read out. @param {'home'|'join'|'talk'|'over'} id */
function show(id) {
  for (const s of ['home', 'join', 'talk', 'over']) $(s).hidden = s !== id;
  for (const d of document.querySelectorAll('dialog')) d.close();
  scrollTo(0, 0);
  $(id).querySelector('[tabindex="-1"]').focus({ preventScroll: true });
}

/** @param {string} line */
const lineName = (line) => say('line.' + line) || line;

/** Lists the numbers that the server named, else those of the HTML, wherever somebody may want to call. */
function listPhones() {
  if (phones.length) $('phones').replaceChildren(...phones.map(({ name, number }) => {
    const li = make('li');
    li.append(make('a', { href: 'tel:' + number.replace(/[^0-9+]/g, ''), textContent: number }), ' ', make('span', { textContent: name }));
    return li;
  }));
  for (const ul of document.querySelectorAll('.phones')) if (ul !== $('phones')) ul.replaceChildren(...$('phones').cloneNode(true).children);
}

/** @param {any} button @param {string} line */
function leadsTo(button, line) {
  button.dataset.pick = line;
  put(button, 'line.pick', { line: lineName(line) });
  return button;
}

/** Brings the lines to what the server last said. */
function listLines() {
  const ul = $('lines');
  for (const li of ul.children) li.hidden = !lines.some((l) => l.line === li.dataset.line);
  for (const l of lines) {
    const on = l.open && !l.opens; // near its closing an open line lets nobody new in line
    let li = ul.querySelector(`[data-line="${l.line}"]`);
    if (!li) {
      li = ul.appendChild(make('li', { className: 'card' }));
      li.dataset.line = l.line;
      li.append(make('h3', { textContent: lineName(l.line) }));
    }
    if (!li.querySelector('button')) li.append(make('p'), make('p', { className: 'small' }), make('button', { type: 'button' }));
    const [state, how, go] = [...li.children].slice(-3), when = on ? l.closes : l.opens;
    state.className = on ? 'badge on' : 'badge';
    put(state, on ? (when ? 'line.until' : 'line.open') : (when ? 'line.opens' : 'line.closed'), when && { when: moment(when) });
    how.hidden = !on;
    put(how, l.wait_s ? 'line.wait' : 'line.nobody', { wait: wait(l.wait_s) });
    leadsTo(go, l.line).hidden = !on;
  }
  const chosen = picked && ul.querySelector(`[data-line="${picked}"]`);
  if (chosen) {
    chosen.classList.add('chosen');
    ul.prepend(chosen);
  }
  listPhones();
  // Where nobody is to chat with, the numbers come first.
  if (lines.length) $('chats')[lines.some((l) => l.open && l.wait_s) ? 'after' : 'before']($('call'));
}

/** @param {string} line */
function pick(line) {
  picked = line;
  $('back')?.remove();
  put($('join-title'), 'line.pick', { line: lineName(line) });
  put($('join-state'), page.along.length ? 'join.along' : 'none');
  $('join-form').elements['chat-lang'].value = lang;
  $('start').disabled = false;
  show('join');
}

/** After a chat, or where there is none: never without a way on. @param {string} key of the words @param {Partial<Msg>} [f] */
function over(key, f = {}) {
  shownOver = /** @type {Msg} */ ({ ...f, t: key });
  const line = page.wish?.line ?? '', others = (f.instead ?? []).filter((/** @type {string} */ l) => // open and with somebody there, as far as hello said
    l !== line && lines.some((x) => x.line === l && x.wait_s));
  phones = f.phones ?? phones;
  put($('over-title'), key, { line: lineName(line) });
  put($('over-text'), key + '.text');
  put($('over-opens'), f.opens ? 'opens' : 'none', f.opens && { line: lineName(line), when: moment(f.opens) });
  $('instead').hidden = !others.length;
  $('instead').querySelector('div').replaceChildren(...others.map((/** @type {string} */ l) => leadsTo(make('button'), l)));
  $('retry').hidden = !/^no\.(full|nobody|unavailable)$/.test(key);
  $('here').hidden = key !== 'over.replaced';
  $('over-home').hidden = key === 'over.replaced';
  listPhones();
  show('over');
}

function home() {
  if (!talk?.part()) talk = null;
  shownOver = null;
  $('reread').hidden = true;
  $('old').replaceChildren();
  $('join-form').reset();
  urgent();
  wire.start();
  show('home');
}

function urgent() {
  $('urgent-card').hidden = !$('urgent').checked;
}

const wire = new Wire('/chat', { frame, state });

/** @param {Msg} f */
async function frame(f) {
  if (f.t === 'waiting') visit = false;
  if (f.t === 'hello') {
    lines = (f.lines ?? []).filter((/** @type {any} */ l) => !l.practice || l.line === picked);
    phones = f.phones ?? [];
    page.store = f.store;
    put($('lines-state'), 'none');
    listLines();
    tellVisit();
  }
  await talk?.frame(f);
}

/** @param {import('../shared/wire.js').WireState} s */
function state(s) {
  told = false;
  if (s === 'down' && !lines.length) put($('lines-state'), 'lines.off');
  if (talk) talk.state(s);
  else if (s === 'refused') put($('lines-state'), 'net.bad');
}

/** @type {Promise<[typeof import('./talk.js'), typeof import('../shared/hvn1.js')]>|undefined} */ let loading;
/** The chat's modules: fetched once the first screen stands. */
const parts = () => loading ??= Promise.all([import('./talk.js'), import('../shared/hvn1.js')]);

/** @param {string} name of a module that few chats need @returns {Promise<any>} */
const part = (name) => import(`./${name}.js`);

const page = { $, make, wire, show, over, lineName, pick, part, origin, lines: () => lines, store: '', wish: /** @type {Wish|null} */ (null),
  /** What was typed in a line that came to nothing, for the next. @type {string[]} */ along: [] };

/** @param {Wish} w */
async function begin(w) {
  page.wish = w;
  $('start').disabled = true;
  put($('join-state'), 'join.wait');
  try {
    const [{ Talk }, hvn1] = await parts();
    if (talk?.part()) wire.restart();
    talk?.forget();
    talk = new Talk(page, hvn1);
    await talk.begin(w);
  } catch {
    loading = undefined; // the next try fetches again
    $('start').disabled = false;
    put($('join-state'), 'lines.off');
  }
}

$('join-form').addEventListener('submit', (/** @type {Event} */ ev) => {
  ev.preventDefault();
  const { 'chat-lang': chatLang, 'back-line': line, 'back-words': back } = $('join-form').elements;
  begin({ line: line?.value ?? picked, lang: chatLang.value, topic: $('topic').value, urgent: $('urgent').checked, back: back?.value });
});
$('back-open').addEventListener('click', () => part('code').then((code) => code.enter(page), () => put($('lines-state'), 'lines.off')));
$('urgent').addEventListener('change', urgent);
$('retry').addEventListener('click', () => {
  const w = page.wish;
  if (!w) return home();
  pick(w.line);
  begin(w);
});
$('here').addEventListener('click', () => {
  if (!sessionStorage.length && !talk) return home();
  shownOver = null;
  show('talk');
  wire.start();
});
document.addEventListener('click', (ev) => {
  const at = /** @type {Element} */ (ev.target).closest('[data-pick],[data-home],[data-close]');
  if (!(at instanceof HTMLElement)) return;
  at.closest('dialog')?.close();
  if (at.dataset.home !== undefined) page.along = [];
  if (at.dataset.pick || at.dataset.home !== undefined) home();
  if (at.dataset.pick) pick(at.dataset.pick);
});
$('lang').addEventListener('click', async () => {
  const was = lang, english = was === 'nl' && (await import('./en.js')).default;
  speak($('lang').lang, english || undefined);
  $('lang').lang = was;
  $('lang').textContent = english ? 'Nederlands' : 'English';
  listLines();
  if (picked && !$('back')) put($('join-title'), 'line.pick', { line: lineName(picked) });
  talk?.view.words();
  if (shownOver && !$('over').hidden) over(shownOver.t, shownOver);
});

learn();
listPhones();
readFragment();
addEventListener('hashchange', () => {
  readFragment();
  listLines();
});

let kept = null;
try {
  kept = sessionStorage.getItem('s');
} catch { /* storage is shut: a reload then loses the chat */ }
if (kept) {
  show('talk');
  put($('who'), 'who.back');
  Promise.all([parts(), part('back')]).then(([[{ Talk }, hvn1], back]) => {
    const was = new Talk(page, hvn1);
    try {
      ({ campaign = '', channel = '' } = back.revive(was, /** @type {string} */ (kept)));
      talk = was;
    } catch {
      home();
    }
    wire.start();
  }).catch(() => put($('who'), 'net.bad'));
} else {
  for (const sign of ['pointerdown', 'keydown']) addEventListener(sign, touched, { capture: true, once: true });
  wire.start();
  parts().catch(() => { loading = undefined; });
}
