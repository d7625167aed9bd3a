// The page of the call that this page has: their picture, ours, what the hands need, and beside it paper, words, notes.
import {html, nothing} from '../html.js';
import {since, t} from '../words.js';
import {departmentName, seen} from './calls-board.js';
import {chooseDevices} from './calls-devices.js';
import {makeChat} from './calls-chat.js';
import {face, self, wake} from './calls-faces.js';
import {camera, deskAway, drop, hangUp, hold, listen, mine, mute, outcome, use, watchMine} from './calls-mine.js';
import {makeNotes} from './calls-notes.js';
import {makePaper} from './calls-paper.js';
import {makeShow} from './calls-show.js';
import {transferDialog} from './calls-transfer.js';
import {OUTCOMES, reasonWords} from './calls-words.js';

const KEEP_S = 60, FRESH_MS = 4000, PICTURELESS_S = 3;
const seconds = (from) => Math.max(0, Math.round((performance.now() - from) / 1000));

export function openTalk(ctx, card) {
  const talk = () => mine.talk;
  const paper = makePaper(talk, ctx.redraw), chat = makeChat(talk, ctx), notes = makeNotes(ctx, card), show = makeShow(talk, card);
  const ends = watchMine(ctx.redraw);
  let over = false;
  // Whoever had scrolled down sees why it ended, and what is asked; whoever is writing goes on writing.
  const toTop = () => { if (!document.activeElement || !document.activeElement.matches('input, textarea, select')) window.scrollTo(0, 0); };

  const keys = (event) => {
    if (event.key !== 'F4' || event.repeat || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    notes.keep();
  };
  document.addEventListener('keydown', keys);

  const switches = (call) => html`<div class="actions call-keys">
    ${call.held ? html`<button class="main" @click=${() => hold(false)}>${t('call.resume')}</button>` : html`
      <button aria-pressed=${call.muted} @click=${() => mute(!call.muted)}>${t(call.muted ? 'call.unmute' : 'call.mute')}</button>
      <button aria-pressed=${!call.video} @click=${() => camera(!call.video)}>${t(call.video ? 'call.camOff' : 'call.camOn')}</button>
      <button ?disabled=${call.state !== 'connected'} @click=${() => hold(true)}>${t('call.hold')}</button>`}
    <button @click=${() => transferDialog(call)}>${t('call.transfer')}</button>
    <button @click=${() => chooseDevices(use)}>${t('call.devicesBtn')}</button>
    <button class="main danger" @click=${hangUp}>${t('call.hangUp')}</button></div>`;

  // Said once to who hears the page; the seconds are for the eye.
  const gone = (key, from) => html`<p class="bad" role="alert">${t(key, {most: KEEP_S})} <strong class="since" aria-hidden="true">${t('s', {n: seconds(from)})}</strong></p>`;

  const told = (call) => html`
    ${call.away ? gone('call.kioskAway', call.away) : call.word === 'away' ? gone('call.away', call.awaySince) : nothing}
    ${deskAway() ? html`<p class="warn" role="alert">${t('call.deskAway')}</p>` : nothing}
    ${call.silent ? html`<p class="bad" role="alert">${t('call.silent')} <button @click=${listen}>${t('call.listen')}</button></p>` : nothing}
    ${call.soundOnly || call.theirSoundOnly ? html`<p class="warn" role="status">${t(call.soundOnly ? 'call.soundOnly' : 'call.theirSoundOnly')}</p>` : nothing}
    ${call.faults.map((one) => html`<p class="warn" role="status">${t(`call.f.${one}`)}</p>`)}
    ${call.muted && !call.held ? html`<p class="warn" role="status">${t('call.muted')}</p>` : nothing}`;

  function stage(call) {
    const thin = call.soundOnly || call.theirSoundOnly, picture = call.pictureAt > 0 && call.pictureless < PICTURELESS_S;
    const over = call.held ? t('call.held') : !call.accepted ? t('call.ringsThere') : picture && !thin ? '' : thin ? t('call.h.sound') : call.state === 'connected' && Date.now() - call.answeredAt > FRESH_MS ? t('call.noPicture') : t('call.waitPicture');
    face.setAttribute('aria-label', t('call.their')); self.setAttribute('aria-label', t('call.own'));
    return html`<div class="stage ${call.held ? 'held' : ''}">${face}
      ${over ? html`<p class="stage-words" role="status">${over}</p>` : nothing}
      <div class="stage-own ${call.video ? '' : 'off'}">${call.video ? self : html`<span>${t('call.camIsOff')}</span>`}</div></div>`;
  }

  const head = (call) => html`<header class="call-head"><h1>${t('call.with', {kiosk: call.kiosk})}</h1>
    <p class="facts"><span class="badge">${departmentName(call.department)}</span>
      <span class="badge ${{good: 'good', fair: 'warn', poor: 'bad', away: 'bad'}[call.word] || ''}">${t(`call.q.${call.word}`)}</span>
      ${call.alarm ? html`<a class="badge bad" href="#/alarms/${call.alarm}">SOS</a>` : nothing}
      <span class="since" aria-hidden="true">${call.answeredAt && call.accepted ? since(call.answeredAt) : nothing}</span>
      <strong class="badge mark">${t('call.norecord')}</strong></p></header>`;

  const after = (call) => html`<section class="card after"><h1>${t('call.ended', {reason: reasonWords(call.reason)})}</h1>
    <p class="hint">${call.kiosk}${call.lasted ? ` · ${t('call.lasted', {t: since(0, call.lasted)})}` : ''} · ${t('call.norecord')}</p>
    ${call.answeredAt && call.accepted ? html`<h2 id="outcome">${t('call.outcome')}</h2>
      <div class="actions" role="group" aria-labelledby="outcome">${OUTCOMES.map((one) => html`<button class="large ${call.outcome === one ? 'main' : ''}" aria-pressed=${call.outcome === one} @click=${() => outcome(one)}>${t(`call.o.${one}`)}</button>`)}</div>
      ${call.outcome ? html`<p class="good" role="status">${t('call.outcomeKept')}</p>` : nothing}` : nothing}
    <p class="actions gap"><button @click=${() => { drop(); ctx.go('calls'); }}>${t('call.close')}</button></p></section>`;

  return {
    close() { ends(); paper.close(); document.removeEventListener('keydown', keys); },
    view() {
      const {call} = mine;
      requestAnimationFrame(wake);
      if (call.state === 'ended' && !over) requestAnimationFrame(toTop);
      over = call.state === 'ended';
      if (over) return html`${after(call)}<div class="split">${notes.view(call, seen.board.departments)}</div>`;
      const talks = !!talk() && call.state !== 'opening';
      return html`${head(call)}${told(call)}
        <div class="talk"><div class="talk-left">${stage(call)}${switches(call)}${chat.view(talks)}</div>
          <div class="talk-right">${paper.view(talks)}${notes.view(call, seen.board.departments)}${show.view(talks)}${card() ? html`<details class="card"><summary>${t('call.look')}</summary>${card.view()}</details>` : nothing}</div></div>`;
    },
  };
}
