// The sound of an alarm, made by the browser itself: no file that could be missing, one pattern a kind.
//
// A pattern is rendered once and looped by the audio hardware's own clock, so that a hidden tab, whose timers the
// browser slows down, rings on. Browsers play nothing before the person has done something on the page: `unlock()`
// belongs into the handler of a click. `audible()` says whether sound really can be heard now, as far as a page can know.
const KEPT = 'linli-volume';
const LEAST = 0.2; // an alarm cannot be made silent by a slider
const RATE = 22050;

// [frequency in Hz (0: silence), seconds]; the last one of each is the pause before it repeats.
const PATTERNS = {
  emergency: [[880, 0.18], [0, 0.06], [1175, 0.18], [0, 0.06], [880, 0.18], [0, 0.06], [1175, 0.34], [0, 0.5]],
  trouble: [[523, 0.35], [0, 0.15], [415, 0.45], [0, 4]],
  call: [[587, 0.22], [740, 0.22], [587, 0.22], [740, 0.22], [0, 1.6]],
  test: [[659, 0.15], [0, 0.05], [784, 0.25], [0, 0.2]],
  confirm: [[523, 0.4], [659, 0.4], [784, 0.6], [0, 0.2]],
};
const RANK = ['', 'test', 'call', 'trouble', 'emergency']; // alarms before calls
const ONCE = ['test', 'confirm'];

const wants = new Map(); // who wants to be heard -> what kind

let context = null, gain = null, source = null, ringing = '', wanted = '', flashing = 0, seenAt = 0, seenClock = 0;
const buffers = new Map();
const listeners = new Set();

// Call `hear({kind, audible})` whenever what sounds has changed; returns what ends it.
export function watchRing(hear) {
  listeners.add(hear);
  return () => listeners.delete(hear);
}

const tell = () => {
  document.documentElement.dataset.ring = ringing;
  document.documentElement.dataset.sound = audible() ? 'on' : 'off';
  listeners.forEach((hear) => hear({kind: ringing, audible: audible()}));
};

// From a click: lets this page sound, and asks whether it may show notices. True when sound is there.
export async function unlock() {
  make();
  if ('Notification' in window && Notification.permission === 'default') Notification.requestPermission().catch(() => {});
  // A browser that plays nothing leaves this waiting for ever instead of refusing; a slow computer needs its time.
  await Promise.race([context.resume().catch(() => {}), new Promise((done) => { setTimeout(done, 2000); })]);
  if (wanted && !source) play(wanted);
  tell();
  return audible();
}

// Plays the tone a clerk confirms; resolves to whether it sounded, when it has ended.
export async function testTone() {
  if (!await unlock()) return false;
  const before = context.currentTime;
  const length = start('confirm', false);
  await new Promise((done) => { setTimeout(done, length * 1000 + 100); });
  return context.state === 'running' && context.currentTime - before >= length * 0.8;
}

// Rings until `quiet()`: 'emergency', 'trouble', 'call', 'test' (once). Alarms and calls each say what they want; the
// louder kind is heard. Returns whether it can be heard.
export function ring(kind, whose = 'alarms') {
  wants.set(whose, kind);
  return sound(loudest([...wants.values()]));
}

export function quiet(whose = 'alarms') {
  wants.delete(whose);
  if (wants.size) sound(loudest([...wants.values()])); else silence();
}

function sound(kind) {
  if (kind === wanted && (source || ONCE.includes(kind))) return audible();
  wanted = kind;
  play(kind);
  flash(true);
  tell();
  return audible();
}

function silence() {
  if (!wanted && !ringing) return;
  wanted = '';
  stop();
  flash(false);
  tell();
}

// Of several kinds the one that must be heard.
export const loudest = (kinds) => RANK[Math.max(0, ...kinds.map((kind) => RANK.indexOf(kind)))];

// Whether sound can be heard now: unlocked, not stopped by the system, its clock running.
export function audible() {
  if (!context || context.state !== 'running') return false;
  const now = performance.now(), clock = context.currentTime;
  const passed = (now - seenAt) / 1000, moved = clock - seenClock;
  if (passed < 0.5) return true;
  const stands = seenAt > 0 && moved < 0.05;
  seenAt = now; seenClock = clock;
  return !stands;
}

// Proves that this page renders sound at this moment: true once the audio clock has moved over a few silent samples.
// No timer in it: a hidden page's are slowed, the end of a sound is told to it at once.
export function proveClock() {
  if (!context || context.state !== 'running') return Promise.resolve(false);
  const before = context.currentTime, mine = context.createBufferSource();
  mine.buffer = context.createBuffer(1, RATE * 0.05, RATE);
  mine.connect(gain);
  return new Promise((done) => {
    mine.onended = () => { mine.disconnect(); done(context.state === 'running' && context.currentTime > before); };
    mine.start();
  });
}

export const sounding = () => ringing;

export const volume = () => Math.min(1, Math.max(LEAST, Number(localStorage.getItem(KEPT)) || 0.8));

export function setVolume(value) {
  localStorage.setItem(KEPT, String(value));
  if (gain) gain.gain.value = volume();
}

// A notice of the system, where the person allowed it. It carries no name and no place: others read this screen too.
export function notice(title, body, go, tag = 'linli-alarm') {
  if (!('Notification' in window) || Notification.permission !== 'granted') return;
  try {
    const shown = new Notification(title, {body, tag, renotify: true, requireInteraction: true});
    shown.onclick = () => { window.focus(); shown.close(); go(); };
  } catch { /* phones allow notices only from a service worker */ }
}

function make() {
  if (context) return;
  context = new AudioContext();
  gain = context.createGain();
  gain.gain.value = volume();
  gain.connect(context.destination);
  context.onstatechange = tell;
}

function play(kind) {
  stop();
  if (!context || context.state !== 'running') return;
  start(kind, !ONCE.includes(kind));
}

function start(kind, loop) {
  const buffer = rendered(kind);
  const mine = context.createBufferSource();
  mine.buffer = buffer;
  mine.loop = loop;
  mine.connect(gain);
  mine.onended = () => {
    if (source !== mine) return;
    source = null; ringing = '';
    if (wanted && !ONCE.includes(wanted)) play(wanted); else flash(false); // the test tone had come in between
    tell();
  };
  stop();
  source = mine;
  ringing = kind;
  mine.start();
  return buffer.duration;
}

function stop() {
  ringing = '';
  if (!source) return;
  const old = source;
  source = null;
  old.onended = null;
  old.stop();
  old.disconnect();
}

function rendered(kind) {
  if (buffers.has(kind)) return buffers.get(kind);
  const parts = PATTERNS[kind];
  const buffer = context.createBuffer(1, Math.ceil(RATE * parts.reduce((sum, [, s]) => sum + s, 0)), RATE);
  const samples = buffer.getChannelData(0);
  let at = 0;
  for (const [hertz, seconds] of parts) {
    const count = Math.floor(RATE * seconds), edge = RATE * 0.01;
    for (let i = 0; hertz && i < count; i += 1) {
      const turn = 2 * Math.PI * hertz * i / RATE;
      // The third harmonic carries through small loudspeakers; soft edges, so that it does not click.
      samples[at + i] = (0.75 * Math.sin(turn) + 0.25 * Math.sin(3 * turn)) * Math.min(1, i / edge, (count - i) / edge);
    }
    at += count;
  }
  buffers.set(kind, buffer);
  return buffer;
}

const MARKS = /^[⚠☎] /;
const plain = () => document.title.replace(MARKS, '');
const marked = () => `${wanted === 'call' ? '☎' : '⚠'} ${plain()}`;

function flash(on) {
  if (!on) {
    clearInterval(flashing);
    flashing = 0;
    document.title = plain();
    return;
  }
  if (flashing) return;
  document.title = marked();
  flashing = setInterval(() => { document.title = MARKS.test(document.title) ? plain() : marked(); }, 1000);
}
