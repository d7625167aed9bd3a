// Taking tables away, and telling other systems: the office is nobody's prisoner.
import {get, post, put, remove} from '../ask.js';
import {formDialog, openDialog, sure} from '../dialog.js';
import {makeForm} from '../form.js';
import {html, nothing, repeat} from '../html.js';
import * as live from '../live.js';
import {addWords, language, t, time} from '../words.js';

addWords({
  'ex.title': ['导出与对接', 'Export and connect'],
  'ex.what': ['表', 'Table'], 'ex.kind': ['格式', 'Format'], 'ex.since': ['从', 'From'], 'ex.until': ['到(含)', 'To (included)'],
  'ex.xlsx': ['Excel', 'Excel'], 'ex.csv': ['CSV', 'CSV'], 'ex.jsonl': ['JSON 行', 'JSON lines'],
  'ex.go': ['生成', 'Write it'],
  'ex.list': ['已生成的文件(保留一天)', 'Files (kept for a day)'],
  'ex.none': ['还没有文件', 'No files yet'],
  'ex.rows': ['行数', 'Rows'], 'ex.who': ['谁', 'Who'], 'ex.when': ['时间', 'When'], 'ex.state': ['状态', 'State'],
  'ex.waiting': ['正在写… {n} 行', 'Writing… {n} rows'], 'ex.failed': ['没有成功:{why}', 'Failed: {why}'], 'ex.gone': ['已过期', 'Gone'], 'ex.ready': ['下载', 'Download'],
  'st.list': ['对接的平台(收到报警和案件的变化)', 'Other systems that are told of alarms and cases'],
  'st.none': ['没有对接的平台', 'None'],
  'st.add': ['添加平台', 'Add one'], 'st.name': ['名称', 'Name'], 'st.url': ['地址(https)', 'Address (https)'], 'st.alarms': ['报警', 'Alarms'], 'st.cases': ['案件', 'Cases'],
  'st.now': ['只推送今后的变化', 'Only what happens from now on'],
  'st.waiting': ['待推送', 'Waiting'], 'st.told': ['上次成功', 'Last taken'], 'st.fault': ['问题', 'Fault'],
  'st.stop': ['停止', 'Stop'], 'st.start': ['继续', 'Go on'], 'st.end': ['删除', 'Remove'], 'st.sure': ['删除“{name}”?以后不再推送。', 'Remove “{name}”? It will be told no more.'],
  'st.secret': ['签名密钥(只显示这一次,请交给对方平台)', 'The secret that signs (shown this once; give it to the other system)'],
});

const DAY = 86400000;
const beijing = (days) => new Intl.DateTimeFormat('sv-SE', {timeZone: 'Asia/Shanghai'}).format(new Date(Date.now() + days * DAY));
const at = (day) => Date.parse(`${day}T00:00:00+08:00`);

export const exports_ = {
  path: 'exports', may: 'register.export', title: ['导出与对接', 'Export'], icon: 'out',
  open(ctx) {
    let choices = [], made = [], streams = [];
    const mayStreams = ctx.me.may.includes('settings.edit');
    const form = makeForm({
      fields: [
        {name: 'dataset', label: ['表', 'Table'], kind: 'select', options: () => choices.map((one) => [one.name, [one.zh, one.en]])},
        {name: 'kind', label: ['格式', 'Format'], kind: 'select', options: ['xlsx', 'csv', 'jsonl'].map((kind) => [kind, t(`ex.${kind}`)])},
        {name: 'since', label: ['从', 'From'], kind: 'date', required: true},
        {name: 'until', label: ['到(含)', 'To (included)'], kind: 'date', required: true},
      ],
      values: {dataset: 'alarms', kind: 'xlsx', since: beijing(-31), until: beijing(0)},
      redraw: ctx.redraw,
      submit: (values) => post('/v1/exports', {dataset: values.dataset, kind: values.kind, since: at(values.since), until: at(values.until) + DAY}),
      done: load,
    });

    async function load() {
      try {
        const all = await get('/v1/exports');
        choices = all.choices; made = all.exports;
        if (mayStreams) streams = await get('/v1/streams');
      } catch (error) { ctx.fail(error); }
      ctx.redraw();
    }
    const quiet = live.on('exports', (news) => {
      const one = made.find((other) => other.id === news.id);
      if (!one || news.state !== 'waiting') { load(); return; }
      one.rows = news.rows;
      ctx.redraw();
    });
    const gone = live.watch((state) => { if (state === 'up') load(); });

    const named = (name) => { const one = choices.find((other) => other.name === name); return one ? one[language] : name; };
    const state = (one) => {
      if (one.state === 'ready') return html`<a class="button" href="/v1/exports/${one.id}/file" download>${t('ex.ready')}</a>`;
      if (one.state === 'waiting') return t('ex.waiting', {n: one.rows});
      return html`<span class="badge ${one.state === 'failed' ? 'bad' : ''}">${t(`ex.${one.state}`, {why: one.why})}</span>`;
    };

    async function add() {
      const answer = await formDialog({
        title: t('st.add'),
        fields: [
          {name: 'name', label: ['名称', 'Name'], required: true, maxlength: 60, wide: true},
          {name: 'url', label: ['地址', 'Address'], kind: 'url', required: true, placeholder: 'https://', wide: true},
          {name: 'alarms', label: ['报警', 'Alarms'], kind: 'check'}, {name: 'cases', label: ['案件', 'Cases'], kind: 'check'},
          {name: 'from_now', label: ['只推送今后的变化', 'Only what happens from now on'], kind: 'check', wide: true},
        ],
        values: {alarms: true, cases: true, from_now: true},
        submit: (values) => post('/v1/streams', values),
      });
      if (answer) openDialog({title: t('st.secret'), view: () => html`<p><code>${answer.secret}</code></p>`, closed: load});
    }
    const change = (work) => async () => { try { await work(); } catch (error) { ctx.fail(error); } load(); };

    const others = () => html`
      <section class="card"><div class="scroll" tabindex="0" role="region" aria-label=${t('st.list')}><table><caption>${t('st.list')}</caption>
        <thead><tr><th>${t('st.name')}</th><th>${t('st.url')}</th><th class="number">${t('st.waiting')}</th><th>${t('st.told')}</th><th>${t('st.fault')}</th><td></td></tr></thead>
        <tbody>${streams.length ? repeat(streams, (one) => one.id, (one) => html`<tr><td>${one.name}</td><td>${one.url}</td><td class="number">${one.waiting}</td><td>${time(one.told_at)}</td>
          <td>${one.fault ? html`<span class="badge bad">${one.fault}</span>` : nothing}</td>
          <td class="actions"><button @click=${change(() => put(`/v1/streams/${one.id}`, {active: !one.active}))}>${one.active ? t('st.stop') : t('st.start')}</button>
            <button class="danger" @click=${change(async () => { if (await sure({title: t('st.end'), text: t('st.sure', {name: one.name}), yes: t('st.end'), danger: true})) await remove(`/v1/streams/${one.id}`); })}>${t('st.end')}</button></td></tr>`)
    : html`<tr><td colspan="6" class="empty">${t('st.none')}</td></tr>`}</tbody></table></div>
        <div class="actions"><button @click=${add}>${t('st.add')}</button></div></section>`;

    return {
      view: () => html`
        <h1>${t('ex.title')}</h1>
        <section class="card">${choices.length ? form.view({ok: t('ex.go')}) : nothing}</section>
        <section class="card"><div class="scroll" tabindex="0" role="region" aria-label=${t('ex.list')}><table><caption>${t('ex.list')}</caption>
          <thead><tr><th>${t('ex.what')}</th><th>${t('ex.kind')}</th><th>${t('ex.since')}</th><th>${t('ex.until')}</th><th>${t('ex.who')}</th><th>${t('ex.when')}</th><th class="number">${t('ex.rows')}</th><th>${t('ex.state')}</th></tr></thead>
          <tbody>${made.length ? repeat(made, (one) => one.id, (one) => html`<tr><td>${named(one.dataset)}</td><td>${t(`ex.${one.kind}`)}</td><td>${time(one.since)}</td><td>${time(one.until - 1)}</td><td>${one.account}</td><td>${time(one.at)}</td><td class="number">${one.rows}</td><td>${state(one)}</td></tr>`)
    : html`<tr><td colspan="8" class="empty">${t('ex.none')}</td></tr>`}</tbody></table></div></section>
        ${mayStreams ? others() : nothing}`,
      close() { quiet(); gone(); },
    };
  },
};
