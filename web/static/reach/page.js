// @ts-check
/** The coordinator's pages work without this module; it renews the wallboard, copies links and logs out. */

/** @typedef {{line: string, state: string, door: string, waiting: string, oldest: string, duty: string}} Row */
/** @typedef {{at: string, alerts: string[], rows: Row[]}} Board */

const EVERY = 5000; // ms between two looks at the lines
const QUIET = 60000; // ms between two things that a screen reader is told

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

/** Writes only what changed: a node that is written over loses its selection. @param {Element|null} node @param {string} text */
function put(node, text) {
  if (node && node.textContent !== text) node.textContent = text;
}

const section = byId('nu');
let told = 0, lastAlerts = '', failures = 0, still = false;

/** Alerts are seen at once and said once a minute at most, and only when they are others. @param {string[]} alerts */
function alert(alerts) {
  const list = byId('board-alerts'), now = alerts.join(' ');
  if ([...list.children].map((li) => li.textContent).join(' ') !== now) {
    list.replaceChildren(...alerts.map((text) => {
      const li = document.createElement('li');
      li.textContent = text;
      return li;
    }));
  }
  list.hidden = !alerts.length;
  if (now === lastAlerts || performance.now() - told < QUIET) return;
  if (now) told = performance.now();
  lastAlerts = now;
  put(byId('board-live'), now);
}

/** @param {Board} board */
function show(board) {
  put(byId('board-at'), board.at);
  for (const row of board.rows) {
    const tr = section.querySelector(`tr[data-line="${CSS.escape(row.line)}"]`);
    if (!tr) return location.reload(); // another configuration runs now, or there was no table
    tr.dataset.state = row.state;
    for (const part of /** @type {const} */ (['door', 'waiting', 'oldest', 'duty'])) {
      put(tr.querySelector(`[data-part="${part}"]`), row[part]);
    }
  }
  alert(board.alerts);
}

/** @param {boolean} is */
function away(is) {
  byId('board-away').hidden = !is;
  byId('board-table').hidden = is;
  if (is) byId('board-alerts').hidden = true;
}

/** @returns {Promise<boolean>} whether to look again */
async function look() {
  let answer;
  try {
    answer = await fetch(section.dataset.board, { signal: AbortSignal.timeout(4000) });
  } catch {
    failures++;
    if (failures > 1) away(true); // one that got lost is no news
    return true;
  }
  if (answer.status === 401 || answer.status === 403) {
    byId('board-out').hidden = false;
    byId('board-table').hidden = true;
    byId('board-alerts').hidden = true;
    byId('board-pause').hidden = true;
    return false;
  }
  failures = answer.ok ? 0 : failures + 1;
  if (answer.ok) {
    show(await answer.json());
    away(false);
  } else {
    away(true);
  }
  return true;
}

async function round() {
  if (document.hidden || still) return again();
  if (await look().catch(() => true)) again();
}

const again = () => setTimeout(round, EVERY);

if (section) {
  lastAlerts = [...byId('board-alerts').children].map((li) => li.textContent).join(' ');
  const pause = byId('board-pause');
  pause.hidden = false;
  pause.addEventListener('click', () => {
    still = !still;
    pause.ariaPressed = String(still);
  });
  document.addEventListener('visibilitychange', () => { if (!document.hidden && !still) look().catch(() => {}); });
  again();
}

for (const b of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('[data-copy]'))) {
  b.hidden = !navigator.clipboard;
  b.addEventListener('click', async () => {
    await navigator.clipboard.writeText(b.dataset.copy ?? '');
    const said = byId('said'), word = /** @type {Text} */ (b.firstChild), was = word.data;
    if (was === said.dataset.copied) return;
    said.textContent = word.data = said.dataset.copied;
    setTimeout(() => { [said.textContent, word.data] = ['', was]; }, 2000);
  });
}

const out = byId('logout');
if (out) {
  out.hidden = false;
  out.addEventListener('click', async () => {
    try {
      await fetch('/staff/logout', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' });
    } finally {
      location.assign('/staff');
    }
  });
}

// What is wrong with a form is read first.
byId('mistakes')?.querySelector('a')?.focus();
