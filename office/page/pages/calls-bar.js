// On every page: who calls, with what to do about it; the call one is in; the call one has lost. F9 answers.
import {get, post} from '../ask.js';
import {toast} from '../app.js';
import {html, nothing, render} from '../html.js';
import {audible, unlock, watchRing} from '../ring.js';
import {since, t} from '../words.js';
import {callOf, departmentName, now, orphans, ringing, watchBoard} from './calls-board.js';
import {cardFacts} from './calls-card.js';
import {answer, backInto, hangUp, hold, inCall, mine, mute, waitingFor, watchMine} from './calls-mine.js';
import {pageToken, watchThere} from './calls-there.js';

const bar = document.createElement('div');
bar.id = 'call-bar';
document.body.append(bar); // shown above everything but alarms, read after them

let card = null, wanted = '';

// What is known of the first that rings is shown with it: nobody has to open anything to know who calls.
async function know(id) {
  if (wanted === id) return;
  wanted = id;
  card = null;
  if (!id) return;
  try {
    const got = await get(`/v1/calls/${encodeURIComponent(id)}`);
    if (wanted === id) card = got;
  } catch { /* it may have ended; who calls is known without */ }
  draw();
}

export async function decline(id) {
  try { await post(`/v1/calls/${encodeURIComponent(id)}/decline`, {page: pageToken()}); toast(t('call.declined')); } catch (error) { toast(error.message, 'bad'); }
}

function draw() {
  const [first, ...more] = ringing(), onIt = mine.call && location.hash === `#/calls/${mine.call.id}`;
  know(first ? first.id : '');
  render(inCall() ? (onIt ? nothing : own(mine.call)) : first ? rings(first, more.length) : lost(), bar);
}

function rings(call, more) {
  const name = departmentName(call.department);
  return html`<section class="bar call ${call.alarm ? 'grave' : ''}" aria-label=${t('call.bar')}>
    <p role="alert">${call.alarm ? t('call.rings-sos', call) : t('call.rings', {kiosk: call.kiosk, department: name})}</p>
    <span class="since" aria-hidden="true">${t('call.waited', {t: since(call.began, now())})}</span>
    <button class="main" @click=${() => answer(call.id)}>${t('call.answerKey')}</button>
    <button @click=${() => answer(call.id, {video: false})}>${t('call.answerSound')}</button>
    <button @click=${() => decline(call.id)}>${t('call.decline')}</button>
    <a class="button look" href="#/calls/${call.id}">${t('call.look')}</a>
    ${card && card.id === call.id ? html`<div class="facts">${cardFacts(card)}</div>` : nothing}
    ${more ? html`<span>${t('call.more', {n: more})}</span>` : nothing}
    ${audible() ? nothing : html`<span class="silent">${t('call.mute-bell')}</span><button @click=${() => unlock()}>${t('call.unmute-bell')}</button>`}
  </section>`;
}

const own = (call) => html`<section class="bar call mine" aria-label=${t('call.bar')}>
  <p>${t('call.in', {kiosk: call.kiosk})}</p><span class="since" aria-hidden="true">${call.answeredAt ? since(call.answeredAt) : nothing}</span>
  <a class="button main" href="#/calls/${call.id}">${t('call.to')}</a>
  ${call.held ? html`<button @click=${() => hold(false)}>${t('call.resume')}</button>` : html`<button aria-pressed=${call.muted} @click=${() => mute(!call.muted)}>${t(call.muted ? 'call.unmute' : 'call.mute')}</button>`}
  <button class="danger" @click=${hangUp}>${t('call.hangUp')}</button></section>`;

function lost() {
  const [id] = waitingFor(), [orphan] = orphans();
  if (id) {
    return html`<section class="bar call" aria-label=${t('call.bar')}><p role="alert">${t('call.backInto', {kiosk: (callOf(id) || {}).kiosk || ''})}</p>
      <button class="main" @click=${() => backInto(id)}>${t('call.backIn')}</button></section>`;
  }
  if (!orphan) return nothing;
  return html`<section class="bar call" aria-label=${t('call.bar')}><p role="alert">${t('call.orphan', {kiosk: orphan.kiosk, name: orphan.clerk_name})}</p>
    <button class="main" @click=${() => answer(orphan.id)}>${t('call.answerKey')}</button><a class="button" href="#/calls/${orphan.id}">${t('call.look')}</a></section>`;
}

// One key, whatever is open: the call one has lost, the first that rings, one that nobody holds any more.
function answerFirst() {
  if (inCall()) return;
  const [id] = waitingFor(), [first] = ringing(), [orphan] = orphans();
  if (first) answer(first.id); else if (id) backInto(id); else if (orphan) answer(orphan.id);
}

document.addEventListener('keydown', (event) => {
  if (event.key !== 'F9' || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  answerFirst();
});
setInterval(() => { if (inCall() || ringing().length) draw(); }, 1000);
// Both bars stick to the top: this one below the alarms', however high that is.
new ResizeObserver(([alarms]) => { bar.style.top = `${alarms.target.offsetHeight}px`; }).observe(document.getElementById('alarm-bar'));
window.addEventListener('hashchange', draw);
watchRing(draw); watchBoard(draw); watchThere(draw); watchMine(draw);
