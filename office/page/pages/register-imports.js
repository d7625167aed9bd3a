// Importing a CSV file: choose it, see what is wrong and what would change, confirm, and take it back if need be.
import {ask, get, post, remove} from '../ask.js';
import {sure} from '../dialog.js';
import {html, nothing, repeat} from '../html.js';
import {makeList} from '../list.js';
import {on, watch} from '../live.js';
import {addWords, said, t, time} from '../words.js';
import {area, both, link, query} from './register-words.js';

addWords({
  'imp.title': ['导入 CSV 文件', 'Import a CSV file'], 'imp.subject': ['导入到', 'Into'], 'imp.file': ['文件(UTF-8 或 GB18030 的 CSV)', 'File (CSV in UTF-8 or GB18030)'], 'imp.bring': ['上传并比较', 'Bring it and compare'],
  'imp.hint': ['空单元格保持原样;写“清空”才会清空。上传后先显示差异,确认前不改动任何登记。', 'An empty cell leaves what is there; write “clear” to empty it. You see the differences first; nothing changes before you confirm.'],
  'imp.name': ['文件', 'File'], 'imp.state': ['状态', 'State'], 'imp.columns': ['可用的列', 'Columns'], 'imp.past': ['最近的导入', 'Recent imports'], 'imp.none': ['还没有导入过', 'Nothing was imported yet'], 'imp.choose': ['请选择文件', 'Choose a file'],
  'imp.reading': ['正在读取和比较', 'Reading and comparing'], 'imp.draft': ['待确认', 'To be confirmed'], 'imp.applying': ['正在写入', 'Being written'], 'imp.applied': ['已完成', 'Done'], 'imp.undoing': ['正在撤销', 'Being undone'], 'imp.undone': ['已撤销', 'Undone'], 'imp.discarded': ['已放弃', 'Thrown away'], 'imp.failed': ['无法读取', 'Unreadable'],
  'imp.fresh': ['新增', 'New'], 'imp.changed': ['变更', 'Changed'], 'imp.same': ['相同', 'Same'], 'imp.conflict': ['冲突', 'Conflicts'], 'imp.bad': ['错误行', 'Bad rows'], 'imp.skipped': ['有 {n} 行在导入后又被人修改,撤销时保持不动', '{n} rows were edited since; undoing left them alone'],
  'imp.confirm': ['确认导入', 'Confirm the import'], 'imp.discard': ['放弃', 'Throw away'], 'imp.undo': ['撤销这次导入', 'Undo this import'], 'imp.again': ['重新上传并比较', 'Bring it again and compare'], 'imp.new': ['导入另一个文件', 'Import another file'],
  'imp.confirm.text': ['新增 {fresh} 条、变更 {changed} 条;{conflicts} 条冲突进入“冲突”列表;{bad} 处错误不导入。', '{fresh} new, {changed} changed; {conflicts} conflicts go to the list of conflicts; {bad} faults are left out.'],
  'imp.undo.text': ['登记将恢复到这次导入之前;之后被人改过的行保持不动。', 'The register goes back to before this import; rows edited since are left alone.'], 'imp.until': ['草稿保留到 {at}', 'The draft is kept until {at}'],
  'imp.line': ['行', 'Line'], 'imp.column': ['列', 'Column'], 'imp.why': ['问题', 'What is wrong'], 'imp.more': ['只列出前 {n} 处,共 {all} 处', 'The first {n} of {all}'], 'imp.key': ['编号', 'Key'], 'imp.was': ['原来', 'Before'], 'imp.is': ['改为', 'After'], 'imp.by': ['{who} 上传于 {at}', '{who} brought it at {at}'], 'imp.by2': ['{who} 确认于 {at}', '{who} confirmed it at {at}'],
  'imp.sealed': ['登记中有加密内容无法打开,请通知管理员检查密钥', 'Something sealed in the register cannot be opened; tell the administrator to check the key'],
  'imp.what': ['显示', 'Show'], 'imp.norows': ['没有这类行', 'No such rows'], 'imp.seeconflicts': ['去处理冲突', 'Settle the conflicts'], 'imp.stopped': ['读取时系统重新启动,请重新上传', 'The desk was restarted while reading; bring the file again'],
});

const SUBJECTS = [['persons', ['居民', 'People']], ['places', ['地点', 'Places']], ['poles', ['杆(一号定位)', 'Poles']], ['devices', ['设备归属', 'Devices']]];
const COLUMNS = {
  persons: '居民编号, 姓名, 出生年, 电话, 标签, 户号, 社区, 楼, 单元, 房间, 备注, 联系人', places: '社区, 楼, 单元, 房间, 别名, 附近, 纬度, 经度, 坐标系, 杆号',
  poles: '编号, 位置, 附近, 别名, 种类, 牌子, 纬度, 经度, 坐标系, 社区, 楼', devices: '网关, 设备, 居民编号, 户号, 社区, 楼, 单元, 房间, 杆号, 位置',
};
const BUSY = ['reading', 'applying', 'undoing'];
let last = null; // the file that was chosen, so that it can be compared again without choosing it again

const badge = (state) => html`<span class="badge ${state === 'applied' ? 'good' : state === 'failed' ? 'bad' : state === 'draft' || BUSY.includes(state) ? 'warn' : ''}">${t(`imp.${state}`)}</span>`;
const bring = (subject, file) => ask('POST', `/v1/register/imports?${query({subject, file: file.name})}`, file, 'text/csv');

export function imports(ctx, id) {
  return id ? draft(ctx, id) : start(ctx);
}

function start(ctx) {
  let past = null, subject = 'persons', wrong = null, busy = false;
  const load = async () => { try { past = await get('/v1/register/imports'); } catch (error) { ctx.fail(error); } ctx.redraw(); };
  const offs = [watch((state) => { if (state === 'up') load(); }), on('register.import', load)];
  load();
  async function send(event) {
    event.preventDefault();
    const file = document.getElementById('imp-file').files[0];
    if (!file) { wrong = t('imp.choose'); ctx.redraw(); document.getElementById('imp-file').focus(); return; }
    busy = true; wrong = null; ctx.redraw();
    try {
      last = {subject, file};
      ctx.go(`register/imports/${(await bring(subject, file)).id}`);
    } catch (error) { wrong = error.message; busy = false; ctx.redraw(); }
  }
  return {
    close: () => offs.forEach((off) => off()),
    view: () => html`<h1>${t('imp.title')}</h1>
      <form class="form card" @submit=${send}>
        ${wrong ? html`<p class="bad wide" role="alert">${wrong}</p>` : nothing}
        <div><label for="imp-subject">${t('imp.subject')}</label><select id="imp-subject" @change=${(event) => { subject = event.target.value; ctx.redraw(); }}>${SUBJECTS.map(([key, name]) => html`<option value=${key} ?selected=${key === subject}>${both(name)}</option>`)}</select></div>
        <div><label for="imp-file">${t('imp.file')}</label><input id="imp-file" type="file" accept=".csv,text/csv,text/plain"></div>
        <div class="wide"><p class="hint">${t('imp.columns')}: ${COLUMNS[subject]}</p><p class="hint">${t('imp.hint')}</p></div>
        <div class="actions wide"><button class="main" ?disabled=${busy}>${t('imp.bring')}</button></div></form>
      <h2>${t('imp.past')}</h2>
      ${past && past.length ? area(t('imp.past'), html`<table><caption class="unseen">${t('imp.past')}</caption><thead><tr><th scope="col">${t('imp.name')}</th><th scope="col">${t('imp.subject')}</th><th scope="col">${t('imp.state')}</th><th scope="col" class="number">${t('imp.fresh')}</th><th scope="col" class="number">${t('imp.changed')}</th><th scope="col" class="number">${t('imp.conflict')}</th><th scope="col" class="number">${t('imp.bad')}</th></tr></thead>
        <tbody>${repeat(past, (row) => row.id, (row) => html`<tr><td>${link(`imports/${row.id}`, row.file || row.id)}<br><span class="hint">${t('imp.by', {who: row.by_name, at: time(row.made_at)})}</span></td><td>${t(`reg.${row.subject}`)}</td><td>${badge(row.state)}</td><td class="number">${row.fresh}</td><td class="number">${row.changed}</td><td class="number">${row.conflicts}</td><td class="number">${row.bad}</td></tr>`)}</tbody></table>`) : html`<p class="empty">${past ? t('imp.none') : t('list.wait')}</p>`}`,
  };
}

function draft(ctx, id) {
  const path = `/v1/register/imports/${encodeURIComponent(id)}`;
  let it = null, what = '', stale = false;
  const list = makeList({load: (after) => get(`${path}/rows?${query({what, after, limit: 50})}`), read: (page) => ({items: page.rows, next: page.next || null}), redraw: ctx.redraw, fail: ctx.fail});
  const load = async () => {
    try {
      const before = it && it.state;
      it = await get(path);
      if (it.state !== before && it.state === 'draft') list.load();
    } catch (error) { ctx.fail(error); }
    ctx.redraw();
  };
  const offs = [
    on('register.import', (news) => { if (news.id !== id) return; if (it && news.state === it.state) { it = {...it, done: news.done, total: news.total}; ctx.redraw(); } else load(); }),
    watch((state) => { if (state === 'up') load(); }),
  ];
  load();
  const act = async (work) => { try { await work(); } catch (error) { stale = error.error === 'version'; ctx.fail(error); } load(); };
  const confirm = async () => { if (await sure({title: t('imp.confirm'), text: t('imp.confirm.text', it), yes: t('imp.confirm')})) act(() => post(`${path}/confirm`, {version: it.version})); };
  const undo = async () => { if (await sure({title: t('imp.undo'), text: t('imp.undo.text'), yes: t('imp.undo'), danger: true})) act(() => post(`${path}/undo`)); };
  const discard = () => act(async () => { await remove(path); ctx.go('register/imports'); });
  const again = () => act(async () => { await remove(path); ctx.go(`register/imports/${(await bring(last.subject, last.file)).id}`); });
  const number = (name, count) => html`<div><dt>${t(name)}</dt><dd class="big">${count}</dd></div>`;
  const value = (one) => (one === null || one === undefined || one === '' ? '—' : one);

  const bad = () => html`<section class="card"><h2>${t('imp.bad')} <span class="badge bad">${it.bad}</span></h2>
    ${area(t('imp.bad'), html`<table class="narrow"><caption class="unseen">${t('imp.bad')}</caption><thead><tr><th scope="col" class="number">${t('imp.line')}</th><th scope="col">${t('imp.column')}</th><th scope="col">${t('imp.why')}</th></tr></thead>
      <tbody>${it.bad_rows.map((row) => html`<tr><td class="number">${row.line || '—'}</td><td>${row.column ? `${row.column} ${row.header}` : row.header || '—'}</td><td>${said(row)}</td></tr>`)}</tbody></table>`)}
    ${it.bad > it.bad_rows.length ? html`<p class="hint">${t('imp.more', {n: it.bad_rows.length, all: it.bad})}</p>` : nothing}</section>`;

  const rows = () => html`<section class="card"><p class="actions" role="group" aria-label=${t('imp.what')}>${[['', 'pol.any', it.fresh + it.changed + it.conflicts], ['new', 'imp.fresh', it.fresh], ['changed', 'imp.changed', it.changed], ['conflict', 'imp.conflict', it.conflicts]].map(([key, name, count]) => html`
      <button aria-pressed=${what === key} class=${what === key ? 'main' : ''} @click=${() => { what = key; list.load(); }}>${t(name)} ${count}</button>`)}</p>
    ${list.view((items) => area(t('imp.title'), html`<table class="narrow"><caption class="unseen">${t('imp.title')}</caption><thead><tr><th scope="col" class="number">${t('imp.line')}</th><th scope="col">${t('imp.key')}</th><th scope="col">${t('imp.was')} → ${t('imp.is')}</th></tr></thead>
      <tbody>${repeat(items, (row) => row.line, (row) => html`<tr><td class="number">${row.line}</td><td><code>${row.key}</code><br>${row.what === 'conflict' ? html`<span class="badge warn">△ ${t('imp.conflict')}</span>` : html`<span class="badge">${t(row.what === 'new' ? 'imp.fresh' : 'imp.changed')}</span>`}</td>
        <td>${row.fields.filter((name) => row.before || value(row.after[name]) !== '—').map((name) => html`<div><span class="hint">${t(`f.${name}`)}</span> ${row.before ? html`<del>${value(row.before[name])}</del> → ` : nothing}<strong>${value(row.after[name])}</strong></div>`)}</td></tr>`)}</tbody></table>`), {empty: t('imp.norows')})}</section>`;

  return {
    close: () => offs.forEach((off) => off()),
    view: () => (it === null ? html`<p class="empty" role="status">${t('list.wait')}</p>` : html`
      <p>${link('imports', `← ${t('imp.past')}`)}</p>
      <h1>${it.file || it.id} ${badge(it.state)}</h1>
      <p class="hint">${t(`reg.${it.subject}`)} · ${t('imp.by', {who: it.by_name, at: time(it.made_at)})}${it.confirmed_at ? html` · ${t('imp.by2', {who: it.confirmed_name, at: time(it.confirmed_at)})}` : it.state === 'draft' ? html` · ${t('imp.until', {at: time(it.expires_at)})}` : nothing}</p>
      ${BUSY.includes(it.state) ? html`<p role="status"><label for="imp-progress">${t(`imp.${it.state}`)} ${it.done} / ${it.total}</label><progress id="imp-progress" max=${it.total || 1} value=${it.done}></progress></p>` : nothing}
      ${it.reason === 'sealed' ? html`<p class="bad">${t('imp.sealed')}</p>` : nothing}
      ${it.state === 'failed' && it.reason === 'stopped' ? html`<p class="bad">${t('imp.stopped')}</p>` : nothing}
      ${it.state === 'failed' ? nothing : html`<dl class="numbers">${number('imp.fresh', it.fresh)}${number('imp.changed', it.changed)}${number('imp.same', it.same)}${number('imp.conflict', it.conflicts)}${number('imp.bad', it.bad)}</dl>`}
      ${it.skipped ? html`<p class="warn">${t('imp.skipped', {n: it.skipped})}</p>` : nothing}
      <p class="actions">
        ${it.state === 'draft' ? html`<button class="main" ?disabled=${!(it.fresh + it.changed + it.conflicts) || stale} @click=${confirm}>${t('imp.confirm')}</button><button @click=${discard}>${t('imp.discard')}</button>` : nothing}
        ${it.state === 'draft' && stale && last ? html`<button class="main" @click=${again}>${t('imp.again')}</button>` : nothing}
        ${it.undoable ? html`<button class="danger" @click=${undo}>${t('imp.undo')}</button>` : nothing}
        ${it.state === 'applied' && it.conflicts ? html`<a class="button" href="#/register/conflicts">${t('imp.seeconflicts')}</a>` : nothing}</p>
      ${it.bad ? bad() : nothing}
      ${it.state === 'draft' ? rows() : nothing}`),
  };
}
