// @ts-check
/** Cards (`k` 4; design, section 5): what they look like, and the one for danger to fill in. Nothing in them is trusted to be a text. */
import { put, say, teach } from '../shared/words.js';
import { button, el } from './ask.js';

/** @typedef {import('./talk.js').Talk} Talk */
/** @typedef {import('../shared/wire.js').Item} Item */

teach({
  'card.danger': 'Ben je in gevaar? Bel 112. Kun je niet bellen, vertel dan waar je bent. Dat hoeft niet.',
  'card.where': 'Ik ben hier: {where}',
  'card.reach': 'Zo kun je me bereiken: {reach}',
  'card.fill': 'Vul in',
  'card.partner': 'Hier kun je ook hulp krijgen:',
  'card.slip': 'Een briefje dat mee kan, als jij dat wilt:',
  'card.slip.mine': 'Jouw briefje:',
  'danger.why': 'Kun je niet bellen? Je mag de hulpverlener vertellen waar je bent. Dit hoeft niet. Je ziet eerst wat je stuurt.',
  'danger.where': 'Waar ben je?',
  'danger.reach': 'Hoe kunnen we je bereiken?',
  'danger.look': 'Dit stuur je naar de hulpverlener:',
  'danger.next': 'Bekijk wat je stuurt',
  'danger.edit': 'Verander',
  'danger.send': 'Stuur dit',
});

/** @param {unknown} v @returns {string} */
const words = (v) => typeof v === 'string' ? v.trim() : '';

/** @param {Item} it @returns {Record<string, string>} its fields; `card` is '' where it is none that this page knows */
export function read(it) {
  try {
    const c = JSON.parse(it.text), card = words(c.card);
    const [where, reach, text, name, phone, hours, about] = ['where', 'reach', 'text', 'name', 'phone', 'hours', 'about'].map((f) => words(c[f]));
    const known = card === 'danger' ? it.from === 'c' || where || reach : card === 'slip' ? text : card === 'partner' && it.from === 'c' && name;
    return { card: known ? card : '', where, reach, text, name, phone, hours, about };
  } catch {
    return { card: '' };
  }
}

/** @param {Record<string, string>} c a filled-in card for danger */
const places = ({ where, reach }) => [where && say('card.where', { where }), reach && say('card.reach', { reach })].filter(Boolean).join('\n');

/** @param {string} text */
export const slip = (text) => JSON.stringify({ card: 'slip', text });

/** @param {Item} it @returns {string} in one piece, '' for what is none of the talk */
export function plain(it) {
  const c = read(it);
  if (c.card === 'danger') return places(c);
  return c.card === 'partner' ? [c.name, c.phone, c.hours, c.about].filter(Boolean).join('\n') : '';
}

/** @param {Talk} talk @param {HTMLElement} p to put it into @param {Item} it @returns {boolean} false: not known */
export function fill(talk, p, it) {
  const c = read(it);
  if (c.card === 'danger' && it.from === 'y') {
    p.textContent = places(c);
  } else if (c.card === 'danger') {
    p.append(el('span', { w: 'card.danger' }), '\n', el('a', { className: 'button alarm', href: 'tel:112', w: 'danger.call' }), ' ',
      button('card.fill', () => talk.view.danger(), { className: 'plain' }));
  } else if (c.card === 'slip') {
    p.append(el('small', { w: it.from === 'y' ? 'card.slip.mine' : 'card.slip' }), '\n', c.text);
  } else if (c.card === 'partner') {
    const number = c.phone.replace(/[^0-9+]/g, '');
    p.append(el('small', { w: 'card.partner' }), '\n', el('strong', { textContent: c.name }), c.about && '\n' + c.about, c.hours && '\n' + c.hours);
    if (number) p.append('\n', el('a', { className: 'button plain', href: 'tel:' + number, textContent: c.phone }));
    else if (c.phone) p.append('\n' + c.phone);
  }
  return c.card !== '';
}

/** The form of the dialog for danger, below 112: empty, optional, and looked over before it goes. @param {Talk} talk */
export function form(talk) {
  const { $ } = talk.page;
  if ($('danger-form')) return;
  const where = el('input', { id: 'danger-where', maxLength: 300 }), reach = el('input', { id: 'danger-reach', maxLength: 300 });
  const fields = el('div', { className: 'stack' }, el('p', { w: 'danger.why' }),
    el('label', {}, el('span', { w: 'danger.where' }), where), el('label', {}, el('span', { w: 'danger.reach' }), reach));
  const text = el('p', { className: 'note look' }), look = el('div', { id: 'danger-look', hidden: true, role: 'status' }, el('p', { w: 'danger.look' }), text);
  const next = el('button', { id: 'danger-next' }), edit = button('danger.edit', () => turn(false), { className: 'plain', id: 'danger-edit' });

  /** @param {boolean} looked whether what will be sent is looked over now */
  function turn(looked) {
    fields.hidden = looked;
    look.hidden = edit.hidden = !looked;
    put(next, looked ? 'danger.send' : 'danger.next');
  }

  const f = el('form', { id: 'danger-form', className: 'stack', autocomplete: 'off' }, fields, look, el('div', { className: 'row' }, next, edit));
  f.dataset.chat = '';
  f.addEventListener('submit', (/** @type {Event} */ ev) => {
    ev.preventDefault();
    const c = { where: where.value.trim(), reach: reach.value.trim() };
    if (!c.where && !c.reach) return where.focus();
    if (look.hidden) {
      text.textContent = places(c);
      return turn(true);
    }
    talk.log?.say(4, JSON.stringify({ card: 'danger', ...(c.where && { where: c.where }), ...(c.reach && { reach: c.reach }) }));
    f.reset();
    turn(false);
    $('danger').close();
    talk.save();
  });
  turn(false);
  $('danger').querySelector('.note').after(f);
}
