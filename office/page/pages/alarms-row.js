// One alarm of the board, as a clerk reads it from two metres away: colour and word, what, where and who, how long, with whom.
import {html, nothing} from '../html.js';
import {since, t} from '../words.js';
import {feed, now, ringsHere, take} from './alarms-feed.js';
import {byWords, causeWords} from './alarms-words.js';

const LATE_MS = 60000;

export const nameOf = (row) => byWords(row.keeper_name) || '—';
export const whose = (row) => (row.keeper === feed.you && row.keeper ? t('al.yours') : t('al.has', {name: nameOf(row)}));

export function whereWords(row) {
  if (row.origin === 'centre') return row.gateway ? t('al.gateway', {gateway: row.gateway}) : t('al.centre');
  return [row.who, row.place].filter(Boolean).join(' · ') || t('al.device', {device: row.device || '—', gateway: row.gateway});
}

// 测试 and 演练 stand before everything else: nobody shall run for them, nobody shall miss what is real.
export const kindBadge = (row) => (row.kind === 'test' || row.kind === 'drill' ? html`<span class="badge mark">${t(`al.kind.${row.kind}`)}</span>` : row.kind === 'trouble' ? html`<span class="badge warn">${t('al.kind.trouble')}</span>` : nothing);

export function promiseWords(row) {
  if (!row.promised_at || row.promised_at <= row.way_at || row.state === 'there') return nothing;
  const left = row.promised_at - now();
  return html`<span class="badge ${left < 0 ? 'bad' : ''}">${left >= 0 ? t('al.in', {t: since(now() - left, now())}) : t('al.over', {t: since(row.promised_at, now())})}</span>`;
}

export const errandWords = (errand) => html`<span class="badge ${errand.state === 'cannot' ? 'bad' : ['accept', 'arrived', 'found'].includes(errand.state) ? 'good' : ''}">${t(`al.e.${errand.state}`, {name: errand.name || t('al.somebody')})}</span>`;

export function ringWords(row) {
  if (!row.rings.length) return nothing;
  const names = row.rings.includes('*') ? t('al.everyone') : row.calls.filter((call) => row.rings.includes(call.account)).map((call) => call.name).join('、');
  return html`<span class="badge bad">${t('al.rings', {names: names || nameOf(row)})}</span>`;
}

export function clock(row) {
  const words = since(row.received_at, now());
  return html`<span class="since">${row.state === 'open' ? t('al.since', {t: words}) : t('al.lasts', {t: words})}</span>`;
}

export const facts = (row) => html`
  ${row.fine_at ? html`<span class="badge warn">${t('al.fine')}</span>` : nothing}
  ${row.presses > 1 ? html`<span class="badge bad">${t('al.presses', {n: row.presses})}</span>` : nothing}
  ${row.clock !== 'unset' && row.received_at - row.raised_at > LATE_MS ? html`<span class="badge warn">${t('al.late', {t: since(row.raised_at, row.received_at)})}</span>` : nothing}
  ${promiseWords(row)} ${row.errands.map(errandWords)} ${ringWords(row)}
  ${row.case ? html`<span class="badge">${t('al.case', {number: row.case})}</span>` : nothing}
  ${row.notes ? html`<span class="badge">${t('al.notes', {n: row.notes})}</span>` : nothing}`;

export const item = (row, chosen) => html`
  <li class="alarm ${row.state} ${row.kind} ${ringsHere(row) ? 'rings' : ''}" data-alarm=${row.id}>
    <div class="state"><strong>${t(`al.state.${row.state}`)}</strong>${row.state === 'open' ? nothing : html`<span>${whose(row)}</span>`}</div>
    <a class="what" href="#/alarms/${row.id}" aria-current=${chosen ? 'true' : nothing}>
      <span class="cause">${kindBadge(row)} ${causeWords(row.cause)}</span>
      <span class="where">${whereWords(row)}</span></a>
    ${clock(row)}
    ${row.state === 'open' && feed.work ? html`<button class="main" @click=${() => take(row.id).then((answer) => { if (answer && answer.changed) location.hash = `#/alarms/${row.id}`; })}>${t('al.take')}</button>` : nothing}
    <p class="facts">${facts(row)}</p>
  </li>`;
