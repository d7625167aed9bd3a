// "I take calls", on whichever page is open: the tone, the proofs the desk asks for, and this page's name at the desk.
//
// As with duty (duty-bar.js) the desk decides who takes calls; this only answers. Somebody who is on duty has proved
// sound already: the desk then takes the page at its word. The name is new with every line to the desk.
import {html, nothing} from '../html.js';
import * as live from '../live.js';
import {makeStation, reason} from '../station.js';
import {t} from '../words.js';
import {toast} from '../app.js';
import './calls-words.js';

let me = null, token = '', lost = [];
const listeners = new Set();
const told = () => listeners.forEach((see) => see());
const station = makeStation({
  topic: 'calls', kept: 'linli-takes-calls', may: () => mayTake(), title: 'call.tone.title', waits: 'call.tone.wait',
  test: (visible) => ({visible}), taken: () => toast(t('call.me-on')), changed: told,
});

export const mayTake = () => !!me && me.may.includes('calls.take');
export const takesCalls = () => station.on;
export const takeCalls = () => station.begin();
export const takeNone = () => station.leave();
export const pageToken = () => token;
export const whoAmI = () => (me ? me.id : '');
// Calls of this account that no page has: after a reload, or a browser that crashed.
export const lostCalls = () => lost;
export const found = (call) => { lost = lost.filter((one) => one !== call); told(); };

// Call `see()` whenever any of it has changed; returns what ends it.
export function watchThere(see) {
  listeners.add(see);
  return () => listeners.delete(see);
}

const here = () => station.say({do: 'here'});

export function startCalls(who) {
  me = who; token = ''; lost = [];
  station.forget();
  if (mayTake() && here()) station.resume();
}

live.watch((line) => {
  if (line === 'up') { if (mayTake()) { here(); station.resume(); } return; }
  token = '';
  if (line === 'off') { me = null; lost = []; station.forget(); }
  else station.lineGone();
  told();
});

live.on('calls-you', (word) => {
  if (word.page) token = word.page;
  if (word.mine) lost = word.mine;
  station.hear(word);
  told();
});

const begin = (key) => html`<button class="main" @click=${takeCalls}>${t(key)}</button>`;

// The line beside duty, on every page: lost is said loudly, being there is said softly.
export function callsLine(departments = null) {
  if (!mayTake()) return nothing;
  const {on, why} = station;
  if (why && why !== 'left' && !on) return html`<p class="bad" role="alert">${t('call.lost', {why: reason(why)})} ${begin('call.again')}</p>`;
  return html`<p class="calm"><span>${t(on ? 'call.me-on' : 'call.me-off')}</span>${departments ? html`<span>${departments}</span>` : nothing}${on ? html`<button @click=${takeNone}>${t('call.leave')}</button>` : begin('call.begin')}</p>`;
}
