// The shell: who is signed in, which page is open, whether the line stands.
import {ask, get, setToken} from './ask.js';
import {dutyBar, startDuty} from './duty-bar.js';
import {html, nothing, render, repeat} from './html.js';
import {icon} from './icons.js';
import * as live from './live.js';
import {first, groups, last, pages} from './pages.js';
import {callsLine, startCalls, watchThere} from './pages/calls-there.js';
import {setUp, signIn} from './sign-in.js';
import {addWords, language, setLanguage, t} from './words.js';

addWords({
  'app.name': ['邻里值班台', 'Linli desk'],
  'app.skip': ['跳到正文', 'Skip to content'],
  'app.menu': ['菜单', 'Menu'],
  'app.out': ['退出登录', 'Sign out'],
  'app.other': ['English', '中文'],
  'app.down': ['与服务器的连接已断开,画面可能不是最新的。正在重新连接…', 'The line to the server is gone; what you see may be old. Trying again…'],
  'app.up': ['实时', 'Live'],
  'app.none': ['没有这个页面,或您没有权限', 'There is no such page, or you may not see it'],
  'app.main': ['主导航', 'Main'],
  'app.find': ['查找居民、地址、灯杆号、案件号、设备', 'Find people, addresses, poles, cases, devices'],
  'app.find.short': ['查找…', 'Find…'],
});

const root = document.getElementById('app');
root.replaceChildren(); // the line that says "loading"
let me = null, opened = null, line = 'off', menu = false, toasts = [], flow = null;

const title = (page) => page.title[language === 'zh' ? 0 : 1];
const allowed = () => pages.filter((page) => !page.may || me.may.includes(page.may));
const place = () => decodeURIComponent(location.hash.replace(/^#\/?/, ''));

export function redraw() {
  render(me ? frame() : html`<main id="main" tabindex="-1">${flow.view()}</main>${toastBox()}`, root);
  document.title = me && opened ? `${title(opened.page)} · ${me.office}` : t('app.name');
}

function frame() {
  return html`
    <a class="skip" href="#main" @click=${(event) => { event.preventDefault(); document.getElementById('main').focus(); }}>${t('app.skip')}</a>
    <header class="top">
      <button class="menu-button" aria-expanded=${menu} aria-controls="nav" @click=${() => { menu = !menu; redraw(); }}>☰<span class="unseen">${t('app.menu')}</span></button>
      <strong>${me.office}</strong>
      <span class="line ${line}" role="status">${line === 'up' ? t('app.up') : nothing}</span>
      <span class="grow"></span>
      <form class="find" role="search" @submit=${find}><label class="unseen" for="find">${t('app.find')}</label>
        <input id="find" name="text" type="search" maxlength="80" placeholder=${t('app.find.short')} title=${t('app.find')}></form>
      <a class="who" href="#/me">${me.name}</a>
      <button class="quiet" lang=${language === 'zh' ? 'en' : 'zh-CN'} @click=${() => { setLanguage(language === 'zh' ? 'en' : 'zh'); redraw(); }}>${t('app.other')}</button>
      <button class="quiet" @click=${signOut}>${t('app.out')}</button>
    </header>
    ${line === 'down' ? html`<p class="down" role="alert">${t('app.down')}</p>` : nothing}
    ${dutyBar(callsLine())}
    <nav id="nav" class=${menu ? 'open' : ''} aria-label=${t('app.main')}>
      ${first.map(way)}
      ${repeat(groups(me.may), (group) => group.name, (group) => html`<h2 id="nav-${group.name}">${title(group)}</h2>
        <ul aria-labelledby="nav-${group.name}">${repeat(group.pages, (page) => page.path, (page) => html`<li>${way(page)}</li>`)}</ul>`)}
      <hr>${last.map(way)}
    </nav>
    <main id="main" tabindex="-1">${opened ? opened.view() : html`<p>${t('app.none')}</p>`}</main>
    ${toastBox()}`;
}

const way = (page) => html`<a href="#/${page.path}" aria-current=${opened && opened.page === page ? 'page' : nothing} @click=${() => { menu = false; }}>${icon(page.icon)}${title(page)}</a>`;

function find(event) {
  event.preventDefault();
  const text = new FormData(event.target).get('text').trim();
  if (text) location.hash = `#/search/${encodeURIComponent(text)}`;
}

const toastBox = () => html`<div class="toasts" role="status" aria-live="polite">${toasts.map((one) => html`<p class=${one.kind}>${one.text}</p>`)}</div>`;

export function toast(text, kind = '') {
  const one = {text, kind};
  toasts = [...toasts, one].slice(-4);
  redraw();
  setTimeout(() => { toasts = toasts.filter((other) => other !== one); redraw(); }, kind === 'bad' ? 9000 : 5000);
}

function route() {
  if (!me) return;
  const [path, ...args] = place().split('/');
  const page = allowed().find((one) => one.path === path);
  if (opened && opened.page === page && opened.follow) { opened.follow(args); redraw(); return; }
  if (opened) opened.close();
  const ctx = {me, args, redraw, toast, go: (to) => { location.hash = `#/${to}`; }, fail: (error) => toast(error.message, 'bad')};
  opened = page ? Object.assign(page.open(ctx), {page}) : null;
  redraw();
  window.scrollTo(0, 0);
}

async function begin(who) {
  setToken(who.token);
  if (who.stage) { flow = setUp({me: who, done: begin, out: signOut, redraw}); redraw(); return; }
  me = who;
  flow = null;
  startDuty(me, redraw);
  startCalls(me);
  live.start();
  route();
}

async function signOut() {
  try { await ask('DELETE', '/v1/session'); } catch { /* the session is over either way */ }
  leave();
}

function leave() {
  live.stop();
  window.dispatchEvent(new Event('linli-left'));
  if (opened) opened.close();
  me = opened = null;
  flow = signIn({done: begin, redraw});
  redraw();
}

// Sent away (signed out elsewhere, account changed) or only cut off? The answer shows sign-in, or what the person may now.
async function askAgain() {
  try {
    const now = await get('/v1/session');
    setToken(now.token);
    if (me && JSON.stringify(now.may) !== JSON.stringify(me.may)) { leave(); begin(now); }
  } catch { /* a session that is over has shown sign-in; without a server the line says so */ }
}

live.watch((state) => {
  line = state;
  if (!me) return;
  redraw();
  if (state === 'down') askAgain();
});
// A page in front is use: its session does not end under the eyes of whoever watches it.
setInterval(() => { if (me && document.visibilityState === 'visible') live.say('front', null); }, 60000);
watchThere(() => { if (me) redraw(); });
window.addEventListener('hashchange', route);
window.addEventListener('linli-signed-out', () => { if (me || (flow && !flow.entry)) leave(); });
setLanguage(language);
get('/v1/session').then(begin, leave);
