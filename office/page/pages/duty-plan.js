// 排班: the week, day by day; whoever leads plans, swaps and takes away.
import {get, post, remove} from '../ask.js';
import {formDialog, openDialog, sure} from '../dialog.js';
import {html, nothing} from '../html.js';
import * as live from '../live.js';
import {addWords, language, t} from '../words.js';

addWords({
  'plan.title': ['排班', 'Shifts'],
  'plan.before': ['上一周', 'Week before'], 'plan.after': ['下一周', 'Week after'], 'plan.this': ['本周', 'This week'],
  'plan.add': ['排新班', 'Plan shifts'],
  'plan.who': ['值班员', 'Clerk'], 'plan.first': ['从哪天', 'From day'], 'plan.last': ['到哪天(可不填:只排一天)', 'To day (empty: one day)'],
  'plan.begins': ['开始', 'Begins'], 'plan.ends': ['结束(早于开始为次日)', 'Ends (before the begin: next day)'],
  'plan.days': ['只排这些星期(不选:每天)', 'Only on (none: every day)'],
  'plan.rank': ['呼叫顺序', 'Order of calling'], 'plan.note': ['备注', 'Note'],
  'plan.made': ['已排 {n} 个班次', '{n} shifts planned'],
  'plan.swap': ['换班', 'Swap'], 'plan.to': ['换给', 'To'], 'plan.why': ['原因', 'Why'],
  'plan.remove': ['删除这个班次', 'Remove this shift'], 'plan.remove-all': ['删除此班次及以后同批班次', 'Remove it and those after it'],
  'plan.sure': ['确定删除吗?', 'Remove it?'],
  'plan.nth': ['第 {n} 个呼叫', 'called as number {n}'],
  'plan.free': ['没有排班', 'Nobody planned'],
  'plan.swapped': ['换班', 'swapped'],
  'plan.no-clerks': ['还没有值班员账号', 'There is no clerk yet'],
});

const DAY = 86400000, OFFSET = 8 * 3600000;
const NAMES = [['周一', 'Mon'], ['周二', 'Tue'], ['周三', 'Wed'], ['周四', 'Thu'], ['周五', 'Fri'], ['周六', 'Sat'], ['周日', 'Sun']];
const pick = (both) => both[language === 'zh' ? 0 : 1];
const monday = (at) => { const day = Math.floor((at + OFFSET) / DAY); return (day - (day + 3) % 7) * DAY - OFFSET; };
const clock = (at) => new Date(at + OFFSET).toISOString().slice(11, 16);
const date = (at) => new Date(at + OFFSET).toISOString().slice(0, 10);

export const dutyPlan = {
  path: 'duty-plan', may: 'alarms.see', title: ['排班', 'Shifts'], icon: 'calendar',
  open(ctx) {
    const plans = ctx.me.may.includes('duty.plan');
    let begin = monday(Date.now()), roster = null;
    const load = async () => {
      try { roster = await get(`/v1/duty/shifts?from=${begin}&to=${begin + 7 * DAY}`); } catch (error) { ctx.fail(error); }
      ctx.redraw();
    };
    const go = (to) => { begin = to; roster = null; ctx.redraw(); load(); };
    const ends = [live.on('duty-shifts', load), live.watch((line) => { if (line === 'up') load(); })];
    const clerks = () => roster.clerks.map((one) => [one.account, one.name]);

    async function add() {
      const made = await formDialog({
        title: t('plan.add'),
        fields: [
          {name: 'account', label: t('plan.who'), kind: 'select', options: clerks, required: true},
          {name: 'rank', label: t('plan.rank'), kind: 'number', min: 1, max: 9},
          {name: 'first', label: t('plan.first'), kind: 'date', required: true},
          {name: 'last', label: t('plan.last'), kind: 'date'},
          {name: 'begins', label: t('plan.begins'), kind: 'time', required: true},
          {name: 'ends', label: t('plan.ends'), kind: 'time', required: true},
          {name: 'weekdays', label: t('plan.days'), kind: 'checks', options: NAMES.map((name, index) => [String(index + 1), name])},
          {name: 'note', label: t('plan.note'), maxlength: 200, wide: true},
        ],
        values: {account: clerks()[0]?.[0], rank: 1, first: date(Math.max(begin, Date.now())), begins: '08:00', ends: '20:00', weekdays: []},
        submit: (values) => post('/v1/duty/shifts', {...values, rank: values.rank || 1, weekdays: values.weekdays.map(Number)}),
      });
      if (made) { ctx.toast(t('plan.made', {n: made.shifts})); load(); }
    }

    async function swap(shift) {
      const done = await formDialog({
        title: t('plan.swap'),
        fields: [
          {name: 'account', label: t('plan.to'), kind: 'select', options: () => clerks().filter(([id]) => id !== shift.account), required: true},
          {name: 'note', label: t('plan.why'), required: true, maxlength: 200},
        ],
        submit: (values) => post(`/v1/duty/shifts/${shift.id}/swap`, values),
      });
      if (done) load();
    }

    async function take(shift, following) {
      if (!await sure({title: t(following ? 'plan.remove-all' : 'plan.remove'), text: t('plan.sure'), danger: true})) return;
      try { await remove(`/v1/duty/shifts/${shift.id}${following ? '?following=1' : ''}`); } catch (error) { ctx.fail(error); }
      load();
    }

    const open = (shift) => openDialog({title: `${shift.name} ${date(shift.begins_at)} ${clock(shift.begins_at)}–${clock(shift.ends_at)}`, view: (box) => html`
      ${shift.note ? html`<p>${shift.note}</p>` : nothing}
      <div class="actions">
        <button class="main" @click=${() => { box.close(); swap(shift); }}>${t('plan.swap')}</button>
        ${shift.begins_at > Date.now() ? html`
          <button class="danger" @click=${() => { box.close(); take(shift, false); }}>${t('plan.remove')}</button>
          <button class="danger" @click=${() => { box.close(); take(shift, true); }}>${t('plan.remove-all')}</button>` : nothing}
      </div>`});

    const nameOf = (account) => (roster.clerks.find((one) => one.account === account) || {name: account}).name;
    const shiftView = (shift) => {
      const now = shift.begins_at <= Date.now() && Date.now() < shift.ends_at;
      const inner = html`<strong>${shift.name}</strong>${clock(shift.begins_at)}–${clock(shift.ends_at)}<span class="hint">${t('plan.nth', {n: shift.rank})}</span>
        ${shift.swapped_from ? html`<span class="hint">${t('plan.swapped')} ← ${nameOf(shift.swapped_from)}</span>` : nothing}${shift.note ? html`<span class="hint">${shift.note}</span>` : nothing}`;
      const kind = `shift ${now ? 'now' : ''} ${shift.swapped_from ? 'swapped' : ''}`;
      return plans && shift.ends_at > Date.now() ? html`<button class=${kind} @click=${() => open(shift)}>${inner}</button>` : html`<div class=${kind}>${inner}</div>`;
    };
    const dayView = (name, index) => {
      const from = begin + index * DAY, mine = roster.shifts.filter((shift) => shift.begins_at >= from && shift.begins_at < from + DAY);
      return html`<section class=${date(from) === date(Date.now()) ? 'today' : ''}><h2>${pick(name)} ${date(from).slice(5)}</h2>
        ${mine.length ? mine.map(shiftView) : html`<p class="hint">${t('plan.free')}</p>`}</section>`;
    };
    return {
      view: () => html`<h1>${t('plan.title')}</h1>
        <div class="actions above"><button @click=${() => go(begin - 7 * DAY)}>‹ ${t('plan.before')}</button><button @click=${() => go(monday(Date.now()))}>${t('plan.this')}</button>
          <button @click=${() => go(begin + 7 * DAY)}>${t('plan.after')} ›</button><strong>${date(begin)} – ${date(begin + 6 * DAY)}</strong><span class="grow"></span>
          ${plans && roster ? html`<button class="main" ?disabled=${!roster.clerks.length} @click=${add}>${t('plan.add')}</button>` : nothing}</div>
        ${roster && !roster.clerks.length ? html`<p class="warn">${t('plan.no-clerks')}</p>` : nothing}
        <div class="scroll" tabindex="0" role="region" aria-label=${t('plan.title')}><div class="week">${roster ? NAMES.map(dayView) : nothing}</div></div>`,
      close() { ends.forEach((end) => end()); },
    };
  },
};
