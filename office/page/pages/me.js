// My own account: password, second factor, recovery codes, where I am signed in.
import {get, post, remove} from '../ask.js';
import {formDialog, openDialog, sure} from '../dialog.js';
import {html, nothing} from '../html.js';
import {factorSteps, passwordFields, recoveryView, setPassword} from '../sign-in.js';
import {addWords, said, t, time} from '../words.js';

addWords({
  'me.title': ['我的账号', 'My account'],
  'me.login': ['登录名', 'Login'], 'me.name': ['姓名', 'Name'], 'me.roles': ['身份', 'Roles'], 'me.department': ['科室', 'Department'], 'me.phone': ['电话', 'Phone'],
  'me.ask': ['姓名、科室或电话有误时,请管理员修改。', 'Ask an administrator if anything here is wrong.'],
  'me.password': ['密码', 'Password'],
  'me.password.change': ['修改密码', 'Change the password'],
  'me.password.why': ['修改后,您在其他地方的登录会立即结束。', 'Afterwards you are signed out everywhere else.'],
  'me.password.old': ['现在的密码', 'The password now'],
  'me.password.done': ['密码已修改', 'The password was changed'],
  'me.factor': ['手机动态码', 'Codes on the phone'],
  'me.factor.on': ['已启用', 'in use'], 'me.factor.off': ['未启用', 'not in use'],
  'me.factor.needed': ['您的身份必须使用', 'needed in your role'],
  'me.factor.set': ['设置动态码', 'Set it up'], 'me.factor.again': ['换一部手机', 'Use another phone'], 'me.factor.end': ['停用', 'Do without it'],
  'me.left': ['还有 {n} 个恢复码可用', '{n} recovery codes are left'],
  'me.codes.new': ['生成新的恢复码', 'New recovery codes'],
  'me.sessions': ['登录情况', 'Where I am signed in'],
  'me.sessions.began': ['登录时间', 'Since'], 'me.sessions.seen': ['最近使用', 'Last used'], 'me.sessions.remote': ['地址', 'Address'], 'me.sessions.agent': ['浏览器', 'Browser'], 'me.sessions.do': ['操作', 'Action'],
  'me.sessions.this': ['本机', 'here'],
  'me.sessions.end': ['结束这个登录', 'End this one'],
  'me.again': ['请再输入一次密码', 'Your password once more'],
});

export const browserOf = (agent) => {
  const found = /(Edg|Firefox|Chrome|Safari)\/(\d+)/.exec(agent);
  const on = /(Windows|Android|iPhone|iPad|Macintosh|Linux)/.exec(agent);
  return [found ? `${found[1] === 'Edg' ? 'Edge' : found[1]} ${found[2]}` : agent.slice(0, 30) || '—', on ? on[1] : ''].filter(Boolean).join(' · ');
};

export const sessionsTable = (rows, caption, end) => html`
  <div class="scroll" tabindex="0" role="region" aria-label=${caption}><table><caption>${caption}</caption>
    <thead><tr><th scope="col">${t('me.sessions.began')}</th><th scope="col">${t('me.sessions.seen')}</th><th scope="col">${t('me.sessions.remote')}</th><th scope="col">${t('me.sessions.agent')}</th>${end ? html`<th scope="col">${t('me.sessions.do')}</th>` : nothing}</tr></thead>
    <tbody>${rows.map((row) => html`<tr><td>${time(row.made_at)}</td><td>${time(row.seen_at)}</td><td>${row.remote}</td><td>${browserOf(row.agent)}</td>
      ${end ? html`<td>${row.this ? html`<span class="badge good">${t('me.sessions.this')}</span>` : html`<button @click=${() => end(row)}>${t('me.sessions.end')}</button>`}</td>` : nothing}</tr>`)}</tbody></table></div>`;

export const me = {
  path: 'me', may: '', title: ['我的账号', 'My account'], icon: 'person',
  open(ctx) {
    let own = null, rows = [], shut = false;

    async function load() {
      try {
        [own, rows] = await Promise.all([get('/v1/me'), get('/v1/me/sessions')]);
      } catch (error) { ctx.fail(error); }
      if (!shut) ctx.redraw();
    }

    const again = (title, submit) => formDialog({title, fields: [{name: 'password', label: t('me.again'), kind: 'password', autocomplete: 'current-password', required: true, wide: true}], submit});

    async function changePassword() {
      const done = await formDialog({title: t('me.password.change'), before: html`<p>${t('me.password.why')}</p>`, fields: passwordFields(t('me.password.old')), submit: setPassword});
      if (done) { ctx.toast(t('me.password.done')); load(); }
    }

    async function setFactor() {
      const begun = await again(t('me.factor.set'), (values) => post('/v1/me/factor', values));
      if (!begun) return;
      let box = null, codes = null;
      const steps = factorSteps({begun, redraw: () => box && box.redraw(), done: (fresh) => { codes = fresh; box.redraw(); }});
      box = openDialog({title: t('me.factor.set'), holds: true, closed: load, view: (self) => (codes ? recoveryView(codes, () => self.close(true))
        : steps.view(html`<button type="button" @click=${() => self.close()}>${t('dialog.cancel')}</button>`))});
    }

    async function newCodes() {
      const made = await again(t('me.codes.new'), (values) => post('/v1/me/recovery', values));
      if (made) openDialog({title: t('up.codes'), holds: true, closed: load, view: (self) => recoveryView(made.codes, () => self.close(true))});
    }

    async function endFactor() {
      if (await again(t('me.factor.end'), (values) => post('/v1/me/factor/off', values))) load();
    }

    async function endSession(row) {
      if (!await sure({title: t('me.sessions.end'), text: `${row.remote} · ${browserOf(row.agent)}`, yes: t('me.sessions.end'), danger: true})) return;
      try { await remove(`/v1/me/sessions/${row.id}`); } catch (error) { ctx.fail(error); }
      load();
    }

    load();
    return {
      view: () => html`
        <h1>${t('me.title')}</h1>
        ${own ? html`
          <div class="cards">
            <section class="card"><h2>${own.name}</h2>
              <dl><dt>${t('me.login')}</dt><dd>${own.login}</dd><dt>${t('me.roles')}</dt><dd>${ctx.me.titles.map(said).join('、')}</dd>
                <dt>${t('me.department')}</dt><dd>${own.department || '—'}</dd><dt>${t('me.phone')}</dt><dd>${own.phone || '—'}</dd></dl>
              <p class="hint">${t('me.ask')}</p></section>
            <section class="card"><h2>${t('me.password')}</h2><p>${t('me.password.why')}</p>
              <div class="actions"><button @click=${changePassword}>${t('me.password.change')}</button></div></section>
            <section class="card"><h2>${t('me.factor')}</h2>
              <p><span class="badge ${own.factor ? 'good' : 'warn'}">${own.factor ? t('me.factor.on') : t('me.factor.off')}</span> ${own.factor_needed ? t('me.factor.needed') : nothing}</p>
              ${own.factor ? html`<p>${t('me.left', {n: own.recovery_left})}</p>` : nothing}
              <div class="actions"><button @click=${setFactor}>${own.factor ? t('me.factor.again') : t('me.factor.set')}</button>
                ${own.factor ? html`<button @click=${newCodes}>${t('me.codes.new')}</button>` : nothing}
                ${own.factor && !own.factor_needed ? html`<button class="danger" @click=${endFactor}>${t('me.factor.end')}</button>` : nothing}</div></section>
          </div>
          <section class="card">${sessionsTable(rows, t('me.sessions'), endSession)}</section>` : html`<p class="empty" role="status">${t('list.wait')}</p>`}`,
      close() { shut = true; },
    };
  },
};
