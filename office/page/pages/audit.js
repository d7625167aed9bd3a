// The audit log, for the inspector: who did what, and whether the log is as it was written.
import {get, post} from '../ask.js';
import {makeForm} from '../form.js';
import {html, nothing, repeat} from '../html.js';
import {makeList} from '../list.js';
import {addWords, t, time} from '../words.js';

addWords({
  'aud.title': ['审计记录', 'Audit log'],
  'aud.actor': ['人员', 'Person'], 'aud.anyone': ['所有人', 'Everyone'], 'aud.system': ['系统', 'The system'],
  'aud.action': ['操作', 'Action'], 'aud.action.hint': ['可只输入开头,如 alarm.', 'the beginning will do: alarm.'],
  'aud.about': ['对象编号', 'About (id)'], 'aud.from': ['从(日期)', 'From'], 'aud.to': ['到(日期)', 'To'],
  'aud.show': ['查询', 'Show'], 'aud.csv': ['导出 CSV', 'Export as CSV'],
  'aud.n': ['编号', 'No.'], 'aud.at': ['时间', 'Time'], 'aud.object': ['对象', 'About'], 'aud.detail': ['详情', 'Detail'],
  'aud.check': ['记录是否完整', 'Is the log as it was written?'], 'aud.check.now': ['立即核验', 'Verify now'],
  'aud.check.why': ['逐条重新计算哈希链,并与每天保存在数据库之外的锚点比对。', 'Every row is hashed again, and held against the anchors that are kept outside the database every day.'],
  'aud.check.running': ['正在核验:{done} / {rows}', 'Verifying: {done} of {rows}'],
  'aud.check.whole': ['{rows} 条记录完整,没有被改动。锚点覆盖到第 {anchored} 条。({at})', '{rows} rows, none altered. Anchored up to row {anchored}. ({at})'],
  'aud.check.bare': ['{rows} 条记录前后一致,但还没有锚点:末尾被删无法发现。({at})', '{rows} rows agree, but there is no anchor yet: a cut end could not be seen. ({at})'],
  'aud.fault.altered': ['第 {first} 条记录被改动', 'Row {first} was altered'], 'aud.fault.missing': ['第 {first} 条记录不见了', 'Row {first} is missing'],
  'aud.fault.cut': ['第 {first} 条及其后的记录被删除', 'Row {first} and all after it are gone'], 'aud.fault.rewritten': ['第 {first} 条或其后的记录被重写', 'Row {first} or one after it was rewritten'],
  'aud.fault.good': ['第 {n} 条及以前的记录完整。请保护现场并通知管理员和督察。', 'Rows up to {n} are as they were written. Keep the machine as it is and tell the people in charge.'],
  'aud.unreadable': ['锚点文件第 {lines} 行无法读取', 'Line {lines} of the anchors cannot be read'],
  'aud.failed': ['核验没有完成:{why}', 'It could not be verified: {why}'],
});

const SHANGHAI = '+08:00';
const begins = (day) => (day ? Date.parse(`${day}T00:00:00${SHANGHAI}`) : '');
const words = (detail) => Object.entries(detail).filter(([, value]) => value !== '' && value !== null).map(([key, value]) => `${key}: ${Array.isArray(value) ? value.join(', ') : value}`).join('; ');

export const audit = {
  path: 'audit', may: 'audit.see', title: ['审计', 'Audit'], icon: 'shield',
  open(ctx) {
    let wanted = {}, people = [], check = null, timer = null, shut = false;

    const query = () => new URLSearchParams(Object.entries({actor: wanted.actor, action: wanted.action, about: wanted.about, from: begins(wanted.from), to: wanted.to ? begins(wanted.to) + 86400000 : ''}).filter(([, value]) => value)).toString();
    const list = makeList({load: (before) => get(`/v1/audit?limit=50&${query()}${before ? `&before=${before}` : ''}`), redraw: ctx.redraw, fail: ctx.fail});
    const filters = makeForm({
      fields: [
        {name: 'actor', label: ['人员', 'Person'], kind: 'select', options: () => [['', t('aud.anyone')], ['system', t('aud.system')], ...people.map((one) => [one.id, one.name])]},
        {name: 'action', label: ['操作', 'Action'], hint: ['可只输入开头,如 alarm.', 'the beginning will do: alarm.'], maxlength: 60},
        {name: 'about', label: ['对象编号', 'About (id)'], maxlength: 100},
        {name: 'from', label: ['从(日期)', 'From'], kind: 'date'}, {name: 'to', label: ['到(日期)', 'To'], kind: 'date'},
      ],
      redraw: ctx.redraw, submit: async (values) => { wanted = values; await list.load(); }, done: ctx.redraw,
    });

    async function follow(ask) {
      try { check = await ask(); } catch (error) { ctx.fail(error); return; }
      if (shut) return;
      ctx.redraw();
      if (check.running) timer = setTimeout(() => follow(() => get('/v1/audit/check')), 300);
    }

    function result() {
      if (!check) return nothing;
      const at = time(check.at);
      if (check.running) return html`<p role="status"><progress max=${Math.max(check.rows, 1)} value=${check.done} aria-label=${t('aud.check')}></progress> ${t('aud.check.running', check)}</p>`;
      if (check.failed) return html`<p class="bad" role="alert">${t('aud.failed', {why: check.failed})}</p>`;
      if (check.at === null) return nothing;
      if (check.whole) return html`<p class=${check.anchored ? 'good' : 'warn'} role="status">${t(check.anchored ? 'aud.check.whole' : 'aud.check.bare', {...check, at})}</p>`;
      return html`<p class="bad" role="alert">${check.first ? html`<strong>${t(`aud.fault.${check.fault}`, check)}</strong> ${t('aud.fault.good', {n: check.last_good})} ` : nothing}
        ${check.unreadable.length ? t('aud.unreadable', {lines: check.unreadable.join(', ')}) : nothing} (${at})</p>`;
    }

    const row = (note) => html`<tr><td class="number">${note.n}</td><td>${time(note.at)}</td><td>${note.actor === 'system' ? t('aud.system') : note.name}</td><td><code>${note.action}</code></td>
      <td>${note.about_name ? html`${note.about_name} ` : nothing}<code>${note.about}</code></td><td>${words(note.detail)}</td></tr>`;

    get('/v1/colleagues').then((found) => { people = found; if (!shut) ctx.redraw(); }, ctx.fail);
    follow(() => get('/v1/audit/check'));
    list.load();
    return {
      view: () => html`
        <h1>${t('aud.title')}</h1>
        <section class="card"><h2>${t('aud.check')}</h2><p>${t('aud.check.why')}</p>${result()}
          <div class="actions"><button ?disabled=${check && check.running} @click=${() => follow(() => post('/v1/audit/check', {}))}>${t('aud.check.now')}</button></div></section>
        <section class="card">${filters.view({ok: t('aud.show'), more: html`<a class="button" href="/v1/audit.csv?${query()}" download>${t('aud.csv')}</a>`})}</section>
        ${list.view((items) => html`<div class="scroll" tabindex="0" role="region" aria-label=${t('aud.title')}><table><caption class="unseen">${t('aud.title')}</caption>
          <thead><tr><th scope="col" class="number">${t('aud.n')}</th>${['at', 'actor', 'action', 'object', 'detail'].map((key) => html`<th scope="col">${t(`aud.${key}`)}</th>`)}</tr></thead>
          <tbody>${repeat(items, (note) => note.n, row)}</tbody></table></div>`)}`,
      close() { shut = true; clearTimeout(timer); },
    };
  },
};
