// Sends what waits, oldest first, each exactly once: the desk answers an id that it knows with the answer it gave before.
// Runs in the page and in the worker; a lock of the browser keeps them from sending the same thing side by side.
import {allJobs, changeJob, removeJob} from './keep.js';

const SENT_KEPT = 20;
const TIMEOUT_MS = 60000;
export const news = new BroadcastChannel('linli-round');

// What became of it: 'done', 'offline', 'sign-in', 'other' (somebody else is signed in), 'busy', 'later'.
export async function sendAll() {
  if (!navigator.locks) return run();
  return navigator.locks.request('linli-round-send', {ifAvailable: true}, (lock) => (lock ? run() : 'busy'));
}

async function run() {
  const waiting = (await allJobs()).filter((job) => job.state === 'waiting');
  if (!waiting.length) return 'done';
  let me;
  try { me = await call('GET', '/v1/session'); } catch (error) { return reason(error); }
  const mine = waiting.filter((job) => job.account === me.id);
  for (const job of mine) {
    const became = await one(job, me.token);
    if (became) { news.postMessage('jobs'); return became; }
    news.postMessage('jobs');
  }
  await prune();
  return mine.length === waiting.length ? 'done' : 'other';
}

const reason = (error) => (error.status === 0 ? 'offline' : error.status === 401 ? 'sign-in' : 'later');

async function one(job, token, again = true) {
  try {
    const files = [];
    for (const [n, photo] of job.photos.entries()) files.push(photo.sha256 || await upload(job, n, token));
    const {path, body} = sending(job, files);
    const answer = await call('POST', path, token, JSON.stringify(body), 'application/json');
    await changeJob(job.id, () => ({state: 'sent', number: answer.number || '', sent: Date.now(), photos: [], photoCount: job.photos.length}));
    return null;
  } catch (error) {
    if (error.code === 'file-gone' && again) {
      job.photos.forEach((photo) => { photo.sha256 = ''; });
      await changeJob(job.id, () => ({photos: job.photos}));
      return one(job, token, false);
    }
    if (error.status === undefined) throw error;
    const final = error.status >= 400 && error.status < 500 && ![401, 408, 425, 429].includes(error.status) && error.code !== 'token';
    await changeJob(job.id, (now) => ({tried: Date.now(), tries: (now.tries || 0) + 1, ...(final ? {state: 'refused', zh: error.zh, en: error.en} : {})}));
    return final ? null : reason(error);
  }
}

async function upload(job, n, token) {
  const file = await call('PUT', '/v1/files', token, job.photos[n].blob, 'application/octet-stream');
  job.photos[n].sha256 = file.sha256;
  await changeJob(job.id, () => ({photos: job.photos}));
  return file.sha256;
}

function sending(job, files) {
  if (job.kind === 'errand') return {path: `/v1/errands/${encodeURIComponent(job.about)}/words`, body: {...job.body, picture: files[0] || ''}};
  const path = job.kind === 'report' ? '/v1/round/reports' : `/v1/round/cases/${encodeURIComponent(job.about)}/steps`;
  return {path, body: {...job.body, id: job.id, at: job.made, files}};
}

async function call(method, path, token, body, type) {
  const headers = {Accept: 'application/json'};
  if (token) headers['X-Linli-Token'] = token;
  if (type) headers['Content-Type'] = type;
  let response, answer;
  try {
    response = await fetch(path, {method, headers, body, cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS)});
    answer = await response.json();
  } catch (cause) {
    throw Object.assign(new Error('no answer', {cause}), {status: response && !response.ok ? response.status : 0});
  }
  if (!response.ok) throw Object.assign(new Error(answer.en), {status: response.status, code: answer.error, zh: answer.zh, en: answer.en});
  return answer;
}

async function prune() {
  const sent = (await allJobs()).filter((job) => job.state === 'sent');
  for (const job of sent.slice(0, -SENT_KEPT)) await removeJob(job.id);
}
