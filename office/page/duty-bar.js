// Being on duty, on whichever page is open: answers the desk's questions, and the bar that everyone sees.
//
// The desk asks `tone` (play it, then the clerk says whether they heard it) and `prove` (answer once the audio clock has
// moved). It decides who is on duty; this only answers. After a broken line the page takes its place again by a secret
// that the desk gave it.
import {openDialog} from './dialog.js';
import {get} from './ask.js';
import {html, nothing} from './html.js';
import * as live from './live.js';
import {audible, proveClock, testTone, unlock, watchRing} from './ring.js';
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
  'why.silent': ['页面的声音被阻止', 'the page\u2019s sound is blocked'],
  'why.hidden': ['页面在后台,没有按时证明能响铃', 'the hidden page did not prove in time that it rings'],
  'why.stopped': ['页面没有回应', 'the page does not answer'],
  'why.closed': ['页面已关闭或连接中断', 'the page is closed or its line broke'],
  'why.left': ['主动结束', 'went off duty'],
  'why.restarted': ['值班台重新启动', 'the desk was started anew'],
  'why.again': ['重新试音', 'tested again'],
  'tone.title': ['试音', 'Test tone'],
  'tone.playing': ['正在播放试音,请听…', 'Playing the tone, listen…'],
  'tone.ask': ['听到三声上升的铃声了吗?', 'Did you hear three rising tones?'],
  'tone.yes': ['我听到了', 'I heard it'],
  'tone.again': ['再放一次', 'Play it again'],
  'tone.no': ['没有声音:请检查音量、静音键和音箱,再放一次。', 'No sound: check the volume, the mute key and the loudspeaker, then play it again.'],
  'tone.blocked': ['浏览器不让这个页面发声。请点地址栏左边的图标,允许“声音”,再试一次。', 'The browser does not let this page sound. Allow sound by the icon left of the address, then try again.'],
  'tone.line': ['与服务器的连接断开,请稍后再试。', 'The line to the server is gone, try again in a moment.'],
});

const KEPT = 'linli-duty';
const LOST_FOR_MS = 10 * 60 * 1000;
let me = null, redraw = () => {}, state = null, on = false, why = '', box = null, tone = null, lostAt = 0;
const listeners = new Set();

export const dutyState = () => state;
export const onDuty = () => on;
// Call `see()` whenever anything about duty has changed; returns what ends it.
export function watchDuty(see) {
  listeners.add(see);
  return () => listeners.delete(see);
}

const works = () => me && me.may.includes('alarms.work');
const changed = () => { redraw(); listeners.forEach((see) => see()); };
const say = (word) => live.say('duty', word);
const visible = () => document.visibilityState === 'visible';

export function startDuty(who, draw) {
  me = who; redraw = draw; on = false; why = '';
}

live.watch((line) => {
  if (line !== 'up') { if (on) { on = false; why = 'closed'; changed(); } return; }
  get('/v1/duty').then((now) => { lostAt = now.lost ? now.lost.at : 0; state = now; changed(); }, () => {});
  if (works()) resume();
});
live.on('duty', (now) => {
  if (now.lost && (!state || !state.lost || state.lost.at !== now.lost.at)) lostAt = Date.now(); // by our own clock
  state = now;
  changed();
});
live.on('duty-you', (word) => {
  if (word.ask === 'prove') prove(word.n);
  else if (word.ask === 'tone') play(word.n);
  else if (word.you) became(word);
});
document.addEventListener('visibilitychange', () => { if (on) say({do: 'proof', n: 0, audible: audible(), visible: visible()}); });
watchRing(() => { if (on && !audible()) say({do: 'proof', n: 0, audible: false, visible: visible()}); });
for (const kind of ['pointerdown', 'keydown']) {
  // A page that was loaded anew may sound only after the person did something on it.
  document.addEventListener(kind, () => { if (!on && works() && sessionStorage.getItem(KEPT)) unlock().then(resume); }, {passive: true});
}

async function prove(n) {
  const sounds = await proveClock();
  say({do: 'proof', n, audible: sounds, visible: visible()});
}

function resume() {
  const key = sessionStorage.getItem(KEPT);
  if (key && !on && audible()) say({do: 'resume', key, audible: true, visible: visible()});
}

function became(word) {
  on = word.you === 'on';
  why = on ? '' : word.why;
  if (on) sessionStorage.setItem(KEPT, word.key);
  else sessionStorage.removeItem(KEPT);
  if (on && box) box.close();
  changed();
}

export async function goOnDuty() {
  tone = {state: 'playing', n: 0, note: ''};
  box = openDialog({title: t('tone.title'), view: toneView, closed: () => { box = null; tone = null; }});
  await askTone();
}

export function goOffDuty() {
  sessionStorage.removeItem(KEPT);
  say({do: 'leave'});
}

async function askTone() {
  show('playing');
  if (!await unlock()) { show('blocked'); return; }
  if (!say({do: 'test'})) show('line');
}

async function play(n) {
  if (!tone) return;
  tone.n = n;
  const sounded = await testTone();
  if (tone) show(sounded ? 'ask' : 'blocked');
}

function show(next) {
  if (!tone) return;
  tone.state = next;
  if (box) box.redraw();
}

const toneView = (self) => html`
  <p class=${['blocked', 'line', 'no'].includes(tone.state) ? 'bad' : 'big'} role="status">${t(`tone.${tone.state}`)}</p>
  <div class="actions">
    <button class="main large" ?disabled=${tone.state !== 'ask'} @click=${() => say({do: 'heard', n: tone.n, audible: audible(), visible: visible()})}>${t('tone.yes')}</button>
    <button ?disabled=${tone.state === 'playing'} @click=${askTone}>${t('tone.again')}</button>
    <button class="quiet" @click=${() => self.close()}>${t('dialog.cancel')}</button>
  </div>
  ${tone.state === 'ask' ? html`<p class="hint">${t('tone.no')}</p>` : nothing}`;

export const reason = (code) => t(`why.${code}`);

// `more`: what stands beside it on every page (whether one takes calls).
export function dutyBar(more = nothing) {
  if (!state) return more === nothing ? nothing : html`<section class="duty-bars" aria-label=${t('duty.bar')}>${more}</section>`;
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
