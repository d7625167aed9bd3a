// 一周未按: who has not pressed for a week and was called; and announced test windows.
import {get, post} from '../ask.js';
import {formDialog, sure} from '../dialog.js';
import {html, nothing} from '../html.js';
import * as live from '../live.js';
import {addWords, since, t, time} from '../words.js';

addWords({
  'week.title': ['一周未按', 'Not pressed this week'],
  'week.lead': ['{week} · 共 {all} 个按钮,{n} 个一周内没有按过(测试或求助)', '{week}: of {all} buttons {n} were not pressed for a week (test or real)'],
  'week.community': ['社区', 'Community'], 'week.none-community': ['没有登记社区', 'No community in the register'],
  'week.name': ['居民', 'Who'], 'week.place': ['地址', 'Where'], 'week.phone': ['电话', 'Phone'], 'week.device': ['设备', 'Device'], 'week.last': ['上次按下', 'Last press'], 'week.never': ['从未', 'never'],
  'week.called': ['已联系', 'Called'], 'week.call': ['记录联系', 'Note a call'], 'week.note': ['结果', 'What came of it'],
  'week.silent': ['设备无消息', 'device silent'],
  'week.empty': ['所有按钮一周内都按过。', 'Every button was pressed within a week.'],
  'week.of': ['{year} 年第 {n} 周', 'Week {n} of {year}'],
  'week.print': ['打印', 'Print'],
  'win.title': ['测试时段', 'Test windows'],
  'win.how': ['时段内,名单里的按钮第一次按下会自动按“测试”结束。两分钟内再按、跌倒等其他原因、时段以外,都是真警报。', 'In a window the first press of a named button closes itself as a test. Another press within two minutes, another cause such as a fall, and everything outside is real.'],
  'win.add': ['公布测试时段', 'Announce a window'],
  'win.begins': ['从(日期)', 'From (day)'], 'win.from': ['几点', 'At'], 'win.minutes': ['多少分钟', 'Minutes'],
  'win.communities': ['社区', 'Communities'], 'win.devices': ['设备(网关/设备,每行一个)', 'Devices (gateway/device, one a line)'],
  'win.when': ['时段', 'When'], 'win.whom': ['范围', 'Whom'], 'win.by': ['公布人', 'By'], 'win.tests': ['测试', 'Tests'], 'win.real': ['真警报', 'Real'],
  'win.end': ['结束', 'End'], 'win.sure': ['结束后,再按就是真警报。', 'After that a press is real again.'],
  'win.now': ['进行中', 'now'], 'win.empty': ['没有公布过测试时段', 'No window was announced'],
});

const OFFSET = 8 * 3600000;
const day = (at) => new Date(at + OFFSET).toISOString().slice(0, 10);

// 2026-W47, as people say it.
const weekWords = (week) => { const [year, n] = week.split('-W'); return t('week.of', {year, n: Number(n)}); };

export const weekly = {
  path: 'weekly', may: 'alarms.see', title: ['一周未按', 'Not pressed'], icon: 'clock',
  open(ctx) {
    const works = ctx.me.may.includes('alarms.work');
    let found = null, windows = null;
    const load = async () => {
      try { [found, windows] = await Promise.all([get('/v1/weekly'), get('/v1/windows')]); } catch (error) { ctx.fail(error); }
      ctx.redraw();
    };
    const ends = [live.on('weekly', load), live.on('windows', load), live.watch((line) => { if (line === 'up') load(); })];

    async function call(one) {
      const done = await formDialog({
        title: `${one.name || one.device} ${one.phone}`, fields: [{name: 'note', label: t('week.note'), maxlength: 200, wide: true}], values: {note: one.note},
        submit: async (values) => { await post('/v1/weekly/called', {gateway: one.gateway, device: one.device, note: values.note}); return true; },
      });
      if (done) load();
    }
    async function announce() {
      const made = await formDialog({
        title: t('win.add'), before: html`<p class="hint">${t('win.how')}</p>`,
        fields: [
          {name: 'day', label: t('win.begins'), kind: 'date', required: true}, {name: 'from', label: t('win.from'), kind: 'time', required: true},
          {name: 'minutes', label: t('win.minutes'), kind: 'number', min: 5, max: 1440, required: true},
          {name: 'communities', label: t('win.communities'), kind: 'checks', options: windows.communities.map((name) => [name, name])},
          {name: 'devices', label: t('win.devices'), kind: 'area', wide: true}, {name: 'note', label: t('plan.note'), maxlength: 200, wide: true},
        ],
        values: {day: day(Date.now()), from: '09:00', minutes: 60, communities: []},
        submit: (values) => {
          const begin = Date.parse(`${values.day}T${values.from}:00+08:00`);
          return post('/v1/windows', {begins_at: begin, ends_at: begin + values.minutes * 60000, communities: values.communities, devices: values.devices.split(/\s+/).filter(Boolean), note: values.note});
        },
      });
      if (made) load();
    }
    async function end(one) {
      if (!await sure({title: t('win.end'), text: t('win.sure')})) return;
      try { await post(`/v1/windows/${one.id}/end`, {}); } catch (error) { ctx.fail(error); }
      load();
    }

    const group = (name, items) => html`<h2>${name || t('week.none-community')} (${items.length})</h2>
      <div class="scroll" tabindex="0" role="region" aria-label=${name || t('week.none-community')}><table>
      <thead><tr><th>${t('week.name')}</th><th>${t('week.place')}</th><th>${t('week.phone')}</th><th>${t('week.device')}</th><th>${t('week.last')}</th><th>${t('week.called')}</th></tr></thead>
      <tbody>${items.map((one) => html`<tr><td>${one.name || '—'}</td><td>${one.place || '—'}</td><td>${one.phone ? html`<a href="tel:${one.phone}">${one.phone}</a>` : '—'}</td>
        <td>${one.device} ${one.silent ? html`<span class="badge bad">${t('week.silent')}</span>` : nothing}</td><td>${one.pressed_at ? html`${time(one.pressed_at)} <span class="hint">${since(one.pressed_at)}</span>` : t('week.never')}</td>
        <td>${one.called_at ? html`${one.called_by} ${time(one.called_at)} ${one.note ? html`<span class="said">${one.note}</span>` : nothing}` : nothing}${works ? html` <button class="no-print" @click=${() => call(one)}>${t('week.call')}</button>` : nothing}</td></tr>`)}</tbody></table></div>`;
    function groups() {
      const by = new Map();
      for (const one of found.devices) by.set(one.community, [...(by.get(one.community) || []), one]);
      return [...by].map(([name, items]) => group(name, items));
    }
    const windowRow = (one) => html`<tr><td>${time(one.begins_at)} – ${time(one.ends_at)} ${one.begins_at <= Date.now() && Date.now() < one.ends_at ? html`<span class="badge good">${t('win.now')}</span>` : nothing}</td>
      <td>${[...one.communities, ...one.devices].join('、')}${one.note ? html`<div class="hint">${one.note}</div>` : nothing}</td><td>${one.made_by}</td><td class="number">${one.tests}</td><td class="number">${one.real}</td>
      <td>${works && one.ends_at > Date.now() ? html`<button @click=${() => end(one)}>${t('win.end')}</button>` : nothing}</td></tr>`;
    return {
      view: () => html`<h1>${t('week.title')}</h1>
        ${windows ? html`<section class="card no-print"><div class="actions"><h2>${t('win.title')}</h2><span class="grow"></span>${works ? html`<button class="main" @click=${announce}>${t('win.add')}</button>` : nothing}</div><p class="hint">${t('win.how')}</p>
          ${windows.windows.length ? html`<div class="scroll" tabindex="0"><table><caption class="unseen">${t('win.title')}</caption><thead><tr><th>${t('win.when')}</th><th>${t('win.whom')}</th><th>${t('win.by')}</th><th class="number">${t('win.tests')}</th><th class="number">${t('win.real')}</th><th><span class="unseen">${t('win.end')}</span></th></tr></thead><tbody>${windows.windows.map(windowRow)}</tbody></table></div>` : html`<p class="hint">${t('win.empty')}</p>`}</section>` : nothing}
        ${found ? html`<article class="paper card"><div class="actions above no-print"><button @click=${() => window.print()}>${t('week.print')}</button></div><p class="big">${t('week.lead', {week: weekWords(found.week), all: found.buttons, n: found.devices.length})}</p>
          ${found.devices.length ? groups() : html`<p class="good">${t('week.empty')}</p>`}</article>` : nothing}`,
      close() { ends.forEach((stop) => stop()); },
    };
  },
};
