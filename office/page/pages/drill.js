// 突击演练: order one, and read what it showed.
import {get, post} from '../ask.js';
import {formDialog} from '../dialog.js';
import {html, nothing} from '../html.js';
import {makeList} from '../list.js';
import * as live from '../live.js';
import {addWords, t, time} from '../words.js';

addWords({
  'drill.title': ['突击演练', 'Drills'],
  'drill.how': ['演练走真实的路:命令到网关,网关像按钮按下一样报警。值班员在接警之前看不出是演练。默认不走第二通道、不打电话、设备不出声。', 'A drill goes the real way: the gateway raises an alarm as a press would. Clerks cannot tell before they took it. By default no second path, no phone call, no voice at the device.'],
  'drill.new': ['开始一次演练', 'Order a drill'],
  'drill.device': ['设备', 'Device'], 'drill.any': ['随机选一台', 'Any, by chance'],
  'drill.whole': ['走完整条路(第二通道、电话、设备语音)', 'The whole way (second path, phone, voice of the device)'],
  'drill.go': ['开始', 'Begin'],
  'drill.none': ['还没有演练过', 'No drill yet'],
  'drill.at': ['时间', 'When'], 'drill.by': ['下令人', 'Ordered by'], 'drill.state': ['结果', 'Result'], 'drill.taken-in': ['接警用时', 'Taken after'],
  'drill.open': ['报告', 'Report'], 'drill.back': ['返回', 'Back'], 'drill.print': ['打印', 'Print'],
  'drill.st-ordered': ['命令已下', 'ordered'], 'drill.st-running': ['等待接警', 'waits to be taken'], 'drill.st-taken': ['已接警', 'taken'], 'drill.st-ended': ['已结束', 'ended'], 'drill.st-failed': ['未成功', 'failed'],
  'drill.good': ['达标', 'in time'], 'drill.bad': ['未达标', 'not in time'],
  'drill.report': ['演练报告', 'Report of a drill'],
  'drill.stage': ['环节', 'Stage'], 'drill.when': ['时刻', 'At'], 'drill.took': ['用时', 'Took'], 'drill.goal': ['目标', 'Goal'], 'drill.who': ['谁', 'Who'],
  'drill.s-ordered': ['下达命令', 'ordered'], 'drill.s-sent': ['命令到消息服务器', 'order at the broker'], 'drill.s-raised': ['网关报警(网关时钟)', 'raised by the gateway (its clock)'], 'drill.s-at_broker': ['警报到消息服务器(网关时钟)', 'alarm at the broker (gateway\u2019s clock)'], 'drill.s-received': ['中心收到', 'stored at the centre'],
  'drill.s-rang': ['第一次响铃', 'first ring'], 'drill.s-taken': ['有人接警', 'taken'], 'drill.s-on_the_way': ['出发', 'on the way'], 'drill.s-closed': ['结束', 'closed'],
  'drill.since': ['自“{stage}”起 {s}', '{s} after “{stage}”'],
  'drill.within': ['{s} 以内', 'within {s}'],
});

const seconds = (ms) => (ms < 10000 ? `${(ms / 1000).toFixed(2)} s` : ms < 120000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60000)} min ${Math.round(ms % 60000 / 1000)} s`);
const precise = (at) => (at === null ? '—' : `${time(at)}.${String(at % 1000).padStart(3, '0')}`);

export const drill = {
  path: 'drill', may: 'duty.plan', title: ['突击演练', 'Drills'], icon: 'flag',
  open(ctx) {
    let shown = null;
    const list = makeList({
      load: (after) => get(`/v1/drills?limit=20${after ? `&before=${after}` : ''}`),
      read: (items) => ({items, next: items.length === 20 ? items[19].ordered_at : null}), redraw: ctx.redraw, fail: ctx.fail,
    });
    const show = async (id) => {
      shown = null;
      if (id) { try { shown = await get(`/v1/drills/${id}`); } catch (error) { ctx.fail(error); } }
      ctx.redraw();
    };
    const ends = [live.on('drills', ({id}) => { list.load(); if (shown && shown.id === id) show(id); }), live.watch((line) => { if (line === 'up') { list.load(); if (shown) show(shown.id); } })];

    async function order() {
      let targets = [];
      try { targets = await get('/v1/drills/targets'); } catch (error) { ctx.fail(error); return; }
      const made = await formDialog({
        title: t('drill.new'), before: html`<p class="hint">${t('drill.how')}</p>`,
        fields: [
          {name: 'target', label: t('drill.device'), kind: 'select', options: [['', t('drill.any')], ...targets.map((one) => [`${one.gateway}/${one.device}`, `${one.device} (${one.gateway})`])]},
          {name: 'whole_way', label: t('drill.whole'), kind: 'check', wide: true},
        ],
        submit: (values) => { const [gateway, device] = values.target ? values.target.split('/') : ['', '']; return post('/v1/drills', {gateway, device, whole_way: values.whole_way}); },
        ok: t('drill.go'),
      });
      if (made) ctx.go(`drill/${made.id}`);
    }

    const badge = (one) => html`<span class="badge ${one.state === 'failed' ? 'bad' : one.state === 'ended' ? 'good' : 'warn'}">${t(`drill.st-${one.state}`)}</span>
      ${one.good === null ? nothing : html`<span class="badge ${one.good ? 'good' : 'bad'}">${t(one.good ? 'drill.good' : 'drill.bad')}</span>`}${one.failed ? html` <span class="hint">${one.failed}</span>` : nothing}`;
    const takenIn = (one) => { const stage = one.stages.find((s) => s.stage === 'taken'); return stage && stage.ms !== null ? seconds(stage.ms) : '—'; };
    const stageRow = (stage) => html`<tr><td>${t(`drill.s-${stage.stage}`)}</td><td>${precise(stage.at)}</td>
      <td>${stage.ms === null ? '—' : t('drill.since', {stage: t(`drill.s-${stage.after}`), s: seconds(stage.ms)})}</td><td>${stage.goal_ms === null ? nothing : t('drill.within', {s: seconds(stage.goal_ms)})}</td>
      <td class=${stage.good === null ? '' : stage.good ? 'stage-good' : 'stage-bad'}>${stage.good === null ? nothing : t(stage.good ? 'drill.good' : 'drill.bad')}</td><td>${stage.who}</td></tr>`;
    const report = () => html`<div class="actions above no-print"><a class="button" href="#/drill">‹ ${t('drill.back')}</a><button @click=${() => window.print()}>${t('drill.print')}</button></div>
      <article class="paper card"><p class="big">${t('drill.report')} · ${time(shown.ordered_at)}</p>
        <dl><dt>${t('drill.device')}</dt><dd>${shown.device} (${shown.gateway})</dd><dt>${t('drill.by')}</dt><dd>${shown.ordered_by}</dd><dt>${t('drill.state')}</dt><dd>${badge(shown)}</dd>${shown.whole_way ? html`<dt></dt><dd>${t('drill.whole')}</dd>` : nothing}</dl>
        <div class="scroll" tabindex="0"><table><caption class="unseen">${t('drill.report')}</caption><thead><tr><th>${t('drill.stage')}</th><th>${t('drill.when')}</th><th>${t('drill.took')}</th><th>${t('drill.goal')}</th><th>${t('drill.state')}</th><th>${t('drill.who')}</th></tr></thead><tbody>${shown.stages.map(stageRow)}</tbody></table></div></article>`;
    const rows = (items) => html`<div class="scroll" tabindex="0"><table><caption class="unseen">${t('drill.title')}</caption>
      <thead><tr><th>${t('drill.at')}</th><th>${t('drill.device')}</th><th>${t('drill.by')}</th><th>${t('drill.state')}</th><th>${t('drill.taken-in')}</th><th><span class="unseen">${t('drill.open')}</span></th></tr></thead>
      <tbody>${items.map((one) => html`<tr><td>${time(one.ordered_at)}</td><td>${one.device} <span class="hint">${one.gateway}</span></td><td>${one.ordered_by}</td><td>${badge(one)}</td><td>${takenIn(one)}</td><td><a href="#/drill/${one.id}">${t('drill.open')}</a></td></tr>`)}</tbody></table></div>`;
    if (ctx.args[0]) show(ctx.args[0]);
    return {
      follow([id]) { show(id); },
      view: () => html`<h1>${t('drill.title')}</h1>${shown ? report() : html`<div class="actions above"><button class="main" @click=${order}>${t('drill.new')}</button></div><p class="hint">${t('drill.how')}</p>
        <section class="card">${list.view(rows, {empty: t('drill.none')})}</section>`}`,
      close() { ends.forEach((end) => end()); },
    };
  },
};
