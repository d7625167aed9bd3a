// Asking the desk. Errors carry what to say to a person: error.zh, error.en, error.field.
import {language} from './words.js';

export class Refusal extends Error {
  constructor(status, body) {
    super((body && (body[language] || body.zh)) || String(status));
    Object.assign(this, body, {status, message: this.message});
  }
}

let token = '';
export const setToken = (value) => { token = value; };

export async function ask(method, path, body, type = 'application/json') {
  const headers = {Accept: 'application/json'};
  if (method !== 'GET') headers['X-Linli-Token'] = token;
  if (body !== undefined) headers['Content-Type'] = type;
  const content = body === undefined || type !== 'application/json' ? body : JSON.stringify(body);
  let response;
  try {
    response = await fetch(path, {method, headers, body: content, cache: 'no-store'});
  } catch {
    throw new Refusal(0, {error: 'offline', zh: '连不上服务器,请检查网络', en: 'the server cannot be reached, check the network'});
  }
  if (response.status === 204) return null;
  const answer = (response.headers.get('Content-Type') || '').includes('json') ? read(await response.text()) : await response.blob();
  if (!response.ok) {
    if (response.status === 401 && answer && answer.error === 'sign-in') window.dispatchEvent(new Event('linli-signed-out'));
    throw new Refusal(response.status, answer);
  }
  return answer;
}

const read = (text) => (text ? JSON.parse(text) : null); // what is merely taken is answered with nothing

export const get = (path) => ask('GET', path);
export const post = (path, body) => ask('POST', path, body);
export const put = (path, body) => ask('PUT', path, body);
export const remove = (path) => ask('DELETE', path);
