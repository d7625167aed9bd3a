// One case: the five steps as a line, what was said, what was done, and what can be done now.
import {ask, get, post, put} from '../ask.js';
import {formDialog, openDialog} from '../dialog.js';
import {html, nothing} from '../html.js';
import {on} from '../live.js';
import {said, t, time} from '../words.js';
import {doing} from './cases-doing.js';
import {dueWords} from './cases-list.js';
import {lookAtPicture} from './devices-look.js';
import {actionName, actorName, departmentName, kindName, loadVocabulary, shown, sourceName, stepName} from './cases-words.js';

const FIRST = ['dispatch', 'done', 'verified', 'reply', 'accept', 'resume', 'split'];

export function openCase(number, ctx) {
  let one = null, gone = null, phone = null, closed = false;
  const path = `/v1/cases/${number}`;

  async function load() {
    try {
      await loadVocabulary();
      one = await get(path);
    } catch (error) { gone = error; }
    if (!closed) ctx.redraw();
  }

  const hands = doing(ctx, {seen: () => one, changed: (now) => { one = now; ctx.redraw(); }, stale: load});
  const ends = on('case', (news) => { if (news.number === number || (one && news.number === one.leader)) load(); });
  load();

  async function showPhone() {
    try { phone = (await post(`${path}/contact`, {})).phone; ctx.redraw(); } catch (error) { ctx.fail(error); }
  }

  async function addFile(event) {
    const chosen = [...event.target.files];
    event.target.value = ''; // the same file may be chosen again
    try {
      for (const file of chosen) {
        const kept = await ask('PUT', '/v1/files', file, file.type || 'application/octet-stream');
        one = await post(`${path}/files`, {files: [kept.sha256]});
        ctx.redraw();
      }
    } catch (error) { ctx.fail(error); }
  }

  // Typed up while it plays: the sound stands above the field.
  function typeUp() {
    const seen = one;
    return formDialog({
      title: t('case.typeUp'), before: html`<div class="shots">${seen.files.filter((file) => file.kind === 'voice').map(sound)}</div>`,
      fields: [{name: 'transcript', label: [t('case.transcript'), t('case.transcript')], kind: 'area', rows: 6, wide: true, required: true, maxlength: 4000}], values: {transcript: seen.transcript},
      submit: async ({transcript}) => { one = await put(path, {version: seen.version, transcript}); ctx.redraw(); return true; },
    });
  }

  const may = (what) => ctx.me.may.includes(what);
  const facts = () => html`<section class="card"><h2>${t('case.facts')}</h2><dl>
    <dt>${t('case.kind')}</dt><dd>${kindName(one.kind)}</dd>
    <dt>${t('case.source')}</dt><dd>${one.alarm ? html`<a href="#/alarms/${one.alarm}">${t('case.alarm')}</a>` : html`${sourceName(one.source)} ${one.gateway}`}</dd>
    ${one.picture && may('camera.look') ? html`<dt>${t('caseFrom.camera')}</dt><dd><button class="quiet" @click=${() => lookAtPicture(ctx, one.picture, one.open ? {about: one.number} : {})}>${t('case.look1')}</button></dd>` : nothing}
    <dt>${t('case.place')}</dt><dd>${one.place_words || '—'}${one.pole ? html` <span class="badge">${t('case.pole')} ${one.pole}</span>` : nothing}</dd>
    ${one.community ? html`<dt>${t('case.community')}</dt><dd>${one.community}</dd>` : nothing}
    ${one.warden_name ? html`<dt>${t('case.warden')}</dt><dd>${one.warden_name}</dd>` : nothing}
    <dt>${t('case.department')}</dt><dd>${departmentName(one.department)} ${one.assignee_name}</dd>
    <dt>${t('case.begun')}</dt><dd>${time(one.begun_at)}</dd>
    <dt>${t('case.due')}</dt><dd>${dueWords(one)}</dd>
    ${one.district_number ? html`<dt>${t('caseFrom.district')}</dt><dd>${one.district_number}</dd>` : nothing}
    <dt>${t('case.phone')}</dt><dd>${!one.has_phone ? t('case.noPhone') : phone ? html`<a href="tel:${phone}">${phone}</a>` : may('cases.work') ? html`<button class="quiet" @click=${showPhone}>${t('case.showPhone')}</button>` : '•••'}</dd>
    ${one.slip !== one.number ? html`<dt>${t('case.slip')}</dt><dd>${shown(one.slip)}</dd>` : nothing}
  </dl></section>`;

  return {
    close() { closed = true; ends(); },
    load,
    view() {
      if (gone) return html`<p class="bad">${gone.message}</p><p><a href="#/cases">${t('case.back')}</a></p>`;
      if (!one) return html`<p class="empty">${t('case.loading')}</p>`;
      const grave = one.can.filter((action) => FIRST.includes(action)), rest = one.can.filter((action) => !FIRST.includes(action));
      return html`
        <p class="crumb"><a href="#/cases">← ${t('case.back')}</a></p>
        <div class="heading"><h1>${kindName(one.kind)} <span class="case-number">${shown(one.number)}</span></h1>
          ${one.overdue ? html`<span class="badge bad">${t('case.overdue')}</span>` : nothing}${one.held_until ? html`<span class="badge warn">${t('case.held', {at: time(one.held_until)})}</span>` : nothing}</div>
        ${one.leader ? html`<p class="warn">${t('case.follows', {number: shown(one.leader)})} <a href="#/cases/${one.leader}">${t('case.look')}</a></p>` : nothing}
        ${one.same_slip.map((other) => html`<p class="warn">${t('case.sameSlip')}:<a href="#/cases/${other.number}">${shown(other.number)}</a></p>`)}
        ${line(one)}
        ${one.can.length ? html`<section class="actions do" aria-label=${t('case.actions')}>
          ${grave.map((action) => html`<button class="main" @click=${() => hands.act(action)}>${actionName(action)}</button>`)}
          ${rest.map((action) => html`<button @click=${() => hands.act(action)}>${actionName(action)}</button>`)}
          ${one.can_correct ? html`<button @click=${hands.correct}>${t('case.correct')}</button>` : nothing}
          ${may('cases.lead') && one.answered_at ? html`<button @click=${hands.publish}>${t('case.public')}</button>` : nothing}
          ${one.answered_at ? html`<button @click=${hands.link}>${t('case.link')}</button>` : nothing}
        </section>` : nothing}
        <div class="split">
          <div>
            <section class="card"><h2>${t('case.words')}</h2><p class="case-said">${one.words || '—'}</p>
              ${files(one)}
              ${one.transcript ? html`<h3>${t('case.transcript')}</h3><p class="case-said">${one.transcript}</p>${typist(one)}` : nothing}
              <div class="actions">${one.can_correct && one.files.some((file) => file.kind === 'voice') ? html`<button @click=${typeUp}>${t('case.typeUp')}</button>` : nothing}
              ${one.can_correct ? html`<label class="button" for="case-file">${t('case.addFile')}</label><input class="unseen" id="case-file" type="file" multiple accept="image/jpeg,image/png,image/webp,audio/wav,audio/ogg" @change=${addFile}>` : nothing}</div>
            </section>
            ${one.result || one.answer ? html`<section class="card">${one.result ? html`<h2>${t('case.result')}</h2><p class="case-said">${one.result}</p>` : nothing}${one.answer ? html`<h2>${t('case.answer')}</h2><p class="case-said">${one.answer}</p>` : nothing}</section>` : nothing}
            ${evaluations(one)}${history(one)}
          </div>
          <div>${facts()}${followers(one)}${replies(one)}</div>
        </div>`;
    },
  };
}

export const line = (one) => html`<ol class="steps" aria-label=${t('case.line')}>${one.line.map((step) => html`
  <li class=${step.state} aria-current=${step.state === 'now' ? 'step' : nothing}><strong>${said(step)}</strong><span>${step.at ? time(step.at) : step.state === 'open' ? t('case.todo') : t('case.done')}</span></li>`)}</ol>`;

const sound = (file) => html`<audio controls preload="metadata" aria-label=${t('case.sound')} src="/v1/files/${file.sha256}"></audio>`;

const files = (one) => html`
  ${one.files_awaited ? html`<p class="hint">${t('case.awaited', {n: one.files_awaited})}</p>` : nothing}
  ${one.files.length ? html`<div class="shots" role="group" aria-label=${t('case.files')}>${one.files.map((file, n) => (file.kind === 'voice' ? sound(file) : html`
    <a href="/v1/files/${file.sha256}" target="_blank" rel="noopener" @click=${(event) => enlarge(event, file, n + 1)}><img loading="lazy" src="/v1/files/${file.sha256}" alt="${t('case.files')} ${n + 1}"></a>`))}</div>` : nothing}`;

function enlarge(event, file, n) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in a window of its own, if one likes
  event.preventDefault();
  openDialog({title: `${t('case.files')} ${n}`, view: () => html`<img class="look" src="/v1/files/${file.sha256}" alt="${t('case.files')} ${n}">`});
}

// Who typed it up stands in the history, with when.
function typist(one) {
  const row = one.history.filter((each) => each.action === 'correct' && (each.detail.fields || []).includes('transcript')).pop();
  return row ? html`<p class="hint">${t('case.typedBy', {name: actorName(row), at: time(row.at)})}</p>` : nothing;
}

const history = (one) => html`<section class="card"><h2>${t('case.history')}</h2><ol class="lines history">${[...one.history].reverse().map((row) => html`
  <li><time datetime=${row.at}>${time(row.at)}</time><div><strong>${actionName(row.action)}</strong> ${actorName(row)}
    ${['dispatch', 'hand-over'].includes(row.action) ? html`→ ${departmentName(row.department)} ${row.assignee_name}` : html`<span class="hint">${stepName(row.step)}</span>`}
    ${row.words ? html`<p class="case-said">${row.words}</p>` : nothing}</div></li>`)}</ol></section>`;

const evaluations = (one) => (one.evaluations.length ? html`<section class="card"><h2>${t('case.evaluations')}</h2>${one.evaluations.map((row) => html`
  <p><span class="badge ${row.solved ? 'good' : 'bad'}">${t(row.solved ? 'case.solved' : 'case.unsolved')}</span> ${t('case.stars', {n: row.stars})} <time>${time(row.at)}</time><br>${row.words}</p>`)}</section>` : nothing);

const followers = (one) => (one.followers.length ? html`<section class="card"><h2>${t('case.followers')}</h2><ul>${one.followers.map((other) => html`<li><a href="#/cases/${other.number}">${shown(other.number)}</a> ${other.words}</li>`)}</ul></section>` : nothing);

const replies = (one) => (one.replies.length ? html`<section class="card"><h2>${t('case.replies')}</h2>${one.replies.map((row) => html`
  <p>${sourceName(row.source)} <span class="badge ${row.sent_at ? 'good' : row.given_up_at ? 'bad' : 'warn'}">${t(row.sent_at ? 'case.sent' : row.given_up_at ? 'case.gaveUp' : 'case.waits')}</span> ${time(row.sent_at || row.made_at)} ${row.fault ? html`<span class="hint">${row.fault}</span>` : nothing}</p>`)}</section>` : nothing);
