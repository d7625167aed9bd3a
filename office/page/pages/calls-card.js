// The card of a call: which kiosk, what was open there, whose slip, what was before. Before it is answered, and beside it.
import {html, nothing} from '../html.js';
import {since, t, time} from '../words.js';
import {departmentName, now} from './calls-board.js';
import {stepName} from './cases-words.js';
import {caseNumber, reasonWords, stateWords} from './calls-words.js';

const caseLink = (one) => html`${caseNumber(one.number)} ${one.title} <span class="badge">${stepName(one.status)}</span>`;
const STAGES = {acknowledged: 'al.state.taken', closed: 'al.state.closed'};

function alarmOf(card) {
  if (!card.alarm) return nothing;
  return html`<strong class="badge bad">SOS</strong> ${card.alarm.known ? html`<a href="#/alarms/${card.alarm.id}">${t('call.c.sosLink')}</a> ${t(STAGES[card.alarm.stage] || 'al.state.open')}` : t('call.c.sosNew')}`;
}

const when = (call) => (call.ended ? '—' : since(call.began, now()));

// In a line, for the bar that rings.
export const cardFacts = (card) => html`
  ${card.alarm ? html`<span>${alarmOf(card)}</span>` : nothing}
  ${card.place && card.place !== card.kiosk ? html`<span>${card.place}</span>` : nothing}
  ${card.guide ? html`<span>${t('call.c.guide')}:<strong>${card.guide_title || card.guide}</strong></span>` : nothing}
  ${card.case ? html`<span>${t('call.c.case')}:${caseLink(card.case)}</span>` : nothing}
  ${card.same_clerk ? html`<span class="badge good">${t('call.c.same', {name: card.same_clerk})}</span>` : nothing}
  ${card.language === 'en' ? html`<span class="badge">${t('call.c.english')}</span>` : nothing}
  ${card.video ? nothing : html`<span class="badge">${t('call.c.soundOnly')}</span>`}`;

// The whole of it. `call` is the row of the board, while there is one.
export const cardView = (card, call) => html`
  ${card.alarm ? html`<p class="bad big">${alarmOf(card)}</p>` : nothing}
  ${card.same_clerk ? html`<p class="good">${t('call.c.same', {name: card.same_clerk})}</p>` : nothing}
  <dl>
    <dt>${t('call.c.place')}</dt><dd><strong>${card.kiosk}</strong>${card.place && card.place !== card.kiosk ? html` · ${card.place}` : nothing}</dd>
    <dt>${t('call.c.department')}</dt><dd>${departmentName(card.department)}</dd>
    <dt>${t('call.c.guide')}</dt><dd>${card.guide ? card.guide_title || card.guide : '—'}</dd>
    <dt>${t('call.c.case')}</dt><dd>${card.case ? caseLink(card.case) : '—'}</dd>
    ${call && !call.clerk ? html`<dt>${t('call.c.waited')}</dt><dd class="since">${when(call)}</dd>` : nothing}
    ${call && call.clerk ? html`<dt>${t('call.c.with')}</dt><dd>${call.clerk_name}</dd>` : nothing}
    <dt>${t('call.c.state')}</dt><dd>${stateWords(call ? call.state : card.state)}</dd>
    ${card.language === 'en' ? html`<dt>${t('call.c.language')}</dt><dd>${t('call.c.english')}</dd>` : nothing}
    ${card.video ? nothing : html`<dt></dt><dd>${t('call.c.soundOnly')}</dd>`}
    ${card.cases.length ? html`<dt>${t('call.c.cases')}</dt><dd>${card.cases.map((one) => html`<div>${caseLink(one)}</div>`)}</dd>` : nothing}
  </dl>
  <h3 class="gap">${t('call.c.earlier')}</h3>
  ${card.earlier.length ? html`<ul class="lines">${card.earlier.map((one) => html`<li>${time(one.began)} · ${departmentName(one.department)} · ${one.clerk_name || '—'} · ${reasonWords(one.reason)}${one.handled_s ? ` · ${since(0, one.handled_s * 1000)}` : ''}${one.case ? html` · ${caseNumber(one.case)}` : nothing}</li>`)}</ul>` : html`<p class="hint">${t('call.c.none')}</p>`}`;
