// @ts-check
/** After a counsellor was lost: what she did not read may be sent once more, to the next. */
import { teach } from '../shared/words.js';
import { button, el } from './ask.js';

teach({
  'again.text': 'Deze berichten zijn nog niet gelezen. Wil je ze opnieuw sturen?',
  'again.yes': 'Ja, stuur opnieuw',
  'again.no': 'Nee',
});

/** @typedef {import('./talk.js').Talk} Talk */

/** @param {Talk} talk what a counsellor who was lost did not read */
const unread = ({ log, offered }) => log?.items.filter((i) => i.from === 'y' && i.state === 'kept' && i.e < log.e && i.k !== 3 && !offered.has(i.id)) ?? [];

/** @param {Talk} talk */
export function offer(talk) {
  const { $ } = talk.page;
  const had = $('offer');
  had?.remove();
  if (!unread(talk).length) return;
  /** @param {boolean} yes */
  const answer = (yes) => {
    for (const it of unread(talk)) {
      talk.offered.add(it.id);
      if (yes) talk.log?.say(it.k, it.text);
    }
    note.remove();
    $('text').focus();
    talk.save();
  };
  const text = el('p', { w: 'again.text' });
  const note = el('div', { id: 'offer', className: 'note', role: 'group' }, text,
    el('ul', { id: 'offer-list' }, ...unread(talk).map((it) => el('li', { textContent: talk.view.rows.get(it.id)?.querySelector('p')?.textContent }))),
    el('div', { className: 'row' }, button('again.yes', () => answer(true), { id: 'offer-yes' }), button('again.no', () => answer(false), { id: 'offer-no', className: 'plain' })));
  note.dataset.chat = '';
  $('live').after(note);
  if (!had) talk.view.tell(text.textContent);
  requestAnimationFrame(() => scrollTo(0, document.documentElement.scrollHeight));
}
