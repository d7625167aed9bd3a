// Video calls: what rings, waits and runs; one call before it is answered, while one is in it, and after.
import {get} from '../ask.js';
import {formDialog} from '../dialog.js';
import {html, nothing, repeat} from '../html.js';
import {makeList} from '../list.js';
import {said, since, t, time} from '../words.js';
import {callOf, departmentName, now, orphans, ringsHere, seen, watchBoard} from './calls-board.js';
import {decline} from './calls-bar.js';
import {cardView} from './calls-card.js';
import {chooseDevices} from './calls-devices.js';
import {answer, inCall, mine, ringKiosk, waitingFor, backInto} from './calls-mine.js';
import {openTalk} from './calls-talk.js';
import {mayTake, takeCalls, takeNone, takesCalls, watchThere} from './calls-there.js';
import {loadVocabulary} from './cases-words.js';
import {caseNumber, reasonWords, stateWords} from './calls-words.js';

const LIMIT = 30;

export const calls = {
  path: 'calls', may: 'calls.take', title: ['视频来电', 'Video calls'], icon: 'video',
  open(ctx) {
    let part = one(ctx.args);
    function one([id]) { return id ? openCall(ctx, id) : openBoard(ctx); }
    return {
      follow(args) { part.close(); part = one(args); },
      close() { part.close(); },
      view: () => part.view(),
    };
  },
};

// One call: its card, and once this page has it the talk.
function openCall(ctx, id) {
  let card = null, gone = null, talk = null, later = 0;
  const load = async () => {
    try { card = await get(`/v1/calls/${encodeURIComponent(id)}`); } catch (error) { gone = error; }
    ctx.redraw();
  };
  const soon = () => { clearTimeout(later); later = setTimeout(load, 300); };
  const known = () => card;
  known.view = () => cardView(card, callOf(id));
  let state = '';
  const ends = [watchBoard(() => { const row = callOf(id), now_ = row ? `${row.state}${row.clerk}` : ''; if (now_ !== state) { state = now_; soon(); } ctx.redraw(); }), watchThere(ctx.redraw)];
  const ticking = setInterval(ctx.redraw, 1000);
  load();
  loadVocabulary().then(ctx.redraw, () => {});

  function before() {
    const row = callOf(id);
    if (!card) return html`<p class="empty">${gone ? gone.message : t('call.loading')}</p>`;
    const mayAnswer = row && !inCall() && (ringsHere(row) || orphans().includes(row));
    return html`<p class="crumb"><a href="#/calls">← ${t('call.back')}</a></p>
      <h1>${card.kiosk}</h1>
      ${row ? nothing : html`<p class="warn" role="status">${t('call.gone')}</p>`}
      ${mayAnswer ? html`<div class="actions do"><button class="main large" @click=${() => answer(id)}>${t('call.answerKey')}</button><button @click=${() => answer(id, {video: false})}>${t('call.answerSound')}</button><button @click=${() => decline(id)}>${t('call.decline')}</button></div>` : nothing}
      ${waitingFor().includes(id) && !inCall() ? html`<div class="actions do"><button class="main large" @click=${() => backInto(id)}>${t('call.backIn')}</button></div>` : nothing}
      <section class="card">${cardView(card, row)}</section>`;
  }

  return {
    close() { ends.forEach((end) => end()); clearInterval(ticking); clearTimeout(later); if (talk) talk.close(); },
    view() {
      if (!mine.call || mine.call.id !== id) { if (talk) { talk.close(); talk = null; } return before(); }
      talk ??= openTalk(ctx, known);
      return talk.view();
    },
  };
}

function openBoard(ctx) {
  const list = makeList({
    load: (before) => get(`/v1/call-history?limit=${LIMIT}${before ? `&before=${before}` : ''}`),
    read: (answered) => { const items = answered.calls || answered.items || answered; return {items, next: items.length === LIMIT ? items[items.length - 1].began : null}; },
    redraw: ctx.redraw, fail: ctx.fail,
  });
  let living = '';
  const ends = [watchThere(ctx.redraw), watchBoard(() => {
    const ids = seen.board.calls.map((call) => call.id).join();
    if (ids !== living) { living = ids; list.load(); }
    ctx.redraw();
  })];
  const ticking = setInterval(ctx.redraw, 1000);
  list.load();
  return {
    close() { ends.forEach((end) => end()); clearInterval(ticking); },
    view: () => html`<div class="heading"><h1>${t('call.title')}</h1><span class="actions"><button @click=${() => chooseDevices()}>${t('call.devicesBtn')}</button><button @click=${() => callKiosk(ctx)} ?disabled=${inCall()}>${t('call.kiosk')}</button></span></div>
      ${mayTake() ? switchCard() : nothing}
      <h2>${t('call.now')}</h2>
      ${!seen.loaded ? html`<p class="empty">${t('call.loading')}</p>` : seen.board.calls.length ? html`<ul class="alarms calls">${repeat(seen.board.calls, (call) => call.id, row)}</ul>` : html`<p class="empty good">${t('call.nowNone')}</p>`}
      ${departments()}
      <section class="card"><h2>${t('call.history')}</h2>${list.view(history, {empty: t('call.h.none')})}</section>`,
  };
}

const switchCard = () => html`<section class="card my-duty ${takesCalls() ? 'on' : 'off'}"><p class="big">${t(takesCalls() ? 'call.me-on' : 'call.me-off')}</p>
  ${takesCalls() ? html`<button @click=${takeNone}>${t('call.leave')}</button>` : html`<button class="main large" @click=${takeCalls}>${t('call.begin')}</button>`}
  <strong class="badge mark">${t('call.norecord')}</strong></section>`;

function row(call) {
  const here = ringsHere(call) && !inCall();
  return html`<li class="alarm call ${call.alarm ? 'open' : call.clerk ? 'way' : 'taken'}" data-call=${call.id}>
    <span class="state"><strong>${stateWords(call.state)}</strong>${call.alarm ? html`<span class="badge bad">SOS</span>` : nothing}</span>
    <a class="what" href="#/calls/${call.id}"><span class="cause">${call.kiosk}</span><span class="where">${departmentName(call.department)}${call.clerk ? ` · ${call.clerk_name}` : ''}</span></a>
    <span class="since">${call.clerk ? since(call.since, now()) : t('call.waited', {t: since(call.began, now())})}</span>
    ${here ? html`<button class="main" @click=${() => answer(call.id)}>${t('call.answer')}</button>` : nothing}
    <p class="facts">${call.place ? html`<span class="badge">${t('call.s.queued')} ${call.place}</span>` : nothing}${call.away ? html`<span class="badge bad">${t('call.q.away')}</span>` : nothing}${call.video ? nothing : html`<span class="badge">${t('call.h.sound')}</span>`}${call.outgoing ? html`<span class="badge">${t('call.h.out')}</span>` : nothing}</p></li>`;
}

const departments = () => html`<section class="card"><div class="scroll" tabindex="0" role="region" aria-label=${t('call.departments')}><table><caption>${t('call.departments')}</caption>
  <thead><tr><th scope="col">${t('call.d.name')}</th><th scope="col">${t('call.d.open')}</th><th scope="col" class="number">${t('call.d.there')}</th><th scope="col" class="number">${t('call.d.free')}</th><th scope="col" class="number">${t('call.d.waiting')}</th><th scope="col" class="number">${t('call.d.wait')}</th></tr></thead>
  <tbody>${seen.board.departments.map((one) => html`<tr><th scope="row">${said(one)}</th><td>${one.open ? html`<span class="badge good">${t('call.d.open')}</span>` : html`<span class="badge">${t('call.d.closed')}</span> ${one.opens_at ? t('call.d.opens', {at: time(one.opens_at).slice(0, -3)}) : nothing}`}</td>
    <td class="number">${one.there}</td><td class="number">${one.free}</td><td class="number">${one.waiting}</td><td class="number">${one.wait_s === null || one.wait_s === undefined ? t('call.d.unknown') : since(0, one.wait_s * 1000)}</td></tr>`)}</tbody></table></div></section>`;

const long = (s) => (s === null || s === undefined ? '—' : since(0, s * 1000));
const history = (rows) => html`<div class="scroll" tabindex="0" role="region" aria-label=${t('call.history')}><table><caption class="unseen">${t('call.history')}</caption>
  <thead><tr><th scope="col">${t('call.h.began')}</th><th scope="col">${t('call.c.place')}</th><th scope="col">${t('call.d.name')}</th><th scope="col">${t('call.h.clerk')}</th><th scope="col" class="number">${t('call.h.waited')}</th><th scope="col" class="number">${t('call.h.handled')}</th><th scope="col">${t('call.c.how')}</th></tr></thead>
  <tbody>${repeat(rows, (one) => one.id, (one) => html`<tr><td>${time(one.began)}</td><td>${one.alarm ? html`<span class="badge bad">SOS</span> ` : nothing}${one.kiosk || one.gateway}</td><td>${departmentName(one.department)}</td><td>${one.clerk_name || '—'}</td><td class="number">${long(one.waited_s)}</td><td class="number">${long(one.handled_s)}</td>
    <td>${one.outgoing ? html`<span class="badge">${t('call.h.out')}</span> ` : nothing}${one.ended ? reasonWords(one.reason) : stateWords('connected')}${one.outcome ? ` · ${t(`call.o.${one.outcome}`)}` : ''}${one.sound_only ? ` · ${t('call.h.sound')}` : ''}${one.case ? html` · ${caseNumber(one.case)}` : nothing}</td></tr>`)}</tbody></table></div>`;

async function callKiosk(ctx) {
  let kiosks = [];
  try { kiosks = await get('/v1/call-kiosks'); } catch (error) { ctx.fail(error); return; }
  kiosks = kiosks.kiosks || kiosks;
  const words = (one) => `${one.kiosk || one.gateway}${one.online ? one.free ? '' : ` (${t('call.kioskBusy')})` : ` (${t('call.kioskOff')})`}`;
  const ways = kiosks.filter((one) => one.online && one.free);
  if (!ways.length) { ctx.toast(t('call.kioskNone'), 'bad'); return; }
  formDialog({
    title: t('call.kiosk'), ok: t('call.ring'),
    fields: [
      {name: 'gateway', label: t('call.c.place'), kind: 'select', options: ways.map((one) => [one.gateway, words(one)])},
      {name: 'department', label: t('call.asDepartment'), kind: 'select', options: seen.board.departments.map((one) => [one.id, [one.zh, one.en]])},
    ],
    submit: async (values) => { const chosen = ways.find((one) => one.gateway === values.gateway); ringKiosk(values.gateway, {department: values.department}, chosen ? chosen.kiosk : ''); return true; },
  });
}
