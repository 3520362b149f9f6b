// @ts-check
/** The counsellor's page: logging in, the desk, and the ways between them. */
import { lang, learn, put, say, speak } from '../shared/words.js';
import { Bar, langButtons } from './bar.js';
import { Deck } from './deck.js';
import { cardOf, pastOf, spoken } from './cards.js';
import { Desk } from './desk.js';
import { byId, chatName } from './dom.js';
import { toName } from './handover.js';
import { Help } from './help.js';
import { Lead } from './lead.js';
import { noNotices, notice, tell, unnotice } from './notices.js';
import { learnPartners } from './partners.js';
import { Ring } from './ring.js';
import * as session from './session.js';
import { Shift } from './shift.js';
import { sound } from './sound.js';
import { forget, keep, recall, wipe } from './vault.js';

/** @typedef {import('./chat.js').Chat} Chat */

learn();

const ui = {
  form: byId('login-form'), name: byId('name'), password: byId('password'), error: byId('login-error'),
  why: byId('login-why'), button: byId('login-button'), gateGo: byId('gate-go'), gateTitle: byId('gate-title'),
};
/** @type {session.Me|null} */ let me = null;
let gateGo = () => {};
/** Somebody came for the figures and was not logged in. */ const forReach = location.hash === '#next=reach';
let downTimer = 0;

const desk = new Desk({
  link: () => linked(),
  desk: () => {
    unnotice(desk.state === 'rest' ? 'heavy' : 'missed');
    bar.update();
    tools();
    deck.update();
    deck.sync();
    title();
  },
  offers: () => {
    const rang = ring.update();
    if (rang) byId('deck').focus();
    deck.update();
    title();
  },
  chat: (chat) => {
    deck.columns.get(chat.id)?.update();
    deck.looked();
  },
  chats: () => deck.sync(),
  item: (chat, item, isNew, live) => {
    const col = deck.columns.get(chat.id);
    col?.item(item, isNew);
    if (!isNew || !live || item.from !== 'y') return;
    if (pastOf(item)) return told(chat);
    const danger = cardOf(item)?.card === 'danger';
    tell(`${chatName(chat.meta.colour)}: ${spoken(item)}`, danger);
    if (danger) sound.ask();
    else if (document.hidden || chat.id !== deck.active) sound.tick();
    deck.looked();
    col?.update();
    title();
  },
  assigned: (chat, back) => {
    unnotice('heavy'); // it was about another one
    tell(say(back ? 'chat.goes' : 'chat.begun', { name: chatName(chat.meta.colour) }));
    const at = document.activeElement;
    if (at && at !== document.body && at.id !== 'deck' && !byId('offers').contains(at)) return;
    deck.activate(chat.id);
    const col = deck.columns.get(chat.id);
    // Half a message stands in another chat: the next key must not fall into this one.
    if (deck.draftBeside(chat.id)) col?.title.focus();
    else col?.write();
    col?.node.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  },
  moved: (chat) => {
    const col = deck.columns.get(chat.id), draft = col?.draft || chat.log?.items.some((i) => i.from === 'c' && i.state === 'queued');
    const key = draft ? 'moved.unsent' : 'moved';
    notice(key, { kind: '', stay: true, act: 'ok', fill: { name: chatName(chat.meta.colour), to: toName(chat.hand?.to ?? {}) } });
  },
  goesOn: (chat, old) => {
    const had = deck.columns.get(old.id), has = deck.columns.get(chat.id);
    if (had && has) has.area.value ||= had.area.value;
    notice('goeson', { kind: '', stay: true, act: 'ok', fill: { name: chatName(chat.meta.colour), old: chatName(old.meta.colour) } });
  },
  missed: () => notice('missed', { act: 'missed.ready', go: () => desk.ready(bar.capacity) }),
  none: () => notice('none', { kind: '' }),
  trouble: () => notice('net.trouble'),
});

const bar = new Bar(desk);
const ring = new Ring(desk, (words) => tell(words, true));
const deck = new Deck(desk, {
  owed: (chat) => desk.owed.includes(chat.id) || chat.holds - Date.now() > 117e3,
  close: (chat) => desk.close(chat.id),
  rings: (chat) => desk.rings(chat.id),
  accept: (chat) => desk.acceptChat(chat.id),
  // Where the deployment gives a breather, that comes within a moment and says more.
  heavy: () => setTimeout(() => desk.breathes || notice('heavy', { kind: '', act: 'heavy.rest', go: () => desk.rest() }), 1500),
  doors: () => desk.doors,
  colleagues,
  practice: (line) => desk.practice(line),
  tell,
});
const help = new Help(desk, { line: () => desk.chats.get(deck.active)?.meta.line ?? '', name: () => me?.name ?? '' });
const lead = new Lead(desk, { colleagues });
const shift = new Shift(desk, () => bar.capacity, () => bar.update());

/** @returns {Promise<session.Colleague[]>} others with a desk */
async function colleagues() {
  return (await session.colleagues()).filter((c) => c.name !== me?.name);
}

/** What stands above the chats, but the bar. */
function tools() {
  help.update();
  lead.update();
  shift.update();
}

/** What was said before is a whole: it is read out as one. @type {Set<string>} */ const past = new Set();

/** @param {Chat} chat whose history comes in */
function told(chat) {
  if (past.has(chat.id)) return;
  past.add(chat.id);
  tell(`${chatName(chat.meta.colour)}: ${say('msg.history.came')}`);
}

/** @param {'wait'|'login'|'gate'|'desk'} view */
function show(view) {
  if (document.body.dataset.view === view) return;
  document.body.dataset.view = view;
  if (view === 'desk') deck.sync();
  if (view === 'login') (ui.name.value ? ui.password : ui.name).focus();
  if (view === 'gate') ui.gateTitle.focus();
  title();
}

/** @param {string} key @param {Record<string, string>} fill @param {(() => void)|null} go */
function gate(key, fill, go) {
  put(ui.gateTitle, key, fill);
  put(byId('gate-text'), key + '.text', fill);
  ui.gateGo.hidden = !go;
  if (go) put(ui.gateGo, key + '.go');
  gateGo = go ?? gateGo;
  show('gate');
}

/** The line to the server changed. */
function linked() {
  clearTimeout(downTimer);
  if (desk.link !== 'down' && desk.link !== 'opening') unnotice('net.down');
  bar.update();
  tools();
  deck.update();
  switch (desk.link) {
    case 'up': {
      help.clear();
      const come = document.body.dataset.view !== 'desk';
      show('desk');
      if (come) byId('deck').focus();
      break;
    }
    case 'opening': return document.body.dataset.view === 'desk' ? undefined : show('wait');
    // A blink of the line is no news.
    case 'down': downTimer = window.setTimeout(() => {
      show('desk');
      notice('net.down', { stay: true });
    }, 1500); break;
    case 'refused': show('desk'); return notice('net.refused', { stay: true, act: 'again', go: () => desk.start() });
    case 'replaced': return gate('gate.replaced', {}, () => desk.start());
    case 'nodesk': return gate('gate.nodesk', {}, null);
    case 'signedout':
      ui.why.hidden = !desk.chats.size;
      if (desk.chats.size) put(ui.why, 'login.expired');
      ui.name.value ||= me?.name ?? '';
      return show('login');
  }
}

function title() {
  const n = deck.unread, rings = ring.ringing.length > 0;
  const words = help.called ? `● ${say('title.calls')} · Haven` : rings ? `● ${say('title.rings')} · Haven` : n ? `(${n}) Haven` : 'Haven';
  if (document.title !== words) document.title = words;
}

/** @param {string} key a problem's code, '' for none */
function loginError(key) {
  ui.error.hidden = !key;
  if (key) put(ui.error, say('login.' + key) ? 'login.' + key : 'login.other');
  else delete ui.error.dataset.w;
}

/** Goes on to the figures with who has no desk, and with a lead who came for them. @returns {Promise<boolean>} whether it does */
async function toReach() {
  if (me?.role !== 'coordinator' && !(me?.role === 'lead' && forReach)) return false;
  const status = await session.reach();
  if (status === 404) return false; // this server has none
  if (status) {
    location.replace('/reach');
    return true;
  }
  // The session is good here and not there: going would go around in circles.
  await session.logout();
  me = null;
  show('login');
  return true;
}

/** Shows who is logged in. @param {session.Me|null} who */
function known(who) {
  byId('me').textContent = who?.name ?? '';
  byId('reach').hidden = who?.role !== 'lead';
}

/** Opens the desk of whoever is logged in, or forgets who was here before. */
async function begin() {
  me = await session.me();
  if (!me) return show('login');
  if (await toReach()) return;
  if (recall('name') && recall('name') !== me.name) {
    desk.stop();
    wipe();
    deck.sync();
  }
  keep('name', me.name);
  known(me);
  learnPartners().then(() => deck.update());
  desk.start();
}

ui.form.addEventListener('submit', async (/** @type {SubmitEvent} */ e) => {
  e.preventDefault();
  sound.wake();
  loginError('');
  ui.button.disabled = true;
  put(ui.button, 'login.busy.now');
  try {
    await session.login(ui.name.value.trim(), ui.password.value);
    ui.password.value = '';
    await begin();
  } catch (err) {
    loginError(err instanceof session.Problem ? err.code : 'other');
    ui.password.focus();
  }
  ui.button.disabled = false;
  put(ui.button, 'login.button');
});

async function logout() {
  desk.rest();
  await session.logout().catch(() => {});
  for (const id of [...desk.chats.keys()]) forget(id);
  desk.stop();
  wipe();
  noNotices();
  for (const part of [help, lead, shift]) part.clear();
  deck.sync();
  me = null;
  known(null);
  ui.why.hidden = true;
  bar.open(false);
  show('login');
}

byId('logout').addEventListener('click', () => {
  if ([...desk.chats.values()].some((c) => c.live)) notice('logout.open', { act: 'logout.yes', go: logout });
  else logout();
});
byId('deck').addEventListener('focusin', (/** @type {Event} */ e) => e.target !== byId('deck') && bar.open(false));
byId('gate-out').addEventListener('click', logout);
ui.gateGo.addEventListener('click', () => gateGo());

/** @param {string} to */
async function language(to) {
  const words = to === 'en' ? (await import('./words-en.js')).default : undefined;
  speak(to, words);
  keep('lang', to === 'nl' ? '' : to);
  langButtons();
  bar.update();
  tools();
  deck.update();
  ring.tick();
  title();
}
for (const b of document.querySelectorAll('#lang, [data-lang]')) {
  b.addEventListener('click', () => language(lang === 'nl' ? 'en' : 'nl'));
}

// Shortcuts have a modifier, so that nobody who speaks or slips sets them off (WCAG 2.1.4).
addEventListener('keydown', (e) => {
  if (!e.altKey || e.ctrlKey || e.metaKey || e.shiftKey || document.body.dataset.view !== 'desk') return;
  const digit = /^Digit(\d)$/.exec(e.code)?.[1];
  if (digit === '0') {
    bar.open(true);
    byId('ready').focus();
  } else if (digit) {
    if (!deck.go(Number(digit) - 1)) return;
  } else if (e.code === 'KeyO') {
    ring.focus();
  } else if (e.code === 'KeyH') {
    help.toggle();
  } else if (e.code === 'KeyL') {
    lead.toggle();
  } else {
    return;
  }
  e.preventDefault();
});

// The first click or key gives the page its sound. Not the pressing: the bar says so in other words, and what it moves
// would no longer lie under the finger that lets go.
for (const kind of ['click', 'keydown']) {
  addEventListener(kind, () => sound.blocked && sound.wake().then(() => bar.update()), { capture: true });
}
document.addEventListener('visibilitychange', () => {
  deck.looked();
  title();
});
setInterval(() => {
  ring.tick();
  tools();
  deck.update();
  title();
}, 1000);

async function boot() {
  if (forReach) history.replaceState(null, '', location.pathname);
  if (recall('lang') === 'en') await language('en');
  langButtons();
  bar.update();
  try {
    me = await session.me();
    if (!me) return show('login');
    if (await toReach()) return;
    known(me);
    // A reload goes on where it was; a new tab asks first, since it closes the desk in the other one.
    if (recall('name') === me.name) {
      learnPartners().then(() => deck.update());
      desk.start();
    }
    else gate('gate.hello', { name: me.name }, () => begin().catch(boot));
  } catch {
    put(byId('wait').firstElementChild, 'login.offline');
    setTimeout(boot, 3000);
  }
}
boot();
