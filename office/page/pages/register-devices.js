// Whose a device is and where: taken over from gateways, corrected here.
import {get} from '../ask.js';
import {html, nothing, repeat} from '../html.js';
import {makeList} from '../list.js';
import {on} from '../live.js';
import {addWords, t} from '../words.js';
import {HOME, addButton, area, csvButton, link, query, rowDialog} from './register-words.js';

addWords({
  'dvc.source': ['来源', 'Said by'], 'dvc.gateway': ['网关', 'gateway'], 'dvc.desk': ['登记', 'register'], 'dvc.who': ['居民', 'Resident'], 'dvc.unknown': ['登记里没有这位居民', 'not in the register'], 'dvc.do': ['操作', 'Action'],
});

const fields = (fresh) => [
  ...(fresh ? [{name: 'gateway', label: t('f.gateway'), required: true}, {name: 'device', label: t('f.device'), required: true}] : []),
  {name: 'person', label: t('f.person'), maxlength: 64}, {name: 'household', label: t('f.household'), maxlength: 64}, {name: 'pole', label: t('f.pole'), maxlength: 40}, ...HOME(), {name: 'words', label: t('f.words'), maxlength: 200, wide: true},
];

export function devices(ctx) {
  const list = makeList({load: (after) => get(`/v1/register/devices?${query({limit: 50, after})}`), read: (page) => ({items: page.rows, next: page.next || null}), redraw: ctx.redraw, fail: ctx.fail});
  const off = on('register', (news) => { if (news.subject === 'devices') list.load(); });
  list.load();
  const edits = ctx.me.may.includes('register.edit');
  const add = () => rowDialog(ctx, {subject: 'devices', title: `${t('reg.new')} · ${t('reg.devices')}`, fields: fields(true), values: {}});
  const edit = (row) => rowDialog(ctx, {
    subject: 'devices', title: `${t('reg.edit')} · ${row.gateway} / ${row.device}`, fields: fields(false), v: row.v, fixed: {gateway: row.gateway, device: row.device},
    values: {person: row.person, household: row.household, pole: row.pole, words: row.words, community: '', building: '', unit: '', room: '', ...row.levels},
  });
  return {
    close: off,
    view: () => html`<h1>${t('reg.devices')}</h1><p class="actions">${addButton(ctx, add)}${csvButton(ctx, 'devices')}</p>
      ${list.view((rows) => area(t('reg.devices'), html`<table class="stack"><caption class="unseen">${t('reg.devices')}</caption>
        <thead><tr><th scope="col">${t('f.device')}</th><th scope="col">${t('dvc.who')}</th><th scope="col">${t('f.words')}</th><th scope="col">${t('f.pole')}</th><th scope="col">${t('dvc.source')}</th>${edits ? html`<th scope="col">${t('dvc.do')}</th>` : nothing}</tr></thead>
        <tbody>${repeat(rows, (row) => row.n, (row) => html`<tr><td><code>${row.gateway} / ${row.device}</code></td>
          <td>${row.person ? (row.name ? link(`person/${row.person}`, row.name) : html`<code>${row.person}</code> <span class="badge warn">? ${t('dvc.unknown')}</span>`) : '—'}</td>
          <td>${row.place_words || row.words || '—'}</td><td>${row.pole ? link(`pole/${row.pole}`, row.pole) : '—'}</td><td>${t(`dvc.${row.source}`)}</td>
          ${edits ? html`<td><button class="quiet" @click=${() => edit(row)}>${t('reg.edit')}</button></td>` : nothing}</tr>`)}</tbody></table>`))}`,
  };
}
