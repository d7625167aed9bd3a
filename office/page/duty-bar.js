// Being on duty, on whichever page is open: the bar that everyone sees. That this page sounds is proved in station.js.
import {get} from './ask.js';
import {html, nothing} from './html.js';
import * as live from './live.js';
import {makeStation, reason} from './station.js';
import {addWords, t, time} from './words.js';

addWords({
  'duty.nobody': ['无人值守!自 {at} 起没有人值班。所有网关已立即改走第二通道。', 'Unattended! Nobody has been on duty since {at}. Every gateway uses its second path at once.'],
  'duty.missing': ['排班人员未到岗:{names}', 'Planned and not on duty: {names}'],
  'duty.due': ['{name}(应 {at} 到)', '{name} (due {at})'],
  'duty.lost': ['{name} 的值班已中断:{why}', '{name} is no longer on duty: {why}'],
  'duty.me-lost': ['您已不在值班:{why}', 'You are no longer on duty: {why}'],
  'duty.me-off': ['您现在不在值班', 'You are not on duty'],
  'duty.me-on': ['您正在值班', 'You are on duty'],
  'duty.bar': ['值班情况', 'Who is on duty'],
  'duty.on': ['值班中:{names}', 'On duty: {names}'],
  'duty.begin': ['开始值班', 'Go on duty'],
  'duty.again': ['重新值班', 'Go on duty again'],
  'duty.leave': ['结束值班', 'Go off duty'],
});

const LOST_FOR_MS = 10 * 60 * 1000;
let me = null, redraw = () => {}, state = null, lostAt = 0;
const listeners = new Set();

const works = () => me && me.may.includes('alarms.work');
const changed = () => { redraw(); listeners.forEach((see) => see()); };
const station = makeStation({topic: 'duty', kept: 'linli-duty', may: works, title: 'tone.title', changed});

export const dutyState = () => state;
export const onDuty = () => station.on;
export const goOnDuty = () => station.begin();
export const goOffDuty = () => station.leave();
// Call `see()` whenever anything about duty has changed; returns what ends it.
export function watchDuty(see) {
  listeners.add(see);
  return () => listeners.delete(see);
}

export function startDuty(who, draw) {
  me = who; redraw = draw;
  station.forget();
}

live.watch((line) => {
  if (line !== 'up') { if (station.on) { station.lineGone(); changed(); } return; }
  get('/v1/duty').then((now) => { lostAt = now.lost ? now.lost.at : 0; state = now; changed(); }, () => {});
  if (works()) station.resume();
});
live.on('duty', (now) => {
  if (now.lost && (!state || !state.lost || state.lost.at !== now.lost.at)) lostAt = Date.now(); // by our own clock
  state = now;
  changed();
});
live.on('duty-you', (word) => station.hear(word));

// `more`: what stands beside it on every page (whether one takes calls).
export function dutyBar(more = nothing) {
  if (!state) return more === nothing ? nothing : html`<section class="duty-bars" aria-label=${t('duty.bar')}>${more}</section>`;
  const {on, why} = station;
  const begin = (key) => (works() && !on ? html`<button class="main" @click=${goOnDuty}>${t(key)}</button>` : nothing);
  const lines = [];
  if (!state.attended) lines.push(html`<p class="bad" role="alert">${t('duty.nobody', {at: time(state.since).slice(0, -3)})} ${begin('duty.begin')}</p>`);
  if (why && why !== 'left' && !on) lines.push(html`<p class="bad" role="alert">${t('duty.me-lost', {why: reason(why)})} ${begin('duty.again')}</p>`);
  if (state.missing.length) lines.push(html`<p class="bad" role="status">${t('duty.missing', {names: state.missing.map((one) => t('duty.due', {name: one.name, at: time(one.since).slice(0, -3)})).join('、')})}</p>`);
  const lost = state.lost;
  if (lost && !state.on_duty.some((one) => one.name === lost.name) && lost.name !== me.name && Date.now() - lostAt < LOST_FOR_MS) {
    lines.push(html`<p class="warn" role="status">${t('duty.lost', {name: lost.name, why: reason(lost.why)})} · ${time(lost.at)}</p>`);
  }
  if (!lines.length && works()) {
    const names = state.on_duty.map((one) => one.name).join('、') || '—';
    lines.push(html`<p class="calm"><span>${t(on ? 'duty.me-on' : 'duty.me-off')}</span><span>${t('duty.on', {names})}</span>${begin('duty.begin')}</p>`);
  }
  if (more !== nothing) lines.push(more);
  return lines.length ? html`<section class="duty-bars" aria-label=${t('duty.bar')}>${lines}</section>` : nothing;
}
