// What is open, on every page of the desk: it rings and can be taken wherever the clerk is.
//
// The desk sends whole rows; of two rows with one id the one with the larger `n` is the truth, whichever came first.
import {toast} from '../app.js';
import {get, post} from '../ask.js';
import {html, nothing, render} from '../html.js';
import * as live from '../live.js';
import {audible, loudest, notice, quiet, ring, unlock, watchRing} from '../ring.js';
import {since, t} from '../words.js';
import './alarms-words.js';

const rows = new Map(), gone = new Map(), rung = new Set(), listeners = new Set();
const MOST_GONE = 1000;
let you = '', work = false, ahead = 0, loaded = false, busy = false, up = false;

export const openRows = () => [...rows.values()].sort(order);
export const rowOf = (id) => rows.get(id);
export const feed = {get you() { return you; }, get work() { return work; }, get loaded() { return loaded; }};
// The desk's clock, by which every time on the board was written.
export const now = () => Date.now() + ahead;

// Call `hear(rows)` after every change; returns what ends it.
export function watchFeed(hear) {
  listeners.add(hear);
  return () => listeners.delete(hear);
}

const GRAVE = {emergency: 0, drill: 0, trouble: 1, test: 2};
const TAKEN = {open: 0, taken: 1, way: 1, there: 1};
const idle = (row) => Number(row.kind === 'test'); // whatever is real stands above every test
const order = (a, b) => idle(a) - idle(b) || TAKEN[a.state] - TAKEN[b.state] || GRAVE[a.kind] - GRAVE[b.kind] || a.received_at - b.received_at;

export const ringsHere = (row) => row.rings.some((account) => account === you || (account === '*' && work));

export function apply(changed) {
  for (const row of changed) {
    const known = rows.get(row.id);
    if ((known && known.n > row.n) || (gone.get(row.id) || 0) > row.n) continue;
    if (row.closed_at === null) { rows.set(row.id, row); continue; }
    rows.delete(row.id);
    gone.set(row.id, row.n);
    if (gone.size > MOST_GONE) gone.delete(gone.keys().next().value);
  }
  told(changed);
}

function told(changed) {
  sound();
  draw();
  listeners.forEach((hear) => hear(changed));
}

function sound() {
  const here = [...rows.values()].filter(ringsHere);
  const kind = loudest(here.map((row) => (row.kind === 'drill' ? 'emergency' : row.kind)));
  if (kind) ring(kind); else quiet();
  const fresh = here.filter((row) => !rung.has(row.id) && row.kind !== 'test');
  rung.clear();
  here.forEach((row) => rung.add(row.id));
  if (fresh.length) notice(t('al.notice'), t('al.noticeBody'), () => { location.hash = `#/alarms/${fresh[0].id}`; });
}

async function load() {
  try {
    const asked = Date.now(), all = await get('/v1/alarms');
    you = all.you; work = all.work; loaded = true;
    ahead = all.now - (asked + Date.now()) / 2;
    const named = new Set(all.rows.map((row) => row.id));
    for (const [id, row] of rows) if (!named.has(id) && row.n <= all.n) rows.delete(id);
    apply(all.rows);
  } catch (error) {
    if (error.status === 0 || error.status >= 500) setTimeout(() => { if (up) load(); }, 2000);
  }
}

function forget() {
  rows.clear(); gone.clear(); rung.clear();
  you = ''; work = false; loaded = false;
  told([]);
}

// One click. Of two who click at once the loser is told at once who was first.
export async function take(id) {
  try {
    const answer = await post(`/v1/alarms/${id}/take`, {});
    apply([answer.row]);
    if (!answer.changed) toast(t(answer.row.closed_at ? 'al.lostClosed' : 'al.lost', {name: answer.name}), 'bad');
    return answer;
  } catch (error) {
    toast(error.message, 'bad');
    return null;
  }
}

export async function takeOldest() {
  const first = openRows().find((row) => row.state === 'open');
  if (!first || busy || !work) return;
  busy = true;
  const answer = await take(first.id);
  busy = false;
  if (answer && answer.changed) location.hash = `#/alarms/${first.id}`;
}

// --- the bar above everything

const bar = document.createElement('div');
bar.id = 'alarm-bar';
document.body.append(bar); // shown first, read after the link that skips to the content

function draw() {
  const waiting = openRows().filter((row) => row.state === 'open' && row.kind !== 'test');
  const mine = openRows().filter((row) => row.state !== 'open' && ringsHere(row));
  const grave = waiting.some((row) => GRAVE[row.kind] === 0);
  const silent = (waiting.some(ringsHere) || mine.length) && !audible();
  render(!work || !(waiting.length || mine.length) ? nothing : html`
    <section class="bar ${grave || mine.length ? 'grave' : ''}" aria-label=${t('al.barName')}>
      <p role="alert">${waiting.length ? t('al.bar', {n: waiting.length}) : t('al.barMine', {n: mine.length})}</p>
      ${waiting.length ? html`<span class="since" aria-hidden="true">${t('al.since', {t: since(waiting[0].received_at, now())})}</span>
        <button class="main" @click=${takeOldest}>${t('al.takeKey')}</button>` : nothing}
      <a class="button" href="#/alarms/${(mine[0] || waiting[0]).id}">${t('al.show')}</a>
      ${silent ? html`<span class="silent">${t('al.mute')}</span><button @click=${() => unlock()}>${t('al.unmute')}</button>` : nothing}
    </section>`, bar);
}

document.addEventListener('keydown', (event) => {
  if (event.key !== 'F2' || event.repeat || event.ctrlKey || event.altKey || event.metaKey || !work) return;
  event.preventDefault();
  takeOldest();
});
setInterval(() => { if (rows.size) draw(); }, 1000);
watchRing(draw);
live.on('alarms', apply);
live.watch((state) => {
  up = state === 'up';
  if (state === 'up') load();
  if (state === 'off') forget();
});
