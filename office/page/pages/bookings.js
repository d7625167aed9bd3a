// Bookings made at kiosks: what a changed calendar displaced first, then what waits for a call, then the day's list.
import {get, post} from '../ask.js';
import {formDialog, openDialog} from '../dialog.js';
import {html, nothing, repeat} from '../html.js';
import {makeList} from '../list.js';
import * as line from '../live.js';
import {addWords, t, time} from '../words.js';

addWords({
  'b.title': ['预约', 'Bookings'], 'b.state': ['状态', 'State'], 'b.day': ['哪天', 'Day'], 'b.all': ['全部', 'All'], 'b.when': ['时间', 'Time'], 'b.what': ['事项', 'What'], 'b.number': ['编号', 'Number'], 'b.phone': ['电话', 'Telephone'], 'b.asked': ['提交', 'Sent'], 'b.none': ['没有预约', 'No bookings'],
  'b.confirmed': ['已确认', 'Confirmed'], 'b.requested': ['等您回电', 'Call back'], 'b.full': ['已约满', 'Full'], 'b.refused': ['已谢绝', 'Refused'], 'b.done': ['已办理', 'Came'], 'b.missed': ['没有来', 'Did not come'],
  'b.why-offline': ['提交时信息机没有网络', 'the kiosk had no line'], 'b.why-no-slot': ['没有这个时段', 'no such time'], 'b.why-past': ['时间已过', 'already past'], 'b.why-full': ['已约满', 'full'], 'b.displaced': ['时段已改,请电话另约', 'the time is gone: agree another'],
  'b.confirm': ['确认', 'Confirm'], 'b.refuse': ['谢绝', 'Refuse'], 'b.came': ['来了', 'Came'], 'b.not': ['没来', 'Did not'], 'b.show': ['查看号码', 'Show number'], 'b.saved': ['已保存', 'Saved'], 'b.free': ['余 {n}', '{n} free'], 'b.same': ['按原时间', 'As asked'],
});
const MARK = {confirmed: 'good', requested: 'warn', full: '', refused: '', done: 'good', missed: ''};
const shown = (text) => text.replace('T', ' ');
const grouped = (number) => number.replace(/^(\d{4})(\d{4})(\d)$/, '$1-$2-$3');

export const bookings = {
  path: 'bookings', may: 'cases.see', title: ['预约', 'Bookings'], icon: 'calendar',
  open(ctx) {
    let state = '', day = '';
    const {redraw, fail} = ctx, works = ctx.me.may.includes('cases.work');
    const list = makeList({
      load: (before) => get(`/v1/bookings?limit=50&state=${state}&day=${day}&before=${before || 0}`), redraw, fail,
      read: (answer) => ({items: answer, next: answer.length === 50 && !day ? answer[answer.length - 1].made_at : null}),
    });
    const load = () => list.load();
    const act = async (work) => { try { await work(); ctx.toast(t('b.saved'), 'good'); } catch (error) { fail(error); } load(); };

    async function confirm(one) {
      let free = [];
      try { free = await get(`/v1/booking-slots/${one.calendar}`); } catch { free = []; }
      const options = [['', t('b.same')], ...free.filter((slot) => slot.free > 0).slice(0, 60).map((slot) => [slot.starts, `${shown(slot.starts)} · ${t('b.free', {n: slot.free})}`])];
      const done = await formDialog({title: `${t('b.confirm')} ${grouped(one.number)}`, fields: [{name: 'starts', label: [t('b.when'), t('b.when')], kind: 'select', options}], submit: (values) => post(`/v1/bookings/${one.id}/confirm`, values), ok: t('b.confirm')});
      if (done !== null) load();
    }
    async function refuse(one) {
      const fields = [{name: 'note', label: ['原因(同事可见)', 'Why (for colleagues)'], kind: 'area', wide: true, maxlength: 500}];
      if (await formDialog({title: `${t('b.refuse')} ${grouped(one.number)}`, fields, submit: async (values) => { await post(`/v1/bookings/${one.id}/refuse`, values); return true; }, ok: t('b.refuse'), danger: true})) load();
    }
    async function phone(one) {
      try {
        const {phone: number} = await post(`/v1/bookings/${one.id}/phone`);
        openDialog({title: grouped(one.number), view: () => html`<p class="big"><a href="tel:${number}">${number}</a></p>`});
      } catch (error) { fail(error); }
    }
    const row = (one) => html`<tr><th scope="row">${shown(one.starts)}</th><td>${one.title}</td><td><code>${grouped(one.number)}</code></td>
      <td><span class="badge ${one.displaced ? 'bad' : MARK[one.state]}">${one.displaced ? t('b.displaced') : t(`b.${one.state}`)}</span>${one.why ? html`<br><span class="hint">${t(`b.why-${one.why}`)}</span>` : nothing}${one.note ? html`<br><span class="hint">${one.note}</span>` : nothing}</td>
      <td>${works ? html`<button class="quiet" aria-label="${t('b.show')} …${one.tail}" @click=${() => phone(one)}>…${one.tail}</button>` : html`…${one.tail}`}</td><td>${time(one.made_at)}</td>
      <td>${works ? html`<span class="actions tight">${one.state === 'requested' || one.displaced ? html`<button class="main" aria-label="${t('b.confirm')} ${grouped(one.number)}" @click=${() => confirm(one)}>${t('b.confirm')}</button><button aria-label="${t('b.refuse')} ${grouped(one.number)}" @click=${() => refuse(one)}>${t('b.refuse')}</button>`
        : one.state === 'confirmed' ? html`<button aria-label="${t('b.came')} ${grouped(one.number)}" @click=${() => act(() => post(`/v1/bookings/${one.id}/done`, {came: true}))}>${t('b.came')}</button><button class="quiet" aria-label="${t('b.not')} ${grouped(one.number)}" @click=${() => act(() => post(`/v1/bookings/${one.id}/done`, {came: false}))}>${t('b.not')}</button>` : nothing}</span>` : nothing}</td></tr>`;
    const over = [line.on('bookings', load), line.watch((now) => { if (now === 'up') load(); })];
    load();
    return {
      close: () => over.forEach((end) => end()),
      view: () => html`<h1>${t('b.title')}</h1><section class="card"><div class="actions">
        <label for="b-state">${t('b.state')}</label><select id="b-state" class="short" @change=${(event) => { state = event.target.value; load(); }}>${['', 'requested', 'confirmed', 'full', 'refused', 'done', 'missed'].map((one) => html`<option value=${one} ?selected=${one === state}>${one ? t(`b.${one}`) : t('b.all')}</option>`)}</select>
        <label for="b-day">${t('b.day')}</label><input id="b-day" class="short" type="date" .value=${day} @change=${(event) => { day = event.target.value; load(); }}></div>
        ${list.view((items) => html`<div class="scroll" tabindex="0" role="region" aria-label=${t('b.title')}><table><caption class="unseen">${t('b.title')}</caption><thead><tr><th scope="col">${t('b.when')}</th><th scope="col">${t('b.what')}</th><th scope="col">${t('b.number')}</th><th scope="col">${t('b.state')}</th><th scope="col">${t('b.phone')}</th><th scope="col">${t('b.asked')}</th><th scope="col"><span class="unseen">${t('b.confirm')}</span></th></tr></thead><tbody>${repeat(items, (one) => one.id, row)}</tbody></table></div>`, {empty: t('b.none')})}</section>`,
    };
  },
};
