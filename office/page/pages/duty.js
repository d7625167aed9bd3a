// 值班: am I on duty, who else is, whom the desk phoned, who was there when.
import {get} from '../ask.js';
import {dutyState, goOffDuty, goOnDuty, onDuty, watchDuty} from '../duty-bar.js';
import {html, nothing} from '../html.js';
import {makeList} from '../list.js';
import * as live from '../live.js';
import {setVolume, volume} from '../ring.js';
import {reason} from '../station.js';
import {addWords, since, t, time} from '../words.js';

addWords({
  'dutyp.how': ['值班需要一个打开着、能响铃的页面:先试音,听到后确认。页面放到后台也会一直被检查。', 'Being on duty needs an open page that rings: hear the test tone and confirm it. A page in the background goes on being checked.'],
  'dutyp.now': ['现在值班', 'On duty now'],
  'dutyp.order': ['呼叫顺序', 'Called'],
  'dutyp.name': ['姓名', 'Name'],
  'dutyp.since': ['开始', 'Since'],
  'dutyp.long': ['已值班', 'For'],
  'dutyp.extra': ['临时', 'Not planned'],
  'dutyp.none': ['现在没有人值班', 'Nobody is on duty now'],
  'dutyp.planned': ['按排班现在应在', 'Planned for now'],
  'dutyp.there': ['在岗', 'There'],
  'dutyp.away': ['未到', 'Not there'],
  'dutyp.volume': ['铃声音量', 'Volume of the bell'],
  'dutyp.calls': ['电话通知记录', 'Phoned out'],
  'dutyp.way': ['通知方式:{way}', 'By: {way}'],
  'dutyp.way-demo': ['演示(只记下来,不真的打出去)', 'demo (noted here, nobody is phoned)'],
  'dutyp.way-webhook': ['短信或电话服务 {to}', 'the service at {to}'],
  'dutyp.way-modem': ['短信模块 {to}', 'the modem {to}'],
  'dutyp.no-way': ['没有设置电话通知方式:无人值守时打不出去。请管理员在 office.yaml 里设置 desk.outcall。', 'No way to phone out is set up: nothing goes out when nobody is there. An administrator sets desk.outcall in office.yaml.'],
  'dutyp.when': ['时间', 'When'],
  'dutyp.why': ['原因', 'Why'],
  'dutyp.whom': ['通知谁', 'Whom'],
  'dutyp.words': ['内容', 'Words'],
  'dutyp.came': ['结果', 'Outcome'],
  'dutyp.calls-none': ['还没有打过电话', 'Nobody was phoned yet'],
  'dutyp.times': ['值班记录', 'Who was on duty'],
  'dutyp.until': ['结束', 'Until'],
  'dutyp.end': ['怎样结束', 'How it ended'],
  'dutyp.times-none': ['还没有值班记录', 'Nobody was on duty yet'],
  'dutyp.unattended': ['无人值守', 'Unattended'],
  'dutyp.alarm': ['警报无人接', 'Alarm not taken'],
  'dutyp.number': ['备用号码', 'Other number'],
  'dutyp.waiting': ['等待', 'Waiting'], 'dutyp.begun': ['正在打', 'Under way'], 'dutyp.done': ['已送达', 'Done'],
  'dutyp.failed': ['失败', 'Failed'], 'dutyp.unknown': ['不明', 'Unknown'],
});

const STATES = {done: 'good', failed: 'bad', unknown: 'warn', begun: 'warn', waiting: ''};
// As the desk names its way out: `demo`, `webhook to HOST`, `modem PATH`.
const wayWords = (way) => { const [kind, ...rest] = way.split(' '); return ['demo', 'webhook', 'modem'].includes(kind) ? t(`dutyp.way-${kind}`, {to: rest.at(-1)}) : way; };
const reasonOf = (call) => t(`dutyp.${call.reason}`);

export const duty = {
  path: 'duty', may: 'alarms.see', title: ['值班', 'Duty'], icon: 'phone',
  open(ctx) {
    const works = ctx.me.may.includes('alarms.work');
    const page = (path, key) => makeList({
      load: (after) => get(`${path}?limit=20${after ? `&before=${after}` : ''}`),
      read: (items) => ({items, next: items.length === 20 ? items[19][key] : null}),
      redraw: ctx.redraw, fail: ctx.fail,
    });
    const calls = page('/v1/duty/calls', 'n'), times = page('/v1/duty/times', 'began_at');
    const ends = [
      watchDuty(() => { times.load(); }),
      live.on('duty-calls', () => calls.load()),
      live.watch((line) => { if (line === 'up') { calls.load(); times.load(); } }),
    ];
    const ticking = setInterval(ctx.redraw, 10000);

    const mine = () => html`
      <section class="card my-duty ${onDuty() ? 'on' : 'off'}">
        <p class="big">${t(onDuty() ? 'duty.me-on' : 'duty.me-off')}</p>
        ${onDuty()
          ? html`<button @click=${goOffDuty}>${t('duty.leave')}</button><button class="quiet" @click=${goOnDuty}>${t('tone.title')}</button>`
          : html`<button class="main large" @click=${goOnDuty}>${t('duty.begin')}</button>`}
        <label class="check">${t('dutyp.volume')} <input type="range" min="20" max="100" .value=${String(Math.round(volume() * 100))} @change=${(event) => setVolume(event.target.value / 100)}></label>
        <p class="hint">${t('dutyp.how')}</p>
      </section>`;

    const there = (state) => html`
      <section class="card"><div class="scroll" tabindex="0"><table>
        <caption class="unseen">${t('dutyp.now')}</caption>
        <thead><tr><th class="number">${t('dutyp.order')}</th><th>${t('dutyp.name')}</th><th>${t('dutyp.since')}</th><th>${t('dutyp.long')}</th></tr></thead>
        <tbody>${state.on_duty.map((one, index) => html`<tr><td class="number">${index + 1}</td><td>${one.name} ${one.rank ? nothing : html`<span class="badge">${t('dutyp.extra')}</span>`}</td><td>${time(one.since)}</td><td>${since(one.since)}</td></tr>`)}</tbody>
      </table></div>${state.on_duty.length ? nothing : html`<p class="empty">${t('dutyp.none')}</p>`}
      ${state.planned.length ? html`<h2>${t('dutyp.planned')}</h2><ul class="lines">${state.planned.map((one) => html`<li>${one.name} · ${time(one.since)}
        ${state.on_duty.some((here) => here.account === one.account) ? html`<span class="badge good">${t('dutyp.there')}</span>` : html`<span class="badge bad">${t('dutyp.away')}</span>`}</li>`)}</ul>` : nothing}
      </section>`;

    const callRows = (items) => html`<div class="scroll" tabindex="0"><table>
      <caption class="unseen">${t('dutyp.calls')}</caption>
      <thead><tr><th>${t('dutyp.when')}</th><th>${t('dutyp.why')}</th><th>${t('dutyp.whom')}</th><th>${t('dutyp.words')}</th><th>${t('dutyp.came')}</th></tr></thead>
      <tbody>${items.map((call) => html`<tr><td>${time(call.at)}</td><td>${reasonOf(call)}</td><td>${call.to.map((one) => html`<div>${one.name || t('dutyp.number')} ${one.number}</div>`)}</td><td>${call.text}</td>
        <td><span class="badge ${STATES[call.state]}">${t(`dutyp.${call.state}`)}</span>${call.state === 'done' ? nothing : html` <span class="hint">${call.detail}</span>`}</td></tr>`)}</tbody></table></div>`;

    const timeRows = (items) => html`<div class="scroll" tabindex="0"><table>
      <caption class="unseen">${t('dutyp.times')}</caption>
      <thead><tr><th>${t('dutyp.name')}</th><th>${t('dutyp.since')}</th><th>${t('dutyp.until')}</th><th>${t('dutyp.end')}</th></tr></thead>
      <tbody>${items.map((one) => html`<tr><td>${one.name}</td><td>${time(one.began_at)}</td><td>${time(one.ended_at)}</td><td>${one.why ? reason(one.why) : html`<span class="badge good">${t('dutyp.there')}</span>`}</td></tr>`)}</tbody></table></div>`;

    return {
      view() {
        const state = dutyState();
        return html`<h1>${t('dutyp.now')}</h1>
          ${works ? mine() : nothing}
          ${state ? there(state) : nothing}
          <section class="card"><h2>${t('dutyp.calls')}</h2>
            ${state && state.way_out === 'none' ? html`<p class="warn">${t('dutyp.no-way')}</p>` : html`<p class="hint">${t('dutyp.way', {way: wayWords(state ? state.way_out : '')})}</p>`}
            ${calls.view(callRows, {empty: t('dutyp.calls-none')})}</section>
          <section class="card"><h2>${t('dutyp.times')}</h2>${times.view(timeRows, {empty: t('dutyp.times-none')})}</section>`;
      },
      close() { clearInterval(ticking); ends.forEach((end) => end()); },
    };
  },
};
