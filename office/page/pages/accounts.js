// Accounts, for the administrator: who works here, in which role, who is locked out, who needs a set-up code.
import {get, post, put, remove} from '../ask.js';
import {formDialog, openDialog, sure} from '../dialog.js';
import {html, nothing, repeat} from '../html.js';
import {makeList} from '../list.js';
import {watch} from '../live.js';
import {addWords, said, t, time} from '../words.js';
import {departmentName, loadVocabulary} from './cases-words.js';
import {sessionsTable} from './me.js';

addWords({
  'acc.title': ['账号管理', 'Accounts'],
  'acc.find': ['按登录名、姓名或科室查找', 'Find by login, name or department'],
  'acc.new': ['新建账号', 'New account'],
  'acc.login': ['登录名', 'Login'], 'acc.login.hint': ['小写字母、数字、点、横线;建立后不能修改', 'small letters, digits, dots, dashes; it cannot be changed later'],
  'acc.name': ['姓名', 'Name'], 'acc.roles': ['身份', 'Roles'], 'acc.department': ['科室', 'Department'], 'acc.phone': ['电话', 'Phone'],
  'acc.state': ['状态', 'State'], 'acc.seen': ['最近使用', 'Last used'], 'acc.do': ['操作', 'Action'],
  'acc.disabled': ['已停用', 'closed'], 'acc.locked': ['锁定至 {at}', 'locked until {at}'], 'acc.setup': ['等待设置,{at} 前有效', 'to be set up by {at}'],
  'acc.factor': ['动态码', 'second factor'], 'acc.nofactor': ['缺动态码', 'no second factor'],
  'acc.edit': ['修改', 'Edit'], 'acc.edit.title': ['修改账号 {login}', 'Account {login}'],
  'acc.close': ['停用这个账号(不能再登录,记录中仍保留姓名)', 'Close this account (nobody signs in with it; the records keep its name)'],
  'acc.more': ['更多', 'More'],
  'acc.reset': ['重设密码', 'Reset the password'], 'acc.reset.why': ['原密码立即失效,所有登录结束。系统给出一个设置码,请当面或打电话告诉本人。', 'The old password is void at once and all sessions end. You get a set-up code: tell it to the person, face to face or by phone.'],
  'acc.reset.factor': ['手机也丢了:动态码和恢复码一并作废', 'The phone is lost too: the second factor and the recovery codes are void'],
  'acc.code': ['{login} 的设置码', 'Set-up code of {login}'], 'acc.code.why': ['登录时在密码栏输入,{at} 前有效。只显示这一次。', 'To be typed in place of the password, until {at}. Shown only this once.'], 'acc.code.done': ['知道了', 'Done'],
  'acc.unlock': ['解除锁定', 'Unlock'], 'acc.unlocked': ['已解除锁定', 'Unlocked'],
  'acc.sessions': ['登录情况', 'Sessions'], 'acc.sessions.end': ['结束全部登录', 'End all of them'], 'acc.sessions.none': ['没有登录', 'Not signed in'],
  'acc.saved': ['已保存', 'Saved'],
});

const ROLES = [
  ['duty', ['值班员', 'Duty clerk']], ['department', ['科室人员', 'Department clerk']], ['content', ['内容编辑', 'Content editor']], ['warden', ['网格员', 'Grid warden']],
  ['installer', ['安装维护员', 'Installer']], ['auditor', ['督察员', 'Inspector']], ['administrator', ['管理员', 'Administrator']],
];
export const roleName = (role) => { const found = ROLES.find(([key]) => key === role); return found ? said({zh: found[1][0], en: found[1][1]}) : role; };

const shared = [
  {name: 'name', label: ['姓名', 'Name'], required: true, maxlength: 40},
  {name: 'department', label: ['科室', 'Department'], maxlength: 40},
  {name: 'phone', label: ['电话', 'Phone'], kind: 'tel', maxlength: 20},
  {name: 'roles', label: ['身份', 'Roles'], kind: 'checks', options: ROLES, required: true},
];

export const accounts = {
  path: 'accounts', may: 'accounts.edit', title: ['账号', 'Accounts'], icon: 'key',
  open(ctx) {
    let find = '', timer = null;
    if (ctx.me.may.includes('cases.see')) loadVocabulary().then(ctx.redraw, ctx.fail); // what departments are called
    const list = makeList({
      load: (after) => get(`/v1/accounts?limit=50&find=${encodeURIComponent(find)}${after ? `&after=${encodeURIComponent(after)}` : ''}`),
      redraw: ctx.redraw, fail: ctx.fail,
    });

    const showCode = (made) => openDialog({title: t('acc.code', {login: made.login}), holds: true, closed: list.load, view: (box) => html`
      <p class="big"><code>${made.code}</code></p><p>${t('acc.code.why', {at: time(made.until)})}</p>
      <div class="actions"><button class="main" @click=${() => box.close()}>${t('acc.code.done')}</button></div>`});

    async function make() {
      const made = await formDialog({title: t('acc.new'), values: {roles: []}, submit: (values) => post('/v1/accounts', values),
        fields: [{name: 'login', label: t('acc.login'), hint: t('acc.login.hint'), required: true, maxlength: 32}, ...shared]});
      if (made) showCode(made);
    }

    async function edit(one) {
      const done = await formDialog({title: t('acc.edit.title', {login: one.login}), values: one, fields: [...shared, {name: 'disabled', label: t('acc.close'), kind: 'check', wide: true}],
        submit: (values) => put(`/v1/accounts/${one.id}`, values)});
      if (done) { ctx.toast(t('acc.saved')); list.load(); }
    }

    async function reset(one) {
      const made = await formDialog({title: `${t('acc.reset')} · ${one.name}`, before: html`<p>${t('acc.reset.why')}</p>`, ok: t('acc.reset'), danger: true,
        fields: [{name: 'factor', label: t('acc.reset.factor'), kind: 'check', wide: true}], submit: (values) => post(`/v1/accounts/${one.id}/reset`, values)});
      if (made) showCode(made);
    }

    async function unlock(one) {
      try { await post(`/v1/accounts/${one.id}/unlock`, {}); ctx.toast(t('acc.unlocked')); } catch (error) { ctx.fail(error); }
      list.load();
    }

    async function showSessions(one) {
      let rows;
      try { rows = await get(`/v1/accounts/${one.id}/sessions`); } catch (error) { ctx.fail(error); return; }
      openDialog({title: `${t('acc.sessions')} · ${one.name}`, view: (box) => html`
        ${rows.length ? sessionsTable(rows, t('acc.sessions'), null) : html`<p class="empty">${t('acc.sessions.none')}</p>`}
        ${rows.length ? html`<div class="actions"><button class="danger" @click=${() => { box.close(); endAll(one); }}>${t('acc.sessions.end')}</button></div>` : nothing}`});
    }

    async function endAll(one) {
      if (!await sure({title: t('acc.sessions.end'), text: one.name, yes: t('acc.sessions.end'), danger: true})) return;
      try { await remove(`/v1/accounts/${one.id}/sessions`); } catch (error) { ctx.fail(error); }
      list.load();
    }

    const state = (one) => html`
      ${one.disabled ? html`<span class="badge bad">${t('acc.disabled')}</span> ` : nothing}
      ${one.locked_until ? html`<span class="badge warn">${t('acc.locked', {at: time(one.locked_until)})}</span> ` : nothing}
      ${one.setup_until ? html`<span class="badge warn">${t('acc.setup', {at: time(one.setup_until)})}</span> ` : nothing}
      ${one.factor ? html`<span class="badge good">${t('acc.factor')}</span>` : one.factor_needed && !one.disabled ? html`<span class="badge warn">${t('acc.nofactor')}</span>` : nothing}`;

    const row = (one) => html`<tr>
      <th scope="row">${one.login}</th><td>${one.name}</td><td>${one.roles.map(roleName).join('、')}</td><td>${one.department ? departmentName(one.department) : nothing}</td><td>${state(one)}</td><td>${time(one.seen_at)}</td>
      <td><div class="actions"><button @click=${() => edit(one)} aria-label="${t('acc.edit')} ${one.name}">${t('acc.edit')}</button>
        <button class="quiet" @click=${() => reset(one)} aria-label="${t('acc.reset')} ${one.name}">${t('acc.reset')}</button>
        ${one.sessions ? html`<button class="quiet" @click=${() => showSessions(one)} aria-label="${t('acc.sessions')} ${one.name}">${t('acc.sessions')}</button>` : nothing}
        ${one.locked_until ? html`<button @click=${() => unlock(one)} aria-label="${t('acc.unlock')} ${one.name}">${t('acc.unlock')}</button>` : nothing}</div></td></tr>`;

    const unwatch = watch((line) => { if (line === 'up') list.load(); });
    list.load();
    return {
      view: () => html`
        <h1>${t('acc.title')}</h1>
        <div class="actions finder">
          <div class="grow"><label for="acc-find">${t('acc.find')}</label>
            <input id="acc-find" type="search" @input=${(event) => { find = event.target.value; clearTimeout(timer); timer = setTimeout(list.load, 250); }}></div>
          <button class="main" @click=${make}>${t('acc.new')}</button>
        </div>
        ${list.view((items) => html`<div class="scroll" tabindex="0" role="region" aria-label=${t('acc.title')}><table><caption class="unseen">${t('acc.title')}</caption>
          <thead><tr>${['login', 'name', 'roles', 'department', 'state', 'seen', 'do'].map((key) => html`<th scope="col">${t(`acc.${key}`)}</th>`)}</tr></thead>
          <tbody>${repeat(items, (one) => one.id, row)}</tbody></table></div>`)}`,
      close() { unwatch(); clearTimeout(timer); },
    };
  },
};
