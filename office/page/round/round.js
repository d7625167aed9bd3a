// The warden's page: report, my cases, my alarms, what waits. It opens and keeps without a line; `send.js` sends.
import {ask, get, setToken} from '/page/ask.js';
import {html, nothing, render} from '/page/html.js';
import * as line from '/page/live.js';
import {language, setLanguage, t, time} from '/page/words.js';
import './words.js';
import {icon} from './icons.js';
import {allJobs, changeJob, forget, keep, kept, putJob, removeJob} from './keep.js';
import {outbox, waitingOf} from './outbox.js';
import {makeReport} from './report.js';
import {news, sendAll} from './send.js';
import {makeWork} from './work.js';

const EVERY_MS = 30000;
const root = document.getElementById('round');
root.replaceChildren();
let me = null, round = null, errands = [], jobs = [], tab = 'report', offline = false, over = false, busy = false, saying = '', signing = null, at = 0;

const mine = () => jobs.filter((job) => job.account === me.id);
const report = makeReport({redraw, send});
const work = makeWork({redraw, send, jobs: mine});

function redraw() {
  document.title = t('r.app');
  render(me ? frame() : html`<main>${signing ? signing.view() : html`<p class="card">${t('r.signin-first')}</p>`}</main>`, root);
}

const tabs = () => [['report', 0], ['cases', round ? round.cases.filter((one) => one.mine).length : 0], ['alarms', errands.length], ['sent', waitingOf(mine()).length]];

function frame() {
  return html`
    <header><strong>${me.name}</strong><span class="grow"></span>
      <button class="quiet" lang=${language === 'zh' ? 'en' : 'zh-CN'} @click=${() => { setLanguage(language === 'zh' ? 'en' : 'zh'); redraw(); }}>${t('r.other')}</button>
      <button class="quiet" @click=${leave}>${t('r.out')}</button></header>
    <div role="status">
      ${over ? html`<p class="bar warn">${t('r.signin')} <button @click=${showSignIn}>${t('r.signin-go')}</button></p>` : nothing}
      ${offline && !over ? html`<p class="bar warn">${t('r.offline')}</p>` : nothing}
      ${saying ? html`<p class="bar good">${saying}</p>` : nothing}
    </div>
    <main id="main" tabindex="-1">
      ${signing ? signing.view() : html`<h1>${t(`r.${tab}`)}</h1>${page()}`}
    </main>
    <nav aria-label=${t('r.tabs')}>${tabs().map(([name, count]) => html`
      <button id="tab-${name}" aria-current=${tab === name ? 'page' : nothing} @click=${() => { tab = name; saying = ''; signing = null; redraw(); scrollTo(0, 0); }}>
        ${icon(name)}${t(`r.${name}`)}${count ? html`<span class="count">${count}</span>` : nothing}</button>`)}</nav>`;
}

function page() {
  if (tab === 'report') return html`${areas()}${report.view(round)}`;
  if (tab === 'sent') return outbox({jobs, account: me.id, busy, now: () => go(), again, drop});
  return html`${offline && at ? html`<p class="hint">${t('r.old', {at: time(at)})}</p>` : nothing}${tab === 'cases' ? work.cases(round) : work.errands(errands)}`;
}

const areas = () => (round ? html`<p class="hint">${round.areas.length ? t('r.areas', {names: round.areas.map((one) => one.name).join('、')}) : t('r.area-none')}</p>` : nothing);

// Keep a job on the phone; only then is it said to be saved.
async function send(kind, about, body, blobs) {
  const job = {id: crypto.randomUUID(), account: me.id, kind, about, body, photos: blobs.map((blob) => ({blob, sha256: ''})), made: Date.now(), state: 'waiting'};
  try { await putJob(job); } catch (error) { saying = t('r.failed', {why: error.message}); redraw(); return false; }
  saying = t(offline || over ? 'r.saved-offline' : 'r.saved');
  await reload();
  background();
  go();
  return true;
}

async function reload() {
  jobs = await allJobs();
  redraw();
}

async function background() {
  try { await (await navigator.serviceWorker.ready).sync.register('linli-round'); } catch { /* not every browser has it: then the page sends */ }
}

async function go() {
  if (!me || busy) return;
  busy = true; redraw();
  let became = 'later';
  try { became = await sendAll(); } catch { /* the phone's own store failed: next time */ }
  busy = false;
  if (became === 'offline') offline = true;
  if (became === 'sign-in') over = true;
  if (became === 'done' || became === 'other') { offline = false; over = false; }
  await reload();
  if (became === 'done') load();
}

async function load() {
  try {
    const [mineNow, errandsNow] = await Promise.all([get('/v1/round'), get('/v1/errands/mine')]);
    if (errandsNow.length > errands.length && navigator.vibrate) navigator.vibrate([300, 200, 300]);
    round = mineNow; errands = errandsNow; at = Date.now(); offline = over = false;
    await keep('round', {round, errands, at});
  } catch (error) {
    if (error.status === 0) offline = true;
    if (error.status === 401) over = true;
  }
  redraw();
}

async function again(job) { await changeJob(job.id, () => ({state: 'waiting'})); await reload(); go(); }
async function drop(job) { if (confirm(t('r.drop-sure'))) { await removeJob(job.id); await reload(); } }

async function showSignIn() {
  const {signIn} = await import('/page/sign-in.js');
  signing = signIn({done: begin, redraw});
  redraw();
}

async function begin(who) {
  setToken(who.token);
  signing = null;
  if (!who.may.includes('round')) { signing = {view: () => html`<p class="card bad">${t('r.not-warden')}</p>`}; redraw(); return; }
  const before = await kept('me');
  if (before && before.id !== who.id) { await forget(); round = null; errands = []; }
  me = {id: who.id, name: who.name};
  over = offline = false;
  await keep('me', me);
  line.start();
  await reload();
  load(); go();
}

async function leave() {
  const waiting = waitingOf(mine()).length;
  if (waiting && !confirm(t('r.leave-sure', {n: waiting}))) return;
  try { await ask('DELETE', '/v1/session'); } catch { /* it ends by itself */ }
  line.stop();
  await forget();
  me = round = null; errands = []; jobs = [];
  showSignIn();
}

async function start() {
  setLanguage(language);
  navigator.serviceWorker?.register('/round-worker.js', {type: 'module', scope: '/round'}).catch(() => {});
  navigator.storage?.persist?.();
  const [who, last] = await Promise.all([kept('me'), kept('round')]);
  if (who) {
    me = who;
    if (last) ({round, errands, at} = last);
    await reload();
  }
  try {
    await begin(await get('/v1/session'));
  } catch (error) {
    if (error.status === 0) { offline = true; redraw(); if (me) line.start(); return; }
    over = !!me;
    if (me) redraw(); else showSignIn();
  }
}

news.onmessage = () => reload();
line.on('errands', load);
line.watch((state) => { if (state === 'up') { offline = false; go(); load(); } });
addEventListener('online', () => go());
addEventListener('offline', () => { offline = true; redraw(); });
addEventListener('linli-signed-out', () => { over = true; redraw(); });
setInterval(() => { if (me && !over) { if (waitingOf(mine()).length) go(); else load(); } }, EVERY_MS);
start();
