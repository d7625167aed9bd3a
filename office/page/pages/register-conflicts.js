// What collided: two versions side by side, and who is to decide.
import {get, post} from '../ask.js';
import {html, nothing, repeat} from '../html.js';
import {makeList} from '../list.js';
import {on} from '../live.js';
import {addWords, said, t, time} from '../words.js';
import {area, link, query} from './register-words.js';

addWords({
  'con.empty': ['没有待处理的冲突', 'Nothing to settle'], 'con.none': ['还没有处理过', 'Nothing was settled yet'], 'con.mine': ['登记里的', 'In the register'], 'con.theirs': ['新来的', 'What came'], 'con.field': ['项目', 'Field'],
  'con.do.mine': ['保留登记里的', 'Keep mine'], 'con.do.theirs': ['采用新来的', 'Take theirs'], 'con.do.both': ['两者都保留', 'Keep both'], 'con.withdrawn': ['随导入撤销', 'Undone with its import'], 'con.erased': ['资料已删除', 'Erased'],
  'con.open': ['待处理({n})', 'Open ({n})'], 'con.settled': ['已处理', 'Settled'], 'con.from': ['来自文件 {file} 第 {line} 行', 'from {file}, line {line}'], 'con.gateway': ['来自网关', 'from a gateway'], 'con.by': ['{who} 于 {at} 处理:{how}', '{who} settled it at {at}: {how}'],
  'con.other': ['对方', 'The other'], 'con.done': ['已处理', 'Settled'],
});

const HOW = {mine: 'con.do.mine', theirs: 'con.do.theirs', both: 'con.do.both', withdrawn: 'con.withdrawn', erased: 'con.erased'};

export function conflicts(ctx) {
  let settled = '', open = 0, busy = 0;
  const list = makeList({
    load: (after) => get(`/v1/register/conflicts?${query({settled, after, limit: 30})}`), read: (page) => { open = page.open; return {items: page.rows, next: page.next || null}; }, redraw: ctx.redraw, fail: ctx.fail,
  });
  const off = on('register.conflicts', () => list.load());
  list.load();
  async function settle(row, how) {
    busy = row.n; ctx.redraw();
    try { await post(`/v1/register/conflicts/${row.n}`, {how}); ctx.toast(t('con.done'), 'good'); } catch (error) { ctx.fail(error); }
    busy = 0;
    list.load();
  }
  const shown = (value) => (value === null || value === undefined || value === '' ? '—' : value);
  const card = (row) => html`<section class="card" aria-labelledby="con-${row.n}">
    <h2 id="con-${row.n}">${said(row)}</h2>
    <p class="hint">${t(`reg.${row.subject}`)} <code>${row.key}</code> · ${row.origin === 'gateway' ? t('con.gateway') : t('con.from', {file: row.file || '—', line: row.line})}${row.other && row.subject === 'persons' && row.other !== row.key && row.kind !== 'twice' ? html` · ${t('con.other')}: ${row.kind === 'room' ? link(`household/${row.other}`, row.other) : link(`person/${row.other}`, row.other_name || row.other)}` : nothing}</p>
    ${row.fields.length ? area(said(row), html`<table class="narrow"><caption class="unseen">${said(row)}</caption><thead><tr><th scope="col">${t('con.field')}</th><th scope="col">${t('con.mine')}</th><th scope="col">${t('con.theirs')}</th></tr></thead>
      <tbody>${row.fields.map((name) => html`<tr><th scope="row">${t(`f.${name}`)}</th><td>${shown(row.mine[name])}</td><td><strong>${shown(row.theirs[name])}</strong></td></tr>`)}</tbody></table>`) : nothing}
    ${row.settled_at ? html`<p class="hint gap">${t('con.by', {who: row.settled_by, at: time(row.settled_at), how: t(HOW[row.how] || row.how)})}</p>` : html`<p class="actions gap">${row.hows.map((how) => html`<button ?disabled=${busy === row.n} @click=${() => settle(row, how)}>${t(HOW[how])}</button>`)}</p>`}</section>`;
  return {
    close: off,
    view: () => html`<h1>${t('reg.conflicts')}</h1>
      <p class="actions" role="group" aria-label=${t('reg.conflicts')}>${['', '1'].map((value) => html`<button aria-pressed=${settled === value} class=${settled === value ? 'main' : ''} @click=${() => { settled = value; list.load(); }}>${value ? t('con.settled') : t('con.open', {n: open})}</button>`)}</p>
      ${list.view((rows) => repeat(rows, (row) => row.n, card), {empty: settled ? t('con.none') : t('con.empty')})}`,
  };
}
