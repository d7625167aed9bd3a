// 交接班: one sheet, signed by who goes and then by who comes; earlier sheets; on paper.
import {get, post} from '../ask.js';
import {formDialog} from '../dialog.js';
import {html, nothing} from '../html.js';
import {makeList} from '../list.js';
import * as live from '../live.js';
import {addWords, t, time} from '../words.js';
import {shown} from './cases-words.js';
import {causeName} from './duty-words.js';

addWords({
  'hand.title': ['交接班', 'Handing over'],
  'hand.now': ['现在的交接单', 'The sheet of now'],
  'hand.made': ['{office} 交接单 · {at}', '{office}, sheet of {at}'],
  'hand.alarms': ['未结束的警报({n})', 'Open alarms ({n})'],
  'hand.promises': ['答应过的事({n})', 'Promises made ({n})'],
  'hand.silent': ['没有消息的设备({n})', 'Silent devices ({n})'],
  'hand.replies': ['等待回复的居民({n})', 'Residents who wait for an answer ({n})'],
  'hand.due': ['今天到期的案件({n})', 'Cases due today ({n})'],
  'hand.more': ['另有 {n} 项未列出', '{n} more are not listed'],
  'hand.none': ['没有', 'None'],
  'hand.cause': ['警报', 'Alarm'], 'hand.who': ['居民', 'Who'], 'hand.place': ['地址', 'Where'], 'hand.since': ['时间', 'When'], 'hand.keeper': ['谁在处理', 'Who has it'], 'hand.state': ['状态', 'State'],
  'hand.st-open': ['无人接', 'open'], 'hand.st-taken': ['已接', 'taken'], 'hand.st-way': ['在路上', 'on the way'], 'hand.st-there': ['已到', 'there'],
  'hand.by': ['谁答应', 'By'], 'hand.until': ['应在', 'Until'], 'hand.words': ['说了什么', 'Words'],
  'hand.gateway': ['网关', 'Gateway'], 'hand.device': ['设备', 'Device'], 'hand.last': ['最后消息', 'Last word'], 'hand.whole': ['整个网关', 'the whole gateway'],
  'hand.number': ['案件号', 'Case'], 'hand.kind': ['类别', 'Kind'], 'hand.department': ['科室', 'Department'],
  'hand.out': ['交班人签字', 'Who goes signs'], 'hand.in': ['接班人签字', 'Who comes signs'],
  'hand.sign-out': ['我交班,签字', 'I go: sign'], 'hand.sign-in': ['我接班,签字', 'I come: sign'],
  'hand.password': ['您的登录密码', 'Your password'], 'hand.login': ['接班人登录名', 'Login of who comes'], 'hand.in-password': ['接班人密码', 'Their password'],
  'hand.note': ['要交代的话', 'What else is to be said'],
  'hand.waiting': ['等待接班人签字', 'Waits for who comes'],
  'hand.signed': ['{name} 于 {at} 签字', '{name} signed at {at}'],
  'hand.hash': ['校验码 {hash}', 'Check {hash}'],
  'hand.earlier': ['以往的交接单', 'Earlier sheets'],
  'hand.open': ['打开', 'Open'], 'hand.print': ['打印', 'Print'], 'hand.back': ['返回', 'Back'],
  'hand.empty': ['还没有交接单', 'No sheet yet'],
  'hand.reload': ['刷新', 'Load anew'],
});

const table = (caption, n, more, heads, items, row) => html`<h2>${t(caption, {n: n + (more || 0)})}</h2>
  ${items.length ? html`<div class="scroll" tabindex="0" role="region" aria-label=${t(caption, {n})}><table><thead><tr>${heads.map((head) => html`<th>${t(head)}</th>`)}</tr></thead><tbody>${items.map((item) => html`<tr>${row(item).map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div>` : html`<p class="hint">${t('hand.none')}</p>`}
  ${more ? html`<p class="warn">${t('hand.more', {n: more})}</p>` : nothing}`;
const cases = (key, sheet, name) => table(key, sheet[name].length, sheet.more[name], ['hand.number', 'hand.kind', 'hand.department', 'hand.until'], sheet[name], (one) => [shown(one.number), one.kind, one.department, time(one.due_at)]);

function paper(me, sheet, signed) {
  return html`<article class="paper card">
    <p class="big">${t('hand.made', {office: me.office, at: time(sheet.made_at)})}</p>
    ${table('hand.alarms', sheet.alarms.length, sheet.more.alarms, ['hand.since', 'hand.cause', 'hand.who', 'hand.place', 'hand.state', 'hand.keeper'], sheet.alarms, (one) => [time(one.raised_at), causeName(one.cause), one.who || one.device, one.place, t(`hand.st-${one.state}`), one.keeper])}
    ${table('hand.promises', sheet.promises.length, 0, ['hand.who', 'hand.words', 'hand.by', 'hand.until'], sheet.promises, (one) => [one.who, one.text, one.by, time(one.until)])}
    ${table('hand.silent', sheet.silent.length, sheet.more.silent, ['hand.gateway', 'hand.device', 'hand.last'], sheet.silent, (one) => [one.gateway, one.device || t('hand.whole'), time(one.since)])}
    ${cases('hand.replies', sheet, 'replies')}
    ${cases('hand.due', sheet, 'due')}
    ${signed ? html`<div class="sign">
      <section class="card"><h3>${t('hand.out')}</h3><p>${t('hand.signed', {name: signed.out_name, at: time(signed.out_at)})}</p>${signed.out_note ? html`<p class="said">${signed.out_note}</p>` : nothing}</section>
      <section class="card"><h3>${t('hand.in')}</h3>${signed.in_at ? html`<p>${t('hand.signed', {name: signed.in_name, at: time(signed.in_at)})}</p>${signed.in_note ? html`<p class="said">${signed.in_note}</p>` : nothing}` : html`<p class="warn">${t('hand.waiting')}</p>`}</section>
    </div>${signed.hash ? html`<p class="hint mono">${t('hand.hash', {hash: signed.hash})}</p>` : nothing}` : nothing}
  </article>`;
}

export const handover = {
  path: 'handover', may: 'alarms.see', title: ['交接班', 'Handover'], icon: 'swap',
  open(ctx) {
    const works = ctx.me.may.includes('alarms.work');
    let shown = null, now = null;
    const list = makeList({
      load: (after) => get(`/v1/handovers?limit=20${after ? `&before=${after}` : ''}`),
      read: (items) => ({items, next: items.length === 20 ? items[19].out_at : null}), redraw: ctx.redraw, fail: ctx.fail,
    });
    const load = async () => {
      if (works) { try { now = await get('/v1/handovers/now'); } catch (error) { ctx.fail(error); } }
      list.load();
    };
    const show = async (id) => {
      shown = null;
      if (id) { try { shown = await get(`/v1/handovers/${id}`); } catch (error) { ctx.fail(error); } }
      ctx.redraw();
    };
    const ends = [live.on('handovers', ({id}) => { list.load(); if (shown && shown.id === id) show(id); }), live.watch((line) => { if (line === 'up') load(); })];

    async function signOut() {
      const made = await formDialog({
        title: t('hand.out'),
        fields: [{name: 'password', label: t('hand.password'), kind: 'password', autocomplete: 'current-password', required: true}, {name: 'note', label: t('hand.note'), kind: 'area', maxlength: 500, wide: true}],
        submit: (values) => post('/v1/handovers', values), ok: t('hand.sign-out'),
      });
      if (made) { ctx.go(`handover/${made.id}`); load(); }
    }
    async function signIn() {
      const made = await formDialog({
        title: t('hand.in'),
        fields: [
          {name: 'login', label: t('hand.login'), autocomplete: 'off', required: true},
          {name: 'password', label: t('hand.in-password'), kind: 'password', required: true},
          {name: 'note', label: t('hand.note'), kind: 'area', maxlength: 500, wide: true},
        ],
        submit: (values) => post(`/v1/handovers/${shown.id}/sign`, values), ok: t('hand.sign-in'),
      });
      if (made) { shown = made; ctx.redraw(); list.load(); }
    }

    const one = () => html`<div class="actions above no-print"><a class="button" href="#/handover">‹ ${t('hand.back')}</a><button @click=${() => window.print()}>${t('hand.print')}</button>
        ${works && !shown.in_at ? html`<button class="main" @click=${signIn}>${t('hand.sign-in')}</button>` : nothing}</div>${paper(ctx.me, shown.sheet, shown)}`;
    const rows = (items) => html`<div class="scroll" tabindex="0"><table><caption class="unseen">${t('hand.earlier')}</caption>
      <thead><tr><th>${t('hand.since')}</th><th>${t('hand.out')}</th><th>${t('hand.in')}</th><th><span class="unseen">${t('hand.open')}</span></th></tr></thead>
      <tbody>${items.map((item) => html`<tr><td>${time(item.out_at)}</td><td>${item.out_name}</td><td>${item.in_at ? `${item.in_name} ${time(item.in_at)}` : html`<span class="badge warn">${t('hand.waiting')}</span>`}</td><td><a href="#/handover/${item.id}">${t('hand.open')}</a></td></tr>`)}</tbody></table></div>`;
    if (ctx.args[0]) show(ctx.args[0]);
    return {
      follow([id]) { show(id); },
      view: () => (shown ? html`<h1>${t('hand.title')}</h1>${one()}` : html`<h1>${t('hand.title')}</h1>
        ${works && now ? html`<div class="actions above no-print"><button class="main" @click=${signOut}>${t('hand.sign-out')}</button><button @click=${load}>${t('hand.reload')}</button></div>${paper(ctx.me, now, null)}` : nothing}
        <section class="card no-print"><h2>${t('hand.earlier')}</h2>${list.view(rows, {empty: t('hand.empty')})}</section>`),
      close() { ends.forEach((end) => end()); },
    };
  },
};
