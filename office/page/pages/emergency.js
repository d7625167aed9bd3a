// Emergency notices on every kiosk: written by one, released by another, withdrawn with one click; who has shown it since when.
import {get, post} from '../ask.js';
import {sure} from '../dialog.js';
import {makeForm} from '../form.js';
import {html, nothing} from '../html.js';
import * as line from '../live.js';
import {addWords, t, time} from '../words.js';

addWords({
  'em.title': ['紧急通知', 'Emergency notices'], 'em.hint': ['发布后,每台信息机两秒内全屏显示并朗读。要由两个人:一人写,另一人发布。', 'Once released, every kiosk shows and speaks it within two seconds. It takes two people: one writes, another releases.'],
  'em.write': ['交给同事发布', 'Hand it to a colleague'], 'em.release': ['发布到所有信息机', 'Release to every kiosk'], 'em.release-sure': ['请大声读一遍:「{text}」', 'Read it aloud first: “{text}”'], 'em.mine': ['您写的通知要由同事发布', 'A colleague has to release what you wrote'],
  'em.withdraw': ['撤回', 'Withdraw'], 'em.withdraw-sure': ['所有信息机立即停止显示。', 'Every kiosk stops showing it at once.'], 'em.none': ['还没有紧急通知', 'No emergency notice yet'], 'em.shown': ['{n} 台已显示(通知了 {told} 台)', 'shown by {n} of {told}'],
  'em.draft': ['待发布', 'To be released'], 'em.owed': ['正在送出', 'On its way'], 'em.out': ['正在显示', 'On screens'], 'em.over': ['已过期', 'Over'], 'em.withdrawn': ['已撤回', 'Withdrawn'], 'em.until': ['到 {at}', 'until {at}'],
});
const MARK = {draft: 'warn', owed: 'warn', out: 'bad', over: '', withdrawn: ''};
const FIELDS = [
  {name: 'title', label: ['标题(最多 20 字)', 'Title (at most 20)'], required: true, maxlength: 20},
  {name: 'minutes', label: ['显示多少分钟', 'Minutes'], kind: 'number', required: true, min: 1, max: 4320},
  {name: 'text', label: ['内容(最多 300 字,会朗读)', 'Text (at most 300, spoken)'], kind: 'area', required: true, wide: true, maxlength: 300},
];

export const emergency = {
  path: 'emergency', may: 'notice.release', title: ['紧急通知', 'Emergency notice'], icon: 'flag',
  open(ctx) {
    let all = null;
    async function load() { try { all = await get('/v1/notices'); ctx.redraw(); } catch (error) { ctx.fail(error); } }
    const form = makeForm({fields: FIELDS, values: {minutes: 60}, redraw: ctx.redraw, submit: (values) => post('/v1/notices', values), done: () => { form.set({title: '', text: ''}); load(); }});
    async function act(one, what, words, danger) {
      if (!await sure({title: t(`em.${what}`), text: words, yes: t(`em.${what}`), danger})) return;
      try { await post(`/v1/notices/${one.id}/${what}`); } catch (error) { ctx.fail(error); }
      load();
    }
    const mine = (one) => one.made_by === ctx.me.id;
    const card = (one) => html`<article class="card"><h3>${one.title} <span class="badge ${MARK[one.state]}">${t(`em.${one.state}`)}</span></h3><p>${one.text}</p>
      <p class="hint">${time(one.made_at)}${one.ends_at ? html` · ${t('em.until', {at: time(one.ends_at)})}` : nothing}${one.told ? html` · ${t('em.shown', {n: one.shown.length, told: one.told})}` : nothing}</p>
      ${one.shown.length ? html`<ul class="plain">${one.shown.map((kiosk) => html`<li>${kiosk.gateway} · ${time(kiosk.at)}</li>`)}</ul>` : nothing}
      <div class="actions">${one.state === 'draft' ? (mine(one) ? html`<span class="hint">${t('em.mine')}</span>` : html`<button class="main danger" @click=${() => act(one, 'release', t('em.release-sure', {text: one.text}), true)}>${t('em.release')}</button>`) : nothing}
        ${['draft', 'owed', 'out'].includes(one.state) ? html`<button @click=${() => act(one, 'withdraw', t('em.withdraw-sure'))}>${t('em.withdraw')}</button>` : nothing}</div></article>`;
    const over = [line.on('notices', load), line.watch((now) => { if (now === 'up') load(); })];
    load();
    return {
      close: () => over.forEach((end) => end()),
      view: () => html`<h1>${t('em.title')}</h1><p class="hint">${t('em.hint')}</p><section class="card">${form.view({ok: t('em.write')})}</section>
        ${all === null ? nothing : all.length ? html`<div class="cards">${all.map(card)}</div>` : html`<p class="empty">${t('em.none')}</p>`}`,
    };
  },
};
