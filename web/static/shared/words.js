// @ts-check
/**
 * Words in two languages. Dutch stands in the HTML: `data-w="key"` names an element's text, `data-w-label` its
 * aria-label, `data-w-hint` its placeholder; `<template id="words">` holds what is said later. English is a module that
 * is fetched when asked for.
 */

/** @typedef {Record<string, string>} Dictionary  `{name}` in a text is filled in by say() */

/** @type {Dictionary} */ const dutch = {};
/** @type {Dictionary} */ let now = dutch;

/** The language shown: `nl` or `en`. */
export let lang = 'nl';

const PARTS = /** @type {const} */ ([['w', 'textContent'], ['wLabel', 'ariaLabel'], ['wHint', 'placeholder']]);

/** @param {(el: any, key: string, prop: 'textContent'|'ariaLabel'|'placeholder') => void} f @param {ParentNode} root */
function each(f, root) {
  for (const el of root.querySelectorAll('[data-w],[data-w-label],[data-w-hint]')) {
    const e = /** @type {HTMLElement} */ (el);
    for (const [name, prop] of PARTS) if (e.dataset[name]) f(e, e.dataset[name], prop);
  }
}

/** Reads the Dutch words of the page. Call it once, first. */
export function learn() {
  const more = /** @type {HTMLTemplateElement|null} */ (document.getElementById('words'));
  for (const root of more ? [more.content, document] : [document]) {
    each((el, key, prop) => { dutch[key] ??= el[prop].trim().replace(/\s+/g, ' '); }, root);
  }
}

/** Adds the Dutch words of a part that is fetched when it is needed. @param {Dictionary} more */
export const teach = (more) => void Object.assign(dutch, more);

/** @param {string} key @param {Record<string, string|number>} [fill] @returns {string} '' where there are no such words */
export function say(key, fill = {}) {
  return (now[key] ?? dutch[key] ?? '').replace(/\{(\w+)\}/g, (_, name) => String(fill[name] ?? ''));
}

/** Says it in an element, in every language to come. @param {HTMLElement} el @param {string} key @param {Record<string, string|number>} [fill] */
export function put(el, key, fill) {
  el.dataset.w = key;
  if (fill) el.dataset.wFill = JSON.stringify(fill);
  else delete el.dataset.wFill;
  const text = say(key, fill);
  if (el.textContent !== text) el.textContent = text; // a live region speaks at every change, also to the same words
}

/** @param {string} to `nl` or `en` @param {Dictionary} [words] of that language; Dutch needs none */
export function speak(to, words) {
  lang = to;
  now = words ?? dutch;
  document.documentElement.lang = to;
  each((el, key, prop) => { el[prop] = say(key, JSON.parse(el.dataset.wFill ?? '{}')); }, document);
}

/** @param {string} iso a moment, RFC 3339 @returns {string} such as "16:00", "morgen 09:00" or "maandag 09:00", in Dutch time */
export function moment(iso) {
  const zone = { timeZone: 'Europe/Amsterdam' }, at = new Date(iso);
  /** @param {Date|number} d */
  const day = (d) => new Intl.DateTimeFormat('en-CA', zone).format(d);
  const time = new Intl.DateTimeFormat(lang, { ...zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
  if (day(at) === day(Date.now())) return time;
  if (day(at) === day(Date.now() + 864e5)) return say('tomorrow', { time });
  const far = at.getTime() - Date.now() > 6 * 864e5;
  return new Intl.DateTimeFormat(lang, { ...zone, weekday: 'long', ...(far ? { day: 'numeric', month: 'long' } : {}) }).format(at) + ' ' + time;
}

/** @param {number[]} [range] seconds, [low, high] @returns {string} an honest range in whole minutes */
export function wait([lo, hi] = [0, 0]) {
  const [a, b] = [Math.floor(lo / 60), Math.max(1, Math.ceil(hi / 60))];
  if (b <= 1) return say('wait.soon');
  if (b > 60) return say('wait.long');
  return a < 1 ? say('wait.below', { b }) : a === b ? say('wait.about', { b }) : say('wait.range', { a, b });
}
