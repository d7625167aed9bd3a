// What waits on this phone, since when, and what was sent with its case number.
import {html, nothing, repeat} from '/page/html.js';
import {said, t, time} from '/page/words.js';

export const waitingOf = (jobs) => jobs.filter((job) => job.state !== 'sent');

export function outbox({jobs, account, busy, now, again, drop}) {
  const mine = jobs.filter((job) => job.account === account), others = waitingOf(jobs).filter((job) => job.account !== account).length;
  const waiting = waitingOf(mine), sent = mine.filter((job) => job.state === 'sent').reverse();
  return html`
    <section aria-labelledby="waiting">
      <h2 id="waiting">${waiting.length ? t('r.waiting', {n: waiting.length}) : t('r.waiting-none')}</h2>
      ${waiting.length ? html`<p class="hint">${t('r.waiting-since', {at: time(waiting[0].made)})}</p>
        <button class="wide" ?disabled=${busy} @click=${now}>${busy ? t('r.sending') : t('r.now')}</button>` : nothing}
      ${others ? html`<p class="warn">${t('r.other-account', {n: others})}</p>` : nothing}
      <ul class="plain">${repeat([...waiting, ...sent], (job) => job.id, (job) => row(job, again, drop))}</ul>
    </section>`;
}

const BADGE = {waiting: 'warn', sent: 'good', refused: 'bad'};

const row = (job, again, drop) => html`
  <li class="card job" data-state=${job.state} data-number=${job.number || ''}>
    <h3>${t(`r.what-${job.kind}`, {about: job.about})} <span class="badge ${BADGE[job.state]}">${t(`r.is-${job.state}`)}</span></h3>
    ${job.number && job.kind === 'report' ? html`<p class="big">${t('r.number', {number: job.number})}</p>` : nothing}
    <p class="words">${job.body.words || job.body.text || t(`r.${job.body.what}`)}</p>
    <p class="hint">${time(job.made)} · ${t('r.photos', {n: job.state === 'sent' ? job.photoCount : job.photos.length})}</p>
    ${job.state === 'refused' ? html`<p class="bad">${said(job)}</p>
      <div class="pair"><button @click=${() => again(job)}>${t('r.again')}</button><button class="danger" @click=${() => drop(job)}>${t('r.drop')}</button></div>` : nothing}
  </li>`;
