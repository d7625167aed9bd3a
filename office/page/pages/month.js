// The month on one sheet, to look at and to print.
import {get} from '../ask.js';
import {html, nothing} from '../html.js';
import {addWords, t} from '../words.js';
import {now} from './alarms-feed.js';

addWords({
  'month.title': ['{month} 月报', 'Sheet of {month}'],
  'month.choose': ['月份', 'Month'],
  'month.print': ['打印', 'Print'],
  'month.running': ['本月尚未结束,统计到现在', 'This month is not over: counted to now'],
  'month.share': ['{n} 秒内有人接警', 'Answered within {n} s'],
  'month.none': ['没有报警', 'No alarms'],
  'month.raised': ['紧急报警', 'Emergencies'],
  'month.within': ['{n} 秒内接警', 'Within {n} s'],
  'month.never': ['无人接警', 'Never taken'],
  'month.median': ['接警用时中位数', 'Median time to take'],
  'month.p90': ['九成在此时间内', 'Nine of ten within'],
  'month.real': ['真实报警', 'Real alarms'],
  'month.drills': ['演练', 'Drills'],
  'month.reasons': ['结果', 'How they ended'],
  'month.reason': ['结果', 'Result'],
  'month.count': ['次数', 'Count'],
  'month.weeks': ['每周检查按钮', 'Weekly check of the buttons'],
  'month.week': ['周', 'Week'],
  'month.buttons': ['按钮', 'Buttons'],
  'month.pressed': ['已按', 'Pressed'],
  'month.called': ['已电话联系', 'Called'],
  'month.done': ['完成', 'Done'],
  'month.unattended': ['无人值守', 'Nobody on duty'],
  'month.silent': ['网关失联', 'Gateways silent'],
  'month.times': ['{n} 次', '{n} times'],
  'month.longest': ['最长 {time}', 'longest {time}'],
  'month.looks': ['查看摄像头', 'Looks through cameras'],
  'month.way': ['方式', 'Way'],
  'month.refused': ['未成功', 'Refused'],
  'month.kept': ['已存图片', 'A kept picture'], 'month.live': ['实时', 'Live'], 'month.gateway': ['在网关处', 'At the gateway'],
  'month.r.real': ['属实', 'Real'], 'month.r.false': ['误报', 'False'], 'month.r.test': ['测试', 'Test'], 'month.r.drill': ['演练', 'Drill'], 'month.r.open': ['未结束', 'Still open'], 'month.r.other': ['其他', 'Other'],
});

const thisMonth = () => new Intl.DateTimeFormat('sv-SE', {timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit'}).format(now()).slice(0, 7); // by the desk's clock
const hours = (s) => t('h', {n: Math.floor(s / 3600), m: Math.floor((s % 3600) / 60)});
const seconds = (s) => (s === null ? '—' : t('s', {n: s}));
const percent = (part, whole) => (whole ? `${Math.round((100 * part) / whole)} %` : '—');

export const month = {
  path: 'month', may: 'figures.see', title: ['月报', 'Month'], icon: 'sheet',
  open(ctx) {
    let chosen = ctx.args[0] || thisMonth(), sheet = null;

    async function load() {
      try { sheet = await get(`/v1/months/${encodeURIComponent(chosen)}`); } catch (error) { sheet = null; ctx.fail(error); }
      ctx.redraw();
    }
    load();

    const answers = (name, all) => html`
      <tr><th scope="row">${t(name)}</th><td class="number">${all.raised}</td><td class="number">${all.within_goal} (${percent(all.within_goal, all.raised)})</td>
      <td class="number">${all.never_taken}</td><td class="number">${seconds(all.median_s)}</td><td class="number">${seconds(all.p90_s)}</td></tr>`;

    const body = () => html`
      ${sheet.until < now() - 120000 ? nothing : html`<p class="hint">${t('month.running')}</p>`}
      <div class="cards four">
        <section class="card"><h2>${t('month.share', {n: sheet.goal_s})}</h2><p class="big">${sheet.real.raised ? percent(sheet.real.within_goal, sheet.real.raised) : t('month.none')}</p><p class="hint">${sheet.real.within_goal} / ${sheet.real.raised}</p></section>
        <section class="card"><h2>${t('month.unattended')}</h2><p class="big">${hours(sheet.unattended_s)}</p><p class="hint">${t('month.times', {n: sheet.unattended_times})} · ${t('month.longest', {time: hours(sheet.unattended_longest_s)})}</p></section>
        <section class="card"><h2>${t('month.silent')}</h2><p class="big">${hours(sheet.gateways_silent_s)}</p><p class="hint">${t('month.times', {n: sheet.gateways_silent_times})}</p></section>
        <section class="card"><h2>${t('month.looks')}</h2><p class="big">${sheet.looks.reduce((sum, one) => sum + one.count, 0)}</p><p class="hint">${sheet.looks.map((one) => `${t(`month.${one.way}`)} ${one.count}`).join(' · ')}</p></section>
      </div>
      <section class="card"><div class="scroll" tabindex="0" role="region" aria-label=${t('month.raised')}><table><caption>${t('month.raised')}</caption>
        <thead><tr><td></td><th class="number">${t('month.count')}</th><th class="number">${t('month.within', {n: sheet.goal_s})}</th><th class="number">${t('month.never')}</th><th class="number">${t('month.median')}</th><th class="number">${t('month.p90')}</th></tr></thead>
        <tbody>${answers('month.real', sheet.real)}${answers('month.drills', sheet.drills)}</tbody></table></div></section>
      <div class="split">
        <section class="card"><table><caption>${t('month.weeks')}</caption>
          <thead><tr><th>${t('month.week')}</th><th class="number">${t('month.buttons')}</th><th class="number">${t('month.pressed')}</th><th class="number">${t('month.called')}</th><th class="number">${t('month.done')}</th></tr></thead>
          <tbody>${sheet.weeks.map((week) => html`<tr><td>${week.week}</td><td class="number">${week.buttons}</td><td class="number">${week.pressed}</td><td class="number">${week.called}</td><td class="number">${percent(week.pressed + week.called, week.buttons)}</td></tr>`)}</tbody></table></section>
        <section class="card"><table><caption>${t('month.reasons')}</caption><thead><tr><th>${t('month.reason')}</th><th class="number">${t('month.count')}</th></tr></thead>
          <tbody>${sheet.reasons.map((one) => html`<tr><td>${t(`month.r.${one.reason}`)}</td><td class="number">${one.count}</td></tr>`)}</tbody></table></section>
      </div>`;

    return {
      view: () => html`
        <h1>${t('month.title', {month: chosen})}</h1>
        <div class="actions"><label for="month">${t('month.choose')}</label>
          <input id="month" type="month" class="short" .value=${chosen} max=${thisMonth()} @change=${(event) => { if (event.target.value) ctx.go(`month/${event.target.value}`); }}>
          <button @click=${() => window.print()}>${t('month.print')}</button></div>
        ${sheet ? body() : nothing}`,
      follow(args) { chosen = args[0] || thisMonth(); load(); },
      close() {},
    };
  },
};
