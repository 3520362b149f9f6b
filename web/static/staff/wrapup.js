// @ts-check
/** The wrap-up after a chat, and the steps before its end. Nothing noted here is kept with the chat. */
import { put, say } from '../shared/words.js';
import { chatName, clock, el, label, left } from './dom.js';
import { partnersOf, shownPartner } from './partners.js';

/** @typedef {import('./chat.js').Chat} Chat */

const KINDS = ['young_person', 'parent', 'professional', 'other', 'nuisance'];
const OUTCOMES = ['none', 'signal', 'report'];
const TOPICS = ['home', 'relation', 'violence', 'exploitation', 'sex', 'health', 'school', 'work', 'money', 'living', 'drugs', 'law', 'else'];

/** @param {string} id @param {string} w @param {any} control @param {string} [what] */
const field = (id, w, control, what = 'label') => {
  control.id = id;
  return el(what, { attr: { for: id } }, el('span', { w }), control);
};

/** @param {string} name @param {string[]} values @param {string} words prefix of their keys */
const choice = (name, values, words) => {
  const s = el('select', { attr: { name } });
  for (const v of values) s.append(el('option', { w: words + v, attr: { value: v } }));
  return s;
};

/**
 * @param {Chat} chat
 * @param {(w: {kind: string, outcome: string, parent: boolean, topic: string, heavy: boolean, referral?: string}) => void} send
 * @returns {{node: any, tick: () => void}}
 */
export function wrapup(chat, send) {
  const id = 'wrap-' + chat.id;
  const topic = choice('topic', TOPICS, 'topic.');
  topic.required = true;
  topic.prepend(el('option', { w: 'wrap.topic.pick', attr: { value: '' } }));
  topic.value = TOPICS.includes(chat.meta.topic) ? chat.meta.topic : '';
  const holds = el('p.small', { data: { part: 'holds' } });
  const parent = el('input', { type: 'checkbox', attr: { name: 'parent' } });
  const heavy = el('input', { type: 'checkbox', attr: { name: 'heavy' } });
  const referral = el('select', { attr: { name: 'referral' } }, el('option', { w: 'wrap.referral.none', attr: { value: '' } }),
    ...partnersOf(chat).map((p) => el('option', { text: p.name, attr: { value: p.code } })));
  referral.value = shownPartner(chat);
  const done = el('button', { w: 'wrap.send', type: 'submit', data: { act: 'wrapup' } });
  const node = el('form.wrapup.stack', {
    data: { chat: chat.id }, attr: { 'aria-labelledby': id },
    on: {
      submit: (/** @type {SubmitEvent} */ e) => {
        e.preventDefault();
        const f = new FormData(node);
        done.disabled = true;
        send({
          kind: String(f.get('kind')), outcome: String(f.get('outcome')), parent: parent.checked,
          topic: String(f.get('topic')), heavy: heavy.checked, ...(referral.value && { referral: referral.value }),
        });
      },
    },
  },
  el('h3', { id, w: 'wrap.title', attr: { tabindex: '-1' } }),
  holds,
  field(id + '-kind', 'wrap.kind', choice('kind', KINDS, 'kind.')),
  field(id + '-outcome', 'wrap.outcome', choice('outcome', OUTCOMES, 'outcome.')),
  field(id + '-topic', 'wrap.topic', topic, 'label.wide'),
  ...(partnersOf(chat).length ? [field(id + '-referral', 'wrap.referral', referral, 'label.wide')] : []),
  el('label.tick', {}, parent, el('span', { w: 'wrap.parent' })),
  el('label.tick', {}, heavy, el('span', { w: 'wrap.heavy' })),
  done,
  el('p.small', { w: 'wrap.note' }));
  return {
    node,
    tick() {
      const s = left(chat.holds);
      if (s) put(holds, chat.reason ? 'wrap.holds' : 'wrap.holds.most', { clock: clock(s) });
      else put(holds, 'wrap.free');
    },
  };
}

/**
 * Asks before a chat ends. Escape and "back" lead back to the composer.
 * @param {Chat} chat @param {{end: (reason: 'done'|'stopped') => void, back: () => void}} o
 * @returns {any}
 */
export function endPanel(chat, { end, back }) {
  const name = chatName(chat.meta.colour);
  const title = el('h3', { w: 'end.title', fill: { name }, attr: { tabindex: '-1' } });
  const words = el('p.small', { w: 'end.done.text' });
  const done = el('button', { w: 'end.done', data: { act: 'end-done' }, on: { click: () => end('done') } });
  const stop = el('button.plain', {
    w: 'end.stopped', data: { act: 'end-stopped' },
    on: {
      click: () => {
        put(title, 'end.stopped.title');
        put(words, 'end.stopped.text');
        done.hidden = stop.hidden = true;
        sure.hidden = false;
        title.focus();
      },
    },
  });
  const sure = el('button.alarm', { w: 'end.stopped.yes', data: { act: 'end-stopped-yes' }, on: { click: () => end('stopped') } });
  sure.hidden = true;
  const unsent = chat.log?.items.some((i) => i.from === 'c' && (i.state === 'queued' || i.state === 'sent'));
  const node = el('div.end-panel.stack', {
    role: 'group', data: { chat: chat.id },
    on: {
      keydown: (/** @type {KeyboardEvent} */ e) => {
        if (e.key === 'Escape') back();
      },
    },
  },
  title, words, ...(unsent ? [el('p.note.warn', { w: 'end.queued' })] : []),
  el('div.row', {}, done, stop, sure, el('button.plain', { w: 'back', data: { act: 'end-back' }, on: { click: back } })));
  label(node, 'chat.end.label', { name });
  return node;
}

/** @param {Chat} chat @returns {string} the key of the words for how it ended */
export const endedKey = (chat) => say('ended.' + chat.reason) && chat.reason ? 'ended.' + chat.reason : 'ended.unknown';
