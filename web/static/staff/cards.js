// @ts-check
/** Cards (`k` 4) and what was said in an earlier chat (`k` 3), as they are shown in a chat's log. */
import { say } from '../shared/words.js';
import { el } from './dom.js';

/** @typedef {import('../shared/wire.js').Item} Item */
/** @typedef {{from: 'y'|'c', name: string, text: string}} Said  one message of an earlier chat */
/** @typedef {{name: string, phone: string, hours: string, about: string}} PartnerCard */

const KNOWN = ['danger', 'slip', 'partner'];

/** @param {unknown} v what a card holds: never trusted to be a text */
const words = (v) => typeof v === 'string' ? v.trim() : '';

/** @param {string} json @returns {any} an object, or null */
function open(json) {
  try {
    const v = JSON.parse(json);
    return typeof v === 'object' ? v : null;
  } catch {
    return null;
  }
}

/** @param {Item} item @returns {any} the card's fields, or null where it is none that pages know */
export function cardOf(item) {
  if (item.k !== 4) return null;
  const card = open(item.text);
  return KNOWN.includes(card?.card) && (card.card !== 'slip' || words(card.text)) && (card.card !== 'partner' || words(card.name)) ? card : null;
}

/**
 * What the young person's page sealed once more of the chat before a handover; words that they only said again, since
 * nobody had read them, are no history but new.
 * @param {Item} item @returns {Said|null}
 */
export function pastOf(item) {
  const said = item.k === 3 ? open(item.text) : null;
  if (!said || !words(said.text) || said.from !== 'y' && said.from !== 'c') return null;
  return { from: said.from, name: words(said.name), text: words(said.text) };
}

/**
 * That a chat goes on with another one of hers, which has the item's id and which the store forgot (youth/anew.js).
 * @param {Item} item @returns {{e: number, iv: string, ct: string}|null} what shows that it is the same person
 */
export function beforeOf(item) {
  return item.k === 3 && item.from === 'y' && open(item.text)?.before || null;
}

/** @param {Item} item @returns {string} the text of a handover slip, '' where it is none */
export function slipOf(item) {
  const card = cardOf(item);
  return card?.card === 'slip' ? words(card.text) : '';
}

/** @param {string} text */
export const slipCard = (text) => JSON.stringify({ card: 'slip', text });

/** @param {PartnerCard} p */
export const partnerCard = ({ name, phone, hours, about }) => JSON.stringify({ card: 'partner', name, phone, hours, about });

export const dangerCard = JSON.stringify({ card: 'danger' });

/** @param {Item} item @returns {string} what a screen reader says of a new message */
export function spoken(item) {
  if (item.state === 'sealed' || item.state === 'gap') return say('msg.' + item.state);
  if (item.k === 3) return pastOf(item)?.text ?? item.text;
  if (item.k !== 4) return item.text;
  const card = cardOf(item);
  if (!card) return say('msg.card');
  if (card.card === 'danger') return [say('card.danger'), words(card.where), words(card.reach)].filter(Boolean).join('. ');
  return card.card === 'slip' ? `${say('card.slip.y')}. ${words(card.text)}` : say('msg.card');
}

/** @param {string} key @param {unknown} value @returns {Node[]} */
const field = (key, value) => [
  el('dt', { w: key }), words(value) ? el('dd', { text: words(value) }) : el('dd.none', { w: 'card.empty' }),
];

/** @param {PartnerCard} p @returns {Node[]} what a service outside is, in lines */
export const partnerLines = (p) => [
  el('strong', { text: words(p.name) }),
  ...[p.phone, p.hours, p.about].map(words).filter(Boolean).map((text) => el('span', { text })),
];

/** @param {Item} item @returns {Node[]} what stands in the row of a message */
export function bodyOf(item) {
  if (item.state === 'gap' || item.state === 'sealed') return [el('p', { w: 'msg.' + item.state })];
  if (item.k === 3) {
    const past = pastOf(item);
    if (!past) return [el('small', { w: 'msg.again' }), el('p', { text: item.text })];
    const who = past.from === 'c' && past.name ? { text: past.name } : { w: past.from === 'c' ? 'msg.history.c' : 'youth' };
    return [el('small.who', who), el('p', { text: past.text })];
  }
  if (item.k !== 4) return [el('p', { text: item.text })];
  const card = cardOf(item), mine = item.from === 'c';
  if (!card || card.card === 'partner' && !mine) return [el('p', { w: 'msg.card' })];
  if (card.card === 'partner') return [el('small', { w: 'card.partner' }), el('p.rows', {}, ...partnerLines(card))];
  if (card.card === 'slip') return [el('small', { w: mine ? 'card.slip' : 'card.slip.y' }), el('p', { text: words(card.text) })];
  if (mine) return [el('p', { w: 'card.sent' })];
  return [
    el('h3', { w: 'card.danger' }),
    el('p.protocol', {}, el('strong', { text: '112' }), ' ', el('span', { w: 'card.danger.112' })),
    el('dl', {}, ...field('card.where', card.where), ...field('card.reach', card.reach)),
  ];
}
