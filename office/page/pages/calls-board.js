// What lives at the desk: calls that wait, ring and run, departments, who is free. The desk sends it whole, the newest is the truth.
import {get} from '../ask.js';
import * as live from '../live.js';
import {notice, quiet, ring} from '../ring.js';
import {said, t} from '../words.js';
import {mayTake, takesCalls, watchThere, whoAmI} from './calls-there.js';
import './calls-words.js';

const EMPTY = {calls: [], departments: [], clerks: [], callbacks: 0};
const rung = new Set(), listeners = new Set();
let board = EMPTY, loaded = false, busy = () => false, ahead = 0;

export const seen = {get board() { return board; }, get loaded() { return loaded; }};
export const callOf = (id) => board.calls.find((one) => one.id === id);
// The desk's clock, by which `since` and `began` are written.
export const now = () => Date.now() + ahead;

export function departmentName(id) {
  const found = board.departments.find((one) => one.id === id);
  return found ? said(found) : id;
}

// For whoever sees figures and takes no calls: only the names.
export async function loadDepartments() {
  if (mayTake() || board.departments.length) return;
  const {departments} = await get('/v1/departments');
  board = {...board, departments: departments.map(({department: {id, name}}) => ({id, ...name}))};
  told();
}

// Call `see()` after every change; returns what ends it.
export function watchBoard(see) {
  listeners.add(see);
  return () => listeners.delete(see);
}

// In a call nothing else rings here; alarms do.
export function quietWhile(inCall) { busy = inCall; }

export const ringsHere = (call) => takesCalls() && !call.clerk && call.rings.includes(whoAmI());
// Whoever had it is gone; somebody of the department may take it over.
export const orphans = () => board.calls.filter((call) => call.orphan && takesCalls() && call.clerk !== whoAmI());
export const ringing = () => (busy() ? [] : board.calls.filter(ringsHere));

export function sound() {
  const here = ringing();
  if (here.length) ring(here.some((call) => call.alarm) ? 'emergency' : 'call', 'calls'); else quiet('calls');
  const fresh = here.filter((call) => !rung.has(call.id));
  rung.clear();
  here.forEach((call) => rung.add(call.id));
  if (fresh.length) notice(t('call.noticeTitle'), t('call.noticeBody'), () => { location.hash = `#/calls/${fresh[0].id}`; }, 'linli-call');
}

function become(next) {
  board = next;
  loaded = true;
  // The youngest change is not older than now: enough to read waiting times by a clock that is wrong by minutes.
  const youngest = Math.max(0, ...board.calls.map((call) => call.since));
  if (youngest > now()) ahead = youngest - Date.now();
  told();
}

function told() {
  sound();
  listeners.forEach((see) => see());
}

async function load() {
  if (!mayTake()) return;
  try { become(await get('/v1/calls')); } catch { /* the line that is gone says so; it is asked again when it is back */ }
}

live.on('calls', become);
live.on('callbacks', ({waiting}) => { board = {...board, callbacks: waiting}; told(); });
live.watch((line) => {
  if (line === 'up') load();
  if (line === 'off') { board = EMPTY; loaded = false; told(); }
});
watchThere(told);
