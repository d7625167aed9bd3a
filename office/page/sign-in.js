// Who are you: login and password (and the second factor, where the account has one).
import {post} from './ask.js';
import {html, nothing} from './html.js';
import {addWords, language, setLanguage, t} from './words.js';

addWords({
  'in.title': ['登录值班台', 'Sign in to the desk'],
  'in.login': ['登录名', 'Login'],
  'in.password': ['密码', 'Password'],
  'in.go': ['登录', 'Sign in'],
  'in.wait': ['正在登录…', 'Signing in…'],
});

export function signIn({done, redraw}) {
  let error = null, busy = false;

  async function submit(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    busy = true; error = null; redraw();
    try {
      done(await post('/v1/session', {login: form.get('login'), password: form.get('password')}));
    } catch (refusal) {
      error = refusal; busy = false; redraw();
      document.getElementById('password').select();
    }
  }

  return {
    view: () => html`
      <section class="sign-in card">
        <h1>${t('in.title')}</h1>
        ${error ? html`<p class="bad" role="alert">${error.message}</p>` : nothing}
        <form @submit=${submit}>
          <label for="login">${t('in.login')}</label>
          <input id="login" name="login" autocomplete="username" required autofocus>
          <label for="password">${t('in.password')}</label>
          <input id="password" name="password" type="password" autocomplete="current-password" required>
          <button class="main" ?disabled=${busy}>${busy ? t('in.wait') : t('in.go')}</button>
        </form>
        <button class="quiet" @click=${() => { setLanguage(language === 'zh' ? 'en' : 'zh'); redraw(); }}>${t('app.other')}</button>
      </section>`,
  };
}
