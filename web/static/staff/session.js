// @ts-check
/** Who is logged in. The cookie is the server's and out of reach of scripts; the desk is opened by a ticket. */

/** @typedef {{name: string, role: string, lines: string[], langs: string[]}} Me */

/** An answer that was not yes; `code` is the problem's, or `offline` when there was none. */
export class Problem extends Error {
  /** @param {string} code @param {number} status */
  constructor(code, status) {
    super('staff: ' + code);
    this.code = code;
    this.status = status;
  }
}

/** @param {string} path @param {object} [body] sent as JSON by POST; without one, GET @returns {Promise<any>} */
async function call(path, body) {
  let answer;
  try {
    answer = await fetch('/staff/' + path, {
      signal: AbortSignal.timeout(15000),
      ...(body && { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch {
    throw new Problem('offline', 0);
  }
  if (answer.status === 204) return null;
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Problem(json.code ?? 'status' + answer.status, answer.status);
  return json;
}

/** @returns {Promise<Me|null>} null when nobody is logged in; throws Problem */
export async function me() {
  try {
    return await call('me');
  } catch (err) {
    if (/** @type {Problem} */ (err).status === 401) return null;
    throw err;
  }
}

/** @returns {Promise<number>} how /reach answers to who is logged in: an HTTP status, 0 where it sends back to here */
export async function reach() {
  try {
    return (await fetch('/reach', { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(15000) })).status;
  } catch {
    throw new Problem('offline', 0);
  }
}

/** @param {string} name @param {string} password */
export const login = (name, password) => call('login', { name, password });

export const logout = () => call('logout', {});

/** @returns {Promise<string>} opens the desk once, within 30 s */
export const ticket = async () => (await call('ticket', {})).ticket;

/** @typedef {{code: string, name: string, phone: string, hours: string, about: string, lines?: string[]}} Partner  a service outside */
/** @typedef {{name: string, lines: string[], on_duty?: string[]}} Colleague  on_duty: the lines for which they are there now, where the server knows that */

/** @param {string} path @returns {Promise<any[]>} none where the server has no such list */
const list = (path) => call(path).then((all) => all ?? [], (err) => {
  if (/** @type {Problem} */ (err).status === 404) return [];
  throw err;
});

/** @returns {Promise<Partner[]>} */
export const partners = () => list('partners');

/** @returns {Promise<Colleague[]>} who else has a desk, at it or not */
export const colleagues = () => list('colleagues');
