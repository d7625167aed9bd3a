// "I take calls", on whichever page is open: the tone, the proofs the desk asks for, and this page's name at the desk.
//
// As with duty (duty-bar.js) the desk decides who takes calls; this only answers. Somebody who is on duty has proved
// sound already: the desk then takes the page at its word. The name is new with every line to the desk.
import {openDialog} from '../dialog.js';
import {html, nothing} from '../html.js';
import * as live from '../live.js';
import {audible, proveClock, testTone, unlock, watchRing} from '../ring.js';
import {t} from '../words.js';
import {reason} from '../duty-bar.js';
import {toast} from '../app.js';
import './calls-words.js';

const KEPT = 'linli-takes-calls';
let me = null, on = false, why = '', token = '', lost = [], box = null, tone = null;
const listeners = new Set();

export const mayTake = () => !!me && me.may.includes('calls.take');
export const takesCalls = () => on;
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

const told = () => listeners.forEach((see) => see());
const say = (word) => live.say('calls', word);
const visible = () => document.visibilityState === 'visible';
const senses = () => ({audible: audible(), visible: visible()});

export function startCalls(who) {
  me = who; on = false; why = ''; token = ''; lost = [];
  if (mayTake() && say({do: 'here'})) resume();
}

live.watch((line) => {
  if (line === 'up') { if (mayTake()) { say({do: 'here'}); resume(); } return; }
  token = '';
  if (line === 'off') { me = null; lost = []; why = ''; }
  else if (on) why = 'closed';
  on = false;
  told();
});

live.on('calls-you', (word) => {
  if (word.page) token = word.page;
  if (word.mine) lost = word.mine;
  if (word.ask === 'prove') prove(word.n);
  else if (word.ask === 'tone') play(word.n);
  else if (word.you) became(word);
  told();
});
document.addEventListener('visibilitychange', () => { if (on) say({do: 'proof', n: 0, ...senses()}); });
watchRing(() => { if (on && !audible()) say({do: 'proof', n: 0, audible: false, visible: visible()}); });
for (const kind of ['pointerdown', 'keydown']) {
  // A page that was loaded anew may sound only after the person did something on it.
  document.addEventListener(kind, () => { if (!on && mayTake() && sessionStorage.getItem(KEPT)) unlock().then(resume); }, {passive: true});
}

async function prove(n) {
  const sounds = await proveClock();
  say({do: 'proof', n, audible: sounds, visible: visible()});
}

function resume() {
  const key = sessionStorage.getItem(KEPT);
  if (key && !on && audible()) say({do: 'resume', key, ...senses()});
}

function became(word) {
  on = word.you === 'on';
  why = on ? '' : word.why;
  if (on) sessionStorage.setItem(KEPT, word.key); else sessionStorage.removeItem(KEPT);
  if (on && box) { box.close(); toast(t('call.me-on')); }
}

export async function takeCalls() {
  tone = {state: 'wait', n: 0};
  box = openDialog({title: t('call.tone.title'), view: toneView, closed: () => { box = null; tone = null; }});
  await askTone();
}

export function takeNone() {
  sessionStorage.removeItem(KEPT);
  say({do: 'leave'});
}

async function askTone() {
  show('wait');
  if (!await unlock()) { show('blocked'); return; }
  if (!say({do: 'test', visible: visible()})) show('line');
}

async function play(n) {
  if (!tone) return;
  tone.n = n;
  show('playing');
  const sounded = await testTone();
  if (tone) show(sounded ? 'ask' : 'blocked');
}

function show(next) {
  if (!tone) return;
  tone.state = next;
  if (box) box.redraw();
}

const toneWords = () => t(tone.state === 'wait' ? 'call.tone.wait' : `tone.${tone.state}`);
const toneView = (self) => html`
  <p class=${['blocked', 'line'].includes(tone.state) ? 'bad' : 'big'} role="status">${toneWords()}</p>
  <div class="actions">
    <button class="main large" ?disabled=${tone.state !== 'ask'} @click=${() => say({do: 'heard', n: tone.n, ...senses()})}>${t('tone.yes')}</button>
    <button ?disabled=${['playing', 'wait'].includes(tone.state)} @click=${askTone}>${t('tone.again')}</button>
    <button class="quiet" @click=${() => self.close()}>${t('dialog.cancel')}</button>
  </div>
  ${tone.state === 'ask' ? html`<p class="hint">${t('tone.no')}</p>` : nothing}`;

const begin = (key) => html`<button class="main" @click=${takeCalls}>${t(key)}</button>`;

// The line beside duty, on every page: lost is said loudly, being there is said softly.
export function callsLine(departments = null) {
  if (!mayTake()) return nothing;
  if (why && why !== 'left' && !on) return html`<p class="bad" role="alert">${t('call.lost', {why: reason(why)})} ${begin('call.again')}</p>`;
  return html`<p class="calm"><span>${t(on ? 'call.me-on' : 'call.me-off')}</span>${departments ? html`<span>${departments}</span>` : nothing}${on ? html`<button @click=${takeNone}>${t('call.leave')}</button>` : begin('call.begin')}</p>`;
}
