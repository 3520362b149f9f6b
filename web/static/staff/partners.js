// @ts-check
/** Services outside that a counsellor can show: one click puts a partner's card into the chat, sealed like any message. */
import { put } from '../shared/words.js';
import { cardOf, partnerCard, partnerLines } from './cards.js';
import { chatName, el } from './dom.js';
import * as session from './session.js';

/** @typedef {import('./chat.js').Chat} Chat */
/** @typedef {import('./session.js').Partner} Partner */

/** Those of the configuration. @type {Partner[]} */
export let partners = [];

/** Asks for them; without an answer it goes without. */
export async function learnPartners() {
  partners = await session.partners().catch(() => partners);
}

/** @param {Chat} chat @returns {Partner[]} those that are for its line */
export const partnersOf = (chat) => partners.filter((p) => !p.lines?.length || p.lines.includes(chat.meta.line));

/** @param {Chat} chat @returns {string} the code of the partner whose card she showed last, '' for none */
export function shownPartner(chat) {
  const card = chat.log?.items.map((i) => i.from === 'c' && i.state !== 'failed' ? cardOf(i) : null).findLast((c) => c?.card === 'partner');
  return partners.find((p) => p.name === card?.name && p.phone === card?.phone)?.code ?? '';
}

/**
 * @param {Chat} chat @param {{back: () => void}} o
 * @returns {any} the list to choose from
 */
export function partnerPanel(chat, { back }) {
  const id = 'partners-' + chat.id, name = chatName(chat.meta.colour);
  const title = el('h3', { id, attr: { tabindex: '-1' } });
  put(title, 'partner.title', { name });
  const rows = partnersOf(chat).map((p) => el('li', {}, el('p.rows', {}, ...partnerLines(p)), el('button.small-button', {
    w: 'partner.show', data: { act: 'partner-show', code: p.code },
    label: 'partner.show.label', fill: { partner: p.name, name },
    on: {
      click: () => {
        chat.log?.say(4, partnerCard(p));
        back();
      },
    },
  })));
  return el('div.partner-panel.stack', {
    role: 'group', attr: { 'aria-labelledby': id }, data: { chat: chat.id },
    on: {
      keydown: (/** @type {KeyboardEvent} */ e) => {
        if (e.key === 'Escape') back();
      },
    },
  },
  title, el('p.small', { w: 'partner.text' }), el('ul.partners', {}, ...rows),
  el('button.plain', { w: 'back', data: { act: 'partner-back' }, on: { click: back } }));
}
