// The page of a neighbour who was asked to go: where, what for, and four large buttons. No account; the link is the key.
import {ask, get, post} from '../ask.js';
import {html, nothing, render} from '../html.js';
import {smaller} from '../picture.js';
import {addWords, language, setLanguage, t, time} from '../words.js';

addWords({
  'h.please': ['请您去看一下', 'Please go and look'],
  'h.sos': ['有老人按了求助按钮', 'Somebody pressed their help button'],
  'h.fallDown': ['有老人可能跌倒了', 'Somebody may have fallen'],
  'h.other': ['有老人需要帮忙', 'Somebody needs help'],
  'h.at': ['{at} 报的警', 'raised at {at}'],
  'h.times': ['按了 {n} 次', 'pressed {n} times'],
  'h.pole': ['灯杆号 {pole}', 'Pole {pole}'],
  'h.spot': ['坐标 {spot}', 'Coordinates {spot}'],
  'h.nowhere': ['请给值班室打电话问清地址', 'Please phone the office for the address'],
  'h.drill': ['这是演练', 'This is a drill'], 'h.test': ['这是测试', 'This is a test'],
  'h.accept': ['我马上去,大约要:', 'I am going, it takes about:'],
  'h.minutes': ['{n} 分钟', '{n} min'],
  'h.cannot': ['我去不了', 'I cannot go'],
  'h.arrived': ['我到了', 'I am there'],
  'h.found': ['看到什么情况?', 'What do you see?'],
  'h.tell': ['告诉值班室', 'Tell the office'],
  'h.photo': ['拍张照片', 'Take a photo'],
  'h.call': ['有生命危险请马上打 120', 'If life is in danger call 120'],
  'h.closed': ['这次求助已经结束,谢谢您!', 'This is over, thank you!'],
  'h.revoked': ['值班室说不用去了,谢谢您!', 'The office says you need not go, thank you!'],
  'h.expired': ['这个链接已经过期,请给值班室打电话', 'This link has expired, please phone the office'],
  'h.said': ['您已经告诉值班室', 'You told the office'],
  'h.w.accept': ['我去', 'I am going'], 'h.w.arrived': ['我到了', 'I am there'], 'h.w.cannot': ['我去不了', 'I cannot go'], 'h.w.found': ['情况', 'What I saw'], 'h.w.picture': ['一张照片', 'a photo'],
  'h.busy': ['正在发送…', 'Sending…'], 'h.down': ['没有网络,请再试一次,或给值班室打电话', 'No network: try again, or phone the office'],
  'h.other.language': ['English', '中文'],
});

const root = document.getElementById('help');
const path = `/v1/help/${encodeURIComponent(location.pathname.split('/').pop())}`;
const POLL_MS = 10000, MINUTES = [3, 5, 10];
let sheet = null, error = null, busy = false;

async function run(work) {
  if (busy) return;
  busy = true; error = null; draw();
  try { sheet = await work(); } catch (reason) { error = reason; }
  busy = false; draw();
}

const say = (what, more = {}) => run(() => post(`${path}/words`, {what, ...more}));

async function load() {
  try { sheet = await get(path); if (error && error.status === 0) error = null; } catch (reason) { error = reason; }
  draw();
}

function tell(event) {
  event.preventDefault();
  const area = event.target.elements.text;
  if (!area.value.trim()) return;
  say('found', {text: area.value}).then(() => { if (!error) area.value = ''; });
}

const photo = (event) => {
  const file = event.target.files[0];
  event.target.value = '';
  if (file) run(async () => ask('PUT', `${path}/picture`, await smaller(file), 'application/octet-stream'));
};

const cause = () => (['sos', 'fallDown'].includes(sheet.cause) ? t(`h.${sheet.cause}`) : t('h.other'));

function where() {
  const spot = sheet.spot ? `${sheet.spot.lat.toFixed(5)}, ${sheet.spot.lon.toFixed(5)}` : '';
  return html`<section class="where">
    ${sheet.kind === 'drill' || sheet.kind === 'test' ? html`<p><span class="badge mark">${t(`h.${sheet.kind}`)}</span></p>` : nothing}
    <p>${cause()}</p>
    <strong>${sheet.place || sheet.pole_words || (spot ? nothing : t('h.nowhere'))}</strong>
    ${sheet.who ? html`<p class="big">${sheet.who}</p>` : nothing}
    ${sheet.pole ? html`<p>${t('h.pole', {pole: sheet.pole})} ${sheet.place ? sheet.pole_words : nothing}</p>` : nothing}
    ${!sheet.place && spot ? html`<p>${t('h.spot', {spot})}</p>` : nothing}
    <p>${t('h.at', {at: time(sheet.raised_at)})} ${sheet.presses > 1 ? t('h.times', {n: sheet.presses}) : nothing}</p></section>`;
}

function buttons() {
  const state = sheet.state;
  if (['sent', 'seen', 'cannot'].includes(state)) {
    return html`<h2>${t('h.accept')}</h2>
      <div class="minutes">${MINUTES.map((n) => html`<button class="main" ?disabled=${busy} @click=${() => say('accept', {minutes: n})}>${t('h.minutes', {n})}</button>`)}</div>
      ${state === 'cannot' ? nothing : html`<button ?disabled=${busy} @click=${() => say('cannot')}>${t('h.cannot')}</button>`}`;
  }
  return html`${state === 'accept' ? html`<button class="main" ?disabled=${busy} @click=${() => say('arrived')}>${t('h.arrived')}</button>` : nothing}
    <form @submit=${tell}><label for="text">${t('h.found')}</label><textarea id="text" name="text" rows="3" maxlength="500"></textarea>
      <button class=${state === 'accept' ? '' : 'main'} ?disabled=${busy}>${t('h.tell')}</button></form>
    <label class="file">${t('h.photo')}<input type="file" accept="image/*" capture="environment" ?disabled=${busy} @change=${photo}></label>
    ${state === 'accept' ? html`<button ?disabled=${busy} @click=${() => say('cannot')}>${t('h.cannot')}</button>` : nothing}`;
}

const said = () => (sheet.words.length ? html`<section class="card"><h2>${t('h.said')}</h2><ol>${sheet.words.map((word) => html`<li>${time(word.at)} ${t(`h.w.${word.what}`)} ${word.text} ${word.picture ? t('h.w.picture') : nothing}</li>`)}</ol></section>` : nothing);

function draw() {
  const other = html`<p><button class="quiet" lang=${language === 'zh' ? 'en' : 'zh-CN'} @click=${() => { setLanguage(language === 'zh' ? 'en' : 'zh'); draw(); }}>${t('h.other.language')}</button></p>`;
  const fault = error ? html`<p class="bad" role="alert">${error.status === 0 ? t('h.down') : error.message}</p>` : nothing;
  document.title = t('h.please');
  render(!sheet ? html`${fault}${other}` : sheet.over ? html`<p class="hint">${sheet.office}</p><h1 class="over">${t(`h.${sheet.over}`)}</h1>${said()}` : html`
    <p class="hint">${sheet.office}</p><h1>${t('h.please')}</h1>${where()}
    ${fault}<div role="status">${busy ? t('h.busy') : nothing}</div>
    ${buttons()}
    <p class="warn">${t('h.call')}</p>${said()}${other}`, root);
}

root.replaceChildren();
setLanguage(language);
load();
setInterval(() => { if (!busy && !document.hidden) load(); }, POLL_MS);
document.addEventListener('visibilitychange', () => { if (!document.hidden) load(); });
