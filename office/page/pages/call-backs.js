// Residents who wish to be called: one clerk takes a wish, sees the number, rings the kiosk or the telephone, says how it went.
import {get, post} from '../ask.js';
import {formDialog} from '../dialog.js';
import {html, nothing, repeat} from '../html.js';
import {makeList} from '../list.js';
import * as live from '../live.js';
import {addWords, since, t, time} from '../words.js';
import {departmentName, watchBoard} from './calls-board.js';
import {inCall, ringKiosk} from './calls-mine.js';
import {whoAmI} from './calls-there.js';

addWords({
  'back.title': ['回电', 'Call-backs'], 'back.hint': ['居民留下的回电愿望。领取后才显示完整电话,并会记录。', 'Wishes to be called. The whole number is shown to who takes one, and that is noted.'],
  'back.waiting': ['等待回电', 'Waiting'], 'back.taken': ['正在联系', 'Being called'], 'back.done': ['已完成', 'Done'], 'back.none': ['没有', 'None'],
  'back.when': ['留言时间', 'Left at'], 'back.where': ['信息机', 'Kiosk'], 'back.department': ['科室', 'Department'], 'back.phone': ['电话', 'Telephone'], 'back.wish': ['想什么时候、为什么', 'When, and about what'], 'back.by': ['领取人', 'Taken by'], 'back.do': ['办理', 'Do'], 'back.tries': ['已试 {n} 次', 'tried {n} times'],
  'back.take': ['领取', 'Take it'], 'back.show': ['显示电话(会记录)', 'Show the number (is noted)'], 'back.ringKiosk': ['呼叫信息机', 'Ring the kiosk'], 'back.reached': ['已联系上', 'Reached'], 'back.not': ['没有联系上', 'Not reached'], 'back.release': ['放回列表', 'Put it back'], 'back.how': ['说了什么(不写身份证号)', 'What was said (no identity numbers)'], 'back.kept': ['已记下', 'Noted'], 'back.notOk': ['放回列表,稍后再打', 'Back on the list, to be tried later'],
});

const TABS = ['waiting', 'taken', 'done'], LIMIT = 30;

export const callBacks = {
  path: 'call-backs', may: 'calls.take', title: ['回电', 'Call-backs'], icon: 'callback',
  open(ctx) {
    let tab = TABS.includes(ctx.args[0]) ? ctx.args[0] : 'waiting';
    const opened = new Map(); // id -> {phone, notes}: of those this person took
    const list = makeList({
      load: (before) => get(`/v1/callbacks?state=${tab}&limit=${LIMIT}${before ? `&before=${before}` : ''}`),
      read: (answer) => { const items = answer.callbacks || answer.items || answer; return {items, next: items.length === LIMIT ? items[LIMIT - 1].at : null}; },
      redraw: ctx.redraw, fail: ctx.fail,
    });
    const ends = [live.on('callbacks', () => list.load()), live.watch((line) => { if (line === 'up') list.load(); }), watchBoard(ctx.redraw)];

    async function take(one) {
      try {
        const got = await post(`/v1/callbacks/${one.id}/take`);
        opened.set(one.id, got);
        if (tab === 'waiting') ctx.go('call-backs/taken'); else list.load();
      } catch (error) { ctx.fail(error); list.load(); }
      ctx.redraw();
    }

    async function release(one) {
      try { await post(`/v1/callbacks/${one.id}/release`); opened.delete(one.id); } catch (error) { ctx.fail(error); }
      list.load();
    }

    async function done(one, reached) {
      const kept = await formDialog({
        title: t(reached ? 'back.reached' : 'back.not'), before: reached ? nothing : html`<p class="hint">${t('back.notOk')}</p>`,
        fields: [{name: 'notes', label: t('back.how'), kind: 'area', maxlength: 2000, wide: true}],
        submit: (values) => post(`/v1/callbacks/${one.id}/done`, {notes: values.notes, reached}),
      });
      if (kept === null) return;
      opened.delete(one.id);
      ctx.toast(t('back.kept'), 'good');
      list.load();
    }

    function acts(one) {
      const known = opened.get(one.id), mine = one.by === whoAmI();
      if (one.state === 'waiting') return html`<button class="main" @click=${() => take(one)}>${t('back.take')}</button>`;
      if (one.state !== 'taken' || !mine) return nothing;
      return html`<div class="actions">
        ${known ? html`<a class="button" href="tel:${known.phone}">☎ ${known.phone}</a>` : html`<button @click=${() => take(one)}>${t('back.show')}</button>`}
        <button ?disabled=${inCall()} @click=${() => ringKiosk(one.gateway, {department: one.department, callback: one.id}, one.kiosk)}>${t('back.ringKiosk')}</button>
        <button @click=${() => done(one, true)}>${t('back.reached')}</button><button @click=${() => done(one, false)}>${t('back.not')}</button><button class="quiet" @click=${() => release(one)}>${t('back.release')}</button></div>`;
    }

    const table = (rows) => html`<div class="scroll" tabindex="0" role="region" aria-label=${t('back.title')}><table class="stack"><caption class="unseen">${t(`back.${tab}`)}</caption>
      <thead><tr><th scope="col">${t('back.when')}</th><th scope="col">${t('back.where')}</th><th scope="col">${t('back.department')}</th><th scope="col">${t('back.phone')}</th><th scope="col">${t('back.wish')}</th>${tab === 'waiting' ? nothing : html`<th scope="col">${t('back.by')}</th>`}<th scope="col">${t('back.do')}</th></tr></thead>
      <tbody>${repeat(rows, (one) => one.id, (one) => html`<tr data-wish=${one.id}><td>${time(one.at)} <span class="hint">${tab === 'waiting' ? since(one.at) : nothing}</span></td><td>${one.kiosk || one.gateway}</td><td>${departmentName(one.department)}</td><td>${(opened.get(one.id) || one).phone || '—'}</td>
        <td>${one.wish} ${one.tries ? html`<span class="badge warn">${t('back.tries', {n: one.tries})}</span>` : nothing}</td>${tab === 'waiting' ? nothing : html`<td>${one.by_name}</td>`}<td>${acts(one)}</td></tr>`)}</tbody></table></div>`;

    list.load();
    return {
      follow(args) { tab = TABS.includes(args[0]) ? args[0] : 'waiting'; list.load(); },
      close() { ends.forEach((end) => end()); opened.clear(); },
      view: () => html`<h1>${t('back.title')}</h1><p class="hint">${t('back.hint')}</p>
        <nav class="tabs" aria-label=${t('back.title')}>${TABS.map((one) => html`<a href="#/call-backs/${one}" aria-current=${one === tab ? 'page' : nothing}>${t(`back.${one}`)}</a>`)}</nav>
        ${list.view(table, {empty: t('back.none')})}`,
    };
  },
};
