// Camera, microphone and loudspeaker of this machine: opened, chosen, tried; and in words why one of them cannot be had.
import {openDialog} from '../dialog.js';
import {html, nothing} from '../html.js';
import {t} from '../words.js';
import './calls-words.js';

const KEPT = {camera: 'linli-camera', microphone: 'linli-microphone', speaker: 'linli-speaker'};
const PICTURE = {width: {ideal: 640}, height: {ideal: 480}, frameRate: {ideal: 25, max: 30}};
const SOUND = {echoCancellation: true, noiseSuppression: true, autoGainControl: true};
const WHY = {NotAllowedError: 'blocked', SecurityError: 'blocked', NotFoundError: 'none', OverconstrainedError: 'none', NotReadableError: 'busy', AbortError: 'busy'};

export const chosen = (what) => localStorage.getItem(KEPT[what]) || '';
const keep = (what, id) => localStorage.setItem(KEPT[what], id);
const wish = (what, rest) => (chosen(what) ? {...rest, deviceId: {ideal: chosen(what)}} : rest);

// Browsers give a camera and a microphone to pages with a secure address only.
export const reachable = () => window.isSecureContext && !!navigator.mediaDevices;

// {audio, video, faults}: what could be opened, and for the rest `microphone-blocked`, `camera-none`, …: keys of words.
export async function openOwn({video = true, audio = true} = {}) {
  const own = {audio: null, video: null, faults: []};
  if (!reachable()) return {...own, faults: ['insecure']};
  try {
    const both = await navigator.mediaDevices.getUserMedia({audio: audio && wish('microphone', SOUND), video: video && wish('camera', PICTURE)});
    return {...own, audio: both.getAudioTracks()[0] || null, video: prepared(both.getVideoTracks()[0])};
  } catch { /* one of the two may still be had */ }
  for (const [kind, what] of [['audio', 'microphone'], ['video', 'camera']]) {
    if (!(kind === 'audio' ? audio : video)) continue;
    try { own[kind] = await open(what); } catch (error) { own.faults.push(fault(what, error)); }
  }
  return own;
}

// One of them, anew. Throws.
export async function open(what) {
  const asked = what === 'camera' ? {video: wish('camera', PICTURE)} : {audio: wish('microphone', SOUND)};
  const [track] = (await navigator.mediaDevices.getUserMedia(asked)).getTracks();
  return what === 'camera' ? prepared(track) : track;
}

export const fault = (what, error) => `${what}-${(reachable() && WHY[error.name]) || 'busy'}`;

function prepared(track) {
  if (track) track.contentHint = 'motion'; // a face: rather less sharp than jerky
  return track || null;
}

export async function heardBy(element) {
  if (chosen('speaker') && element.setSinkId) await element.setSinkId(chosen('speaker')).catch(() => {});
}

// How loud it is, 0 to 1, told with every picture of the screen; returns what ends it.
export function meter(track, told) {
  const context = new AudioContext(), ear = context.createAnalyser();
  context.createMediaStreamSource(new MediaStream([track])).connect(ear);
  const samples = new Float32Array(ear.fftSize);
  let going = true;
  const look = () => {
    if (!going) return;
    ear.getFloatTimeDomainData(samples);
    const loud = Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
    told(Math.min(1, Math.max(0, (20 * Math.log10(loud || 1e-6) + 60) / 54))); // -60 dB to -6 dB
    requestAnimationFrame(look);
  };
  look();
  return () => { going = false; context.close(); };
}

// Choose and try. `used(what, track)` gets every newly opened one; without it (no call) they are closed again.
export function chooseDevices(used = null) {
  const face = document.createElement('video'), own = {camera: null, microphone: null};
  face.muted = true; face.autoplay = true; face.playsInline = true; face.className = 'own-try';
  face.setAttribute('aria-label', t('call.own'));
  let all = [], faults = [], ends = () => {}, level = 0, box = null, over = false;

  async function load() {
    const opened = await openOwn();
    if (over) { [opened.audio, opened.video].forEach((track) => track && track.stop()); return; }
    faults = opened.faults;
    take('microphone', opened.audio); take('camera', opened.video);
    all = reachable() ? await navigator.mediaDevices.enumerateDevices() : [];
    box.redraw();
  }

  function take(what, track) {
    if (own[what]) own[what].stop();
    own[what] = track;
    if (what === 'camera') face.srcObject = track ? new MediaStream([track]) : null;
    else { ends(); ends = track ? meter(track, show) : () => {}; }
  }

  function show(loud) {
    level = loud;
    const bar = document.getElementById('call-level');
    if (bar) bar.value = level;
  }

  async function choose(what, id) {
    keep(what, id);
    if (what === 'speaker') { box.redraw(); return; }
    try {
      take(what, await open(what));
      faults = faults.filter((one) => !one.startsWith(what));
      if (used) await used(what, await open(what));
    } catch (error) { faults = [...faults.filter((one) => !one.startsWith(what)), fault(what, error)]; }
    box.redraw();
  }

  const select = (what, kind) => {
    const ways = all.filter((one) => one.kind === kind && one.deviceId && one.deviceId !== 'communications');
    if (!ways.length) return nothing;
    const now = chosen(what) || (own[what] && own[what].getSettings().deviceId) || ways[0].deviceId;
    return html`<label for="call-${what}">${t(`call.${what}`)}</label>
      <select id="call-${what}" @change=${(event) => choose(what, event.target.value)}>${ways.map((one, n) => html`<option value=${one.deviceId} ?selected=${one.deviceId === now}>${one.label || `${t(`call.${what}`)} ${n + 1}`}</option>`)}</select>`;
  };

  box = openDialog({
    title: t('call.devices'),
    closed: () => { over = true; take('microphone', null); take('camera', null); },
    view: (self) => html`
      ${faults.map((one) => html`<p class="bad" role="alert">${t(`call.f.${one}`)}</p>`)}
      <div class="split"><div>
        ${select('microphone', 'audioinput')}
        <label for="call-level">${t('call.level')}</label><meter id="call-level" min="0" max="1" value=${level}></meter>
        <p class="hint">${t('call.levelHint')}</p>
        ${select('camera', 'videoinput')}
        ${'setSinkId' in face ? select('speaker', 'audiooutput') : nothing}
      </div>${face}</div>
      <div class="actions gap"><button class="main" @click=${() => self.close()}>${t('call.devicesDone')}</button></div>`,
  });
  load();
  return box;
}
