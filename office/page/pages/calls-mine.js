// The call that this page has: signals with the desk, media with the kiosk, one beat a second. It goes on over every page.
//
// The desk grants and decides; the kiosk offers; this answers. `mine.call` is null, or what there is to know.
import {toast} from '../app.js';
import {post} from '../ask.js';
import * as live from '../live.js';
import {t} from '../words.js';
import {callOf, quietWhile, sound} from './calls-board.js';
import {makeTalk} from './calls-data.js';
import {heardBy, openOwn} from './calls-devices.js';
import {clear, ear, face, play, self, show} from './calls-faces.js';
import {DEAD_MS, makeLine} from './calls-line.js';
import {makeMedia} from './calls-media.js';
import {found, lostCalls, pageToken} from './calls-there.js';
import {reasonWords} from './calls-words.js';

const BEAT_MS = 1000, RENEW_MS = 5000, ENDED = {state: 'ended'};
const listeners = new Set();
let call = null, media = null, line = null, talk = null, beat = 0, up = false;

export const mine = {get call() { return call; }, get talk() { return talk; }};
export const inCall = () => !!call && call.state !== 'ended';

// Call `see(what)` after every change; returns what ends it.
export function watchMine(see) {
  listeners.add(see);
  return () => listeners.delete(see);
}

const told = (what = 'call') => listeners.forEach((see) => see(what));
const path = (way) => `/v1/calls/${encodeURIComponent(call.id)}/${way}`;
const change = (more) => { if (call) { Object.assign(call, more); told(); } };
quietWhile(inCall);

function begin(id, {video: wanted = true} = {}) {
  const row = callOf(id);
  call = {
    id, kiosk: row ? row.kiosk : '', gateway: row ? row.gateway : '', department: row ? row.department : '', alarm: row ? row.alarm : '', state: 'opening', began: Date.now(), answeredAt: 0, reason: '',
    leg: 0, ice: [], relayOnly: false, wantsVideo: wanted, video: false, muted: false, faults: [], held: false, away: 0, pictureAt: 0, silent: false,
    word: 'wait', awaySince: 0, pictureless: 0, soundOnly: false, theirSoundOnly: false, renewedAt: 0, accepted: true, notes: {title: '', text: '', phone: '', department: ''}, cases: [], outcome: '', lasted: 0,
  };
  media = makeMedia(hear);
  line = makeLine();
  talk = makeTalk({send: (text) => media.send(text), changed: told});
  heardBy(ear);
  clearInterval(beat);
  beat = setInterval(tick, BEAT_MS);
  sound();
  told();
}

// --- the ways in

// Answers; of two who answer at once the second reads who was first. True when this page has it.
export const answer = (id, {video: wanted = true} = {}) => enter(id, wanted, () => post(`/v1/calls/${encodeURIComponent(id)}/take`, {page: pageToken()}));

// Back into the own call, after a reload: the kiosk makes a new leg, nobody there does anything.
export async function backInto(id) {
  const back = await enter(id, true, () => post(`/v1/calls/${encodeURIComponent(id)}/resume`, {page: pageToken(), leg: 0, media: false}));
  found(id);
  return back;
}

// The office calls a kiosk.
export const ringKiosk = (gateway, asked, kiosk = '') => enter('', true, () => post(`/v1/call-kiosks/${encodeURIComponent(gateway)}/ring`, {page: pageToken(), video: true, alarm: '', callback: '', ...asked}), {gateway, kiosk, accepted: false});

async function enter(id, wanted, ask, more = {}) {
  if (inCall()) return false;
  drop();
  begin(id, {video: wanted});
  Object.assign(call, more);
  const here = call, opening = openDevices(here);
  try {
    const taken = await ask();
    if (call !== here || here.state === 'ended') { // hung up before it was granted
      post(`/v1/calls/${encodeURIComponent(taken.call)}/hang-up`, {page: pageToken()}).catch(() => {});
      return false;
    }
    Object.assign(here, {id: taken.call, state: taken.state, department: taken.department, ice: taken.ice, relayOnly: taken.relay_only, answeredAt: Date.now(), theirVideo: taken.video, language: taken.language});
    location.hash = `#/calls/${taken.call}`;
    told();
    // Browsers hide this machine's addresses from the other end until a camera or a microphone was allowed.
    if (!await allowed()) await opening;
    if (taken.sdp) await meet(taken.leg, taken.sdp);
    return true;
  } catch (error) {
    toast(error.message, 'bad');
    if (call === here) { drop(); told(); }
    return false;
  }
}

async function allowed() {
  try { return (await navigator.permissions.query({name: 'microphone'})).state === 'granted'; } catch { return false; }
}

async function openDevices(here) {
  const own = await openOwn({video: here.wantsVideo});
  if (call !== here || !inCall()) { [own.audio, own.video].forEach((track) => track && track.stop()); return; }
  here.faults = own.faults;
  await use('microphone', own.audio);
  await use('camera', own.video);
  told();
}

// Another microphone or camera, or none.
export async function use(what, track) {
  if (!inCall()) { if (track) track.stop(); return; }
  const kind = what === 'camera' ? 'video' : 'audio';
  if (track) {
    call.faults = call.faults.filter((one) => !one.startsWith(what));
    track.enabled = !(call.held || (kind === 'audio' && call.muted));
    track.onended = () => { if (media && media.own(kind) === track) { use(what, null); change({faults: [...call.faults, `${what}-gone`]}); } };
  }
  if (kind === 'video') { show(self, track); call.video = !!track; }
  await media.use(kind, track);
  told();
}

// --- what comes

// An offer of the kiosk: answered with nobody doing anything.
async function meet(leg, sdp) {
  if (!inCall() || leg < call.leg) return;
  const here = call;
  here.leg = leg;
  line.anew(performance.now());
  talk.anew();
  try {
    const own = await media.answer({leg, sdp}, {ice: here.ice, relayOnly: here.relayOnly});
    if (own && call === here && here.leg === leg) await post(path('answer'), {page: pageToken(), leg, sdp: own});
  } catch (error) {
    if (call === here && here.leg === leg && error.status !== 0) toast(error.message, 'bad');
  }
}

function hear(what, value) {
  if (what === 'track') incoming(value);
  else if (what === 'data') talk.hear(value);
  else if (what === 'open') { talk.again(); told('text'); }
  else if (what === 'state' && value === 'failed') renew();
}

function incoming(track) {
  show(track.kind === 'video' ? face : ear, track, (silent) => change({silent}));
  if (track.kind === 'video' && 'requestVideoFrameCallback' in face) face.requestVideoFrameCallback(() => change({pictureAt: Date.now()}));
}

const heard = {
  offer: ({leg, sdp, ice}) => { if (ice) call.ice = ice; return meet(leg, sdp); },
  alive: ({quality}) => change({theirSoundOnly: !!(quality && quality.sound_only), away: 0}),
  renew: () => change({word: 'away', awaySince: call.awaySince || performance.now() - DEAD_MS}),
  away: () => change({away: performance.now() - DEAD_MS}),
  back: () => change({away: 0}),
  accepted: () => change({accepted: true, answeredAt: Date.now()}),
  state: ({state}) => { change({state}); keepHold(state); },
  ended: ({reason}) => end(reason),
};
live.on('call', (word) => { if (inCall() && word.call === call.id && heard[word.kind]) heard[word.kind](word); });

// The line to the desk was away: what is spoken never was. The page has a new name, and says that it still has the call.
live.watch((state) => { up = state === 'up'; if (call) told(); });
async function again() {
  if (!inCall() || !call.id || !pageToken()) return;
  const here = call, {leg} = here;
  try {
    const taken = await post(path('resume'), {page: pageToken(), leg, media: line.verdict(performance.now()).media});
    if (call !== here) return;
    found(here.id);
    Object.assign(here, {ice: taken.ice, relayOnly: taken.relay_only, state: taken.state});
    if (taken.sdp && taken.leg > here.leg) await meet(taken.leg, taken.sdp);
  } catch (error) {
    if (call === here && error.status >= 400 && error.status < 500) end('elsewhere');
  }
}
let name = '';
live.on('calls-you', ({page}) => {
  const fresh = page && page !== name;
  if (page) name = page;
  if (fresh && inCall()) again();
});

export const deskAway = () => inCall() && !up;
// Calls of ours that live and that no page has.
export const waitingFor = () => lostCalls().filter((id) => callOf(id) && !(call && call.id === id));

// --- every second

async function tick() {
  if (!inCall()) return;
  const here = call, at = performance.now();
  const measure = await media.measure(at);
  if (call !== here || !inCall()) return;
  if (here.held || !here.accepted) line.still(at); else if (measure) line.learn(measure, at);
  const seen = line.verdict(at), began = here.leg > 0;
  here.pictureless = measure && measure.sound > 0 && !measure.pictures ? here.pictureless + 1 : 0;
  if (seen.soundOnly !== here.soundOnly || here.theirSoundOnly !== here.wasTheirs) media.sendPicture(!seen.soundOnly && !here.theirSoundOnly);
  Object.assign(here, {word: began ? (here.state === 'connecting' && !seen.media && seen.word !== 'away' ? 'wait' : seen.word) : 'wait', awaySince: seen.awaySince, soundOnly: seen.soundOnly, wasTheirs: here.theirSoundOnly});
  live.say('call', {do: 'alive', call: here.id, leg: here.leg, media: seen.media, quality: measure ? quality(measure, seen) : undefined});
  if (seen.word === 'away' && began && !here.held && !here.away) renew();
  told('beat');
}

const quality = (measure, seen) => ({
  loss: Math.min(1, measure.loss), rtt_ms: measure.rtt_ms, frames_s: measure.frames_s, width: measure.width, height: measure.height, kbit_s: measure.kbit_s, sound_only: seen.soundOnly,
});

function renew() {
  const at = performance.now();
  if (!inCall() || !call.leg || at - call.renewedAt < RENEW_MS) return;
  call.renewedAt = at;
  post(path('renew'), {page: pageToken(), leg: call.leg}).catch(() => {}); // asked again as long as it is away
}

// --- what the clerk does

export function mute(on) {
  const track = media.own('audio');
  if (track) track.enabled = !on && !call.held;
  change({muted: on});
}

export const listen = () => play(ear, (silent) => change({silent}));

export async function camera(on) {
  if (!on) { await use('camera', null); return; }
  const own = await openOwn({audio: false});
  call.faults = [...call.faults.filter((one) => !one.startsWith('camera') && one !== 'insecure'), ...own.faults];
  await use('camera', own.video);
}

async function does(way, body = {}) {
  try { await post(path(way), {page: pageToken(), ...body}); return true; } catch (error) { toast(error.message, 'bad'); return false; }
}

export async function hold(on) {
  heldNow(on); // before it is asked: who puts somebody on hold speaks at once to somebody else
  if (!await does('hold', {on})) heldNow(!on);
}

// A line that broke in a hold comes back without it: whoever was put on hold stays there until the clerk is back.
function keepHold(state) {
  if (state === 'on-hold' && !call.held) heldNow(true);
  else if (state === 'connected' && call.held) does('hold', {on: true});
}

function heldNow(on) {
  const sending = media.own('audio'), picture = media.own('video');
  if (sending) sending.enabled = !on && !call.muted;
  if (picture) picture.enabled = !on;
  ear.muted = on;
  line.still(performance.now());
  change({held: on});
}

export const transfer = (to) => does('transfer', {department: '', clerk: '', ...to});

export async function hangUp() {
  if (!call) return;
  if (!call.id) { end('office'); return; }
  const here = call, asked = does('hang-up');
  stop(); // camera and microphone go out with the click, not with the answer
  if (await asked && call === here && inCall()) end('office');
}

export async function outcome(word) {
  if (await does('outcome', {outcome: word})) change({outcome: word});
}

export async function toCase(fields) {
  const made = await post(path('case'), {page: pageToken(), kind: 'call', name: '', ...fields});
  change({cases: [...call.cases, made], notes: {title: '', text: '', phone: '', department: fields.department}});
  return made;
}

// --- the end

function stop() {
  clearInterval(beat);
  media.close();
  clear();
}

function end(reason) {
  if (!inCall()) return;
  stop();
  talk.close();
  Object.assign(call, ENDED, {reason, lasted: call.answeredAt ? Date.now() - call.answeredAt : 0});
  if (reason !== 'office') toast(t('call.ended', {reason: reasonWords(reason)}));
  sound();
  told();
}

// What is left of it leaves the page.
export function drop() {
  if (inCall()) stop();
  if (talk) talk.close();
  call = null;
  told();
}

window.addEventListener('linli-left', drop);
window.addEventListener('beforeunload', (event) => { if (inCall() && call.id) event.preventDefault(); });
