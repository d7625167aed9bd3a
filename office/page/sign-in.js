// Who are you: login and password, then the code from the phone where the account has one. And what must be set up first.
import {get, post, put, setToken} from './ask.js';
import {makeForm} from './form.js';
import {html, nothing, svg} from './html.js';
import {addWords, language, setLanguage, t} from './words.js';

addWords({
  'in.title': ['登录值班台', 'Sign in to the desk'],
  'in.login': ['登录名', 'Login'],
  'in.password': ['密码', 'Password'],
  'in.go': ['登录', 'Sign in'],
  'in.wait': ['正在登录…', 'Signing in…'],
  'in.code': ['手机上的动态码', 'Code from your phone'],
  'in.code.hint': ['6 位数字;手机不在身边时,可输入一个恢复码', '6 digits; without the phone, one of your recovery codes'],
  'in.back': ['返回', 'Back'],
  'in.lost': ['第一次登录、忘记密码或丢了手机?', 'First time here, or lost the password or the phone?'],
  'in.lost.do': ['请管理员给您一个设置码,在密码栏中输入即可,24 小时内有效。', 'Ask an administrator for a set-up code and type it in place of the password. It is good for 24 hours.'],
  'up.password': ['请设置您自己的密码', 'Choose your own password'],
  'up.password.new': ['新密码', 'New password'],
  'up.password.hint': ['至少 10 个字符,几个不相关的词连起来最好记,例如四个词加标点', 'At least 10 characters; a few words that do not belong together are easiest to remember'],
  'up.password.twice': ['再输入一遍', 'Once more'],
  'up.password.differ': ['两次输入不一样', 'these two are not the same'],
  'up.password.set': ['设置密码', 'Set the password'],
  'up.factor': ['设置手机动态码', 'Set up codes on your phone'],
  'up.factor.1': ['用手机上的验证器应用(如 FreeOTP、Aegis、腾讯身份验证器)扫描这个二维码:', 'Scan this with an authenticator app on your phone (FreeOTP, Aegis, or another):'],
  'up.factor.picture': ['供手机扫描的二维码', 'The picture for your phone'],
  'up.factor.typed': ['不能扫描?手动输入这个密钥:', 'Cannot scan? Type this key:'],
  'up.factor.code': ['应用里显示的 6 位数字', 'The 6 digits that the app shows'],
  'up.factor.ok': ['确认', 'Confirm'],
  'up.codes': ['请保存恢复码', 'Keep your recovery codes'],
  'up.codes.why': ['手机丢了或坏了时,每个恢复码可以登录一次。请抄下来或打印,收好,不要放在手机里。以后不会再显示。', 'If the phone is lost, each of these signs you in once. Write them down or print them and keep them safe, not on the phone. They are not shown again.'],
  'up.codes.print': ['打印', 'Print'],
  'up.codes.done': ['我已保存', 'I have kept them'],
  'up.out': ['退出登录', 'Sign out'],
});

const other = (redraw) => html`<button class="quiet" lang=${language === 'zh' ? 'en' : 'zh-CN'} @click=${() => { setLanguage(language === 'zh' ? 'en' : 'zh'); redraw(); }}>${t('app.other')}</button>`;

export function signIn({done, redraw}) {
  let error = null, busy = false, known = null; // `known`: login and password were right, the code is still to come

  async function submit(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    const sent = known ? {...known, code: form.get('code')} : {login: form.get('login'), password: form.get('password')};
    busy = true; error = null; redraw();
    try {
      const me = await post('/v1/session', sent);
      known = null;
      done(me);
    } catch (refusal) {
      busy = false;
      if (refusal.error === 'code' && !known) known = sent;
      else error = refusal;
      redraw();
      const element = document.getElementById(known ? 'code' : 'password');
      element.focus(); element.select();
    }
  }

  const first = () => html`
    <label for="login">${t('in.login')}</label>
    <input id="login" name="login" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus>
    <label for="password">${t('in.password')}</label>
    <input id="password" name="password" type="password" autocomplete="current-password" required>`;
  const second = () => html`
    <label for="code">${t('in.code')}</label>
    <input id="code" name="code" autocomplete="one-time-code" inputmode="text" maxlength="32" required aria-describedby="code-hint">
    <p class="hint" id="code-hint">${t('in.code.hint')}</p>`;

  return {
    entry: true,
    view: () => html`
      <section class="sign-in card">
        <h1>${t('in.title')}</h1>
        ${error ? html`<p class="bad" role="alert">${error.message}</p>` : nothing}
        <form @submit=${submit}>
          ${known ? second() : first()}
          <button class="main" ?disabled=${busy}>${busy ? t('in.wait') : t('in.go')}</button>
        </form>
        ${known ? html`<button class="quiet" @click=${() => { known = null; error = null; redraw(); }}>${t('in.back')}</button>`
          : html`<details><summary>${t('in.lost')}</summary><p>${t('in.lost.do')}</p></details>`}
        ${other(redraw)}
      </section>`,
  };
}

// The picture and the first code: `done(recoveryCodes)`.
export function factorSteps({begun, redraw, done}) {
  const form = makeForm({
    fields: [{name: 'code', label: t('up.factor.code'), required: true, autocomplete: 'one-time-code', inputmode: 'numeric', maxlength: 12}],
    redraw, submit: (values) => put('/v1/me/factor', values), done: (answer) => done(answer.codes),
  });
  return {
    view: (more = nothing) => html`
      <p>${t('up.factor.1')}</p>
      <svg class="qr" viewBox="0 0 ${begun.side} ${begun.side}" role="img" aria-label=${t('up.factor.picture')} shape-rendering="crispEdges">
        ${svg`<rect width="100%" height="100%" fill="#fff"></rect><path d=${begun.picture} fill="#000"></path>`}</svg>
      <p class="hint">${t('up.factor.typed')}<br><code class="secret">${begun.secret.match(/.{1,4}/g).join(' ')}</code></p>
      ${form.view({ok: t('up.factor.ok'), more})}`,
  };
}

export const recoveryView = (codes, done) => html`
  <p>${t('up.codes.why')}</p>
  <ol class="codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ol>
  <div class="actions"><button class="main" @click=${done}>${t('up.codes.done')}</button><button @click=${() => window.print()}>${t('up.codes.print')}</button></div>`;

export const passwordFields = (old) => [
  ...(old ? [{name: 'old', label: old, kind: 'password', autocomplete: 'current-password', required: true, wide: true}] : []),
  {name: 'new', label: t('up.password.new'), hint: t('up.password.hint'), kind: 'password', autocomplete: 'new-password', required: true, wide: true},
  {name: 'twice', label: t('up.password.twice'), kind: 'password', autocomplete: 'new-password', required: true, wide: true},
];

export async function setPassword(values) {
  if (values.new !== values.twice) throw Object.assign(new Error(t('up.password.differ')), {field: 'twice'});
  return put('/v1/me/password', {old: values.old || '', new: values.new});
}

// After signing in: what the desk wants first. `me.stage` says what; `done(me)` when all is there.
export function setUp({me, done, out, redraw}) {
  let factor = null, codes = null, error = null;

  async function look() {
    try {
      const now = await get('/v1/session');
      setToken(now.token);
      if (!now.stage) { done(now); return; }
      me = now;
      if (me.stage === 'factor') factor = factorSteps({begun: await post('/v1/me/factor', {}), redraw, done: (fresh) => { codes = fresh; redraw(); }});
    } catch (refusal) {
      error = refusal;
    }
    redraw();
  }

  const password = makeForm({fields: passwordFields(null), redraw, submit: setPassword, done: look});
  if (me.stage === 'factor') look();

  const body = () => {
    if (codes) return html`<h1>${t('up.codes')}</h1>${recoveryView(codes, look)}`;
    if (me.stage === 'password') return html`<h1>${t('up.password')}</h1>${password.view({ok: t('up.password.set')})}`;
    return html`<h1>${t('up.factor')}</h1>${factor ? factor.view() : nothing}`;
  };
  return {
    view: () => html`
      <section class="sign-in card">
        ${error ? html`<p class="bad" role="alert">${error.message}</p>` : nothing}
        ${body()}
        <div class="actions"><button class="quiet" @click=${out}>${t('up.out')}</button>${other(redraw)}</div>
      </section>`,
  };
}
