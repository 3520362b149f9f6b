// @ts-check
/** How the parts of the page that are fetched when they are needed make what they show. */
import { put } from '../shared/words.js';

/** @param {string} tag @param {Record<string, any>} [props] `w`: key of its words, `fill` of them @param {...(Node|string)} children @returns {any} */
export function el(tag, { w = '', fill = undefined, role = '', ...props } = {}, ...children) {
  const e = Object.assign(document.createElement(tag), props);
  if (role) e.setAttribute('role', role);
  e.append(...children);
  if (w) put(e, w, fill);
  return e;
}

/** @param {string} w @param {() => void} onclick @param {Record<string, any>} [props] */
export const button = (w, onclick, props) => el('button', { type: 'button', w, onclick, ...props });

/**
 * A question over the page, with the quick exit in it. It is gone when it is closed, and with the chat. The focus is on its
 * title first, so that a key that was meant for a message answers nothing, and goes back to where it was.
 * @param {string} id @param {HTMLElement} title a heading @param {...Node} children @returns {HTMLDialogElement}
 */
export function ask(id, title, ...children) {
  document.getElementById(id)?.remove();
  Object.assign(title, { id: id + '-title', tabIndex: -1 });
  const d = el('dialog', { id },
    el('header', {}, title, button('exit', () => {}, { className: 'exit' })),
    el('div', { className: 'stack' }, ...children));
  d.dataset.chat = '';
  d.setAttribute('aria-labelledby', title.id);
  d.querySelector('.exit').dataset.exit = '';
  d.addEventListener('close', () => d.remove());
  document.body.append(d);
  d.showModal();
  title.focus();
  return d;
}
