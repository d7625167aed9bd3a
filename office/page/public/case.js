// 我的办件: a number in, the steps out; the answer and the evaluation with the phone's last digits or the link.
import {get, post} from '../ask.js';
import {html, nothing, render} from '../html.js';
import {addWords, language, said, setLanguage, t} from '../words.js';

addWords({
  'p.title': ['我的办件', 'My case'], 'p.number': ['凭条上的九位编号', 'The nine digits on your slip'], 'p.find': ['查询', 'Look up'], 'p.other': ['English', '中文'], 'p.gongshi': ['办件公示', 'Public notice'],
  'p.bad': ['编号不对,请核对九位数字', 'This is not a number of ours, check the nine digits'], 'p.two': ['有两件办件用了这个编号,请选择您的:', 'Two cases have this number; which is yours?'], 'p.at': ['{day} 在 {kiosk} 提交,{kind}', '{kind}, {day}, at {kiosk}'],
  'p.by': ['承办科室:{department}', 'Worked by: {department}'], 'p.begun': ['受理时间:{at}', 'Received: {at}'], 'p.held': ['暂时挂起,恢复后继续办理', 'On hold for now'], 'p.over': ['已办结', 'Ended'], 'p.refused': ['未予受理', 'Not taken up'],
  'p.phone': ['预留电话后四位', 'Last four digits of your telephone'], 'p.answer': ['查看答复', 'Read the answer'], 'p.said': ['街道的答复', 'The answer of the office'], 'p.own': ['看答复和评价,请输入预留电话的后四位', 'For the answer, give the last four digits of the telephone you left'],
  'p.rate': ['请您评价', 'Your word'], 'p.star': ['{n} 星', '{n} of 5'], 'p.solved': ['问题解决了吗?', 'Is it solved?'], 'p.yes': ['已解决', 'Yes, solved'], 'p.no': ['没有解决,请继续办理', 'No, go on with it'], 'p.words': ['想说的话(可不填)', 'In words (if you like)'], 'p.send': ['提交评价', 'Send'], 'p.thanks': ['谢谢您的评价', 'Thank you'], 'p.stars': ['满意程度', 'How content are you'],
  'c.todo': ['未开始', 'to come'], 'c.done': ['已完成', 'done'], 'p.line': ['办理进度', 'Progress'], 'p.choose': ['请选择星级和是否解决', 'Choose stars and whether it is solved'],
});

const root = document.getElementById('public');
const [kept, token = ''] = decodeURIComponent(location.hash.slice(1)).split('/');
let number = kept || '', which = 0, found = null, fault = null, answer = null, phone = '', stars = 0, solved = null, thanked = false;
root.replaceChildren();

const moment = (at) => new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {timeZone: 'Asia/Shanghai', month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false}).format(new Date(at));
const digits = (text) => text.normalize('NFKC').replace(/\D/g, '');
const path = () => `/v1/public/cases/${digits(number)}`;
const proof = () => (token ? {token} : {phone, which});

async function tried(work) {
  fault = null;
  try { await work(); } catch (error) { fault = error; }
  draw();
  if (fault) document.getElementById('fault').focus();
}

const look = () => tried(async () => {
  answer = null; found = null;
  if (digits(number).length !== 9) throw new Error(t('p.bad'));
  found = await get(`${path()}?which=${which}`);
  if (token && found.case && found.case.answered) answer = (await post(`${path()}/answer`, proof())).answer;
});

const read = (event) => { event.preventDefault(); phone = new FormData(event.target).get('phone'); tried(async () => { answer = (await post(`${path()}/answer`, proof())).answer; }); };

function rate(event) {
  event.preventDefault();
  const words = new FormData(event.target).get('words');
  tried(async () => {
    if (!stars || solved === null) throw new Error(t('p.choose'));
    await post(`${path()}/evaluation`, {...proof(), stars, solved, words});
    thanked = true;
    found = await get(`${path()}?which=${which}`);
  });
}

function draw() {
  document.title = t('p.title');
  render(html`
    <div class="head"><h1>${t('p.title')}</h1><button class="quiet" @click=${() => { setLanguage(language === 'zh' ? 'en' : 'zh'); draw(); }}>${t('p.other')}</button></div>
    <form class="card find" @submit=${(event) => { event.preventDefault(); number = new FormData(event.target).get('number'); which = 0; look(); }}>
      <div><label for="number">${t('p.number')}</label><input id="number" name="number" inputmode="numeric" autocomplete="off" maxlength="20" placeholder="0000-0000-0" .value=${digits(number).length === 9 ? digits(number).replace(/(\d{4})(\d{4})(\d)/, '$1-$2-$3') : number}></div>
      <button class="main">${t('p.find')}</button></form>
    ${fault ? html`<p class="bad" role="alert" id="fault" tabindex="-1">${fault.message}</p>` : nothing}
    ${found && found.choices.length ? choices() : nothing}
    ${found && found.case ? one(found.case) : nothing}
    <p class="noprint"><a href="/p/gongshi">${t('p.gongshi')}</a></p>`, root);
}

const choices = () => html`<section class="card"><p>${t('p.two')}</p><div class="actions">${found.choices.map((choice) => html`
  <button @click=${() => { which = choice.which; look(); }}>${t('p.at', {day: choice.day, kiosk: choice.kiosk || '—', kind: said(choice.kind)})}</button>`)}</div></section>`;

const one = (seen) => html`<section class="card">
  <h2>${said(seen.kind)} · ${seen.number}</h2>
  <ol class="steps" aria-label=${t('p.line')}>${seen.line.map((step) => html`<li class=${step.state} aria-current=${step.state === 'now' ? 'step' : nothing}><strong>${said(step)}</strong><span>${step.at ? moment(step.at) : step.state === 'open' ? t('c.todo') : t('c.done')}</span></li>`)}</ol>
  <p>${t('p.begun', {at: moment(seen.begun_at)})}${seen.department ? html`<br>${t('p.by', {department: said(seen.department)})}` : nothing}</p>
  ${seen.held ? html`<p class="warn">${t('p.held')}</p>` : nothing}${seen.refused ? html`<p class="warn">${t('p.refused')}</p>` : seen.step === 'ended' ? html`<p class="good">${t('p.over')}</p>` : nothing}
  ${thanked ? html`<p class="good" role="status">${t('p.thanks')}</p>` : nothing}
  ${seen.answered && answer === null && (seen.has_phone || token) ? html`<form class="find" @submit=${read}><div><label for="phone">${t('p.own')}</label><input id="phone" name="phone" inputmode="numeric" maxlength="4" autocomplete="off" aria-label=${t('p.phone')}></div><button class="main">${t('p.answer')}</button></form>` : nothing}
  ${answer !== null ? html`<h3>${t('p.said')}</h3><p class="case-said">${answer}</p>` : nothing}
  ${answer !== null && seen.can_evaluate ? rating() : nothing}
</section>`;

const rating = () => html`<form @submit=${rate}><h3>${t('p.rate')}</h3>
  <fieldset class="stars"><legend>${t('p.stars')}</legend>${[1, 2, 3, 4, 5].map((n) => html`<label class=${n <= stars ? 'lit' : ''}><input type="radio" name="stars" value=${n} .checked=${stars === n} aria-label=${t('p.star', {n})} @change=${() => { stars = n; draw(); }}><span aria-hidden="true">★</span></label>`)}</fieldset>
  <fieldset class="solve"><legend>${t('p.solved')}</legend>
    <label class="check"><input type="radio" name="solved" .checked=${solved === true} @change=${() => { solved = true; }}>${t('p.yes')}</label>
    <label class="check"><input type="radio" name="solved" .checked=${solved === false} @change=${() => { solved = false; }}>${t('p.no')}</label></fieldset>
  <label for="words">${t('p.words')}</label><textarea id="words" name="words" rows="2" maxlength="500"></textarea>
  <p></p><button class="main">${t('p.send')}</button></form>`;

setLanguage(language);
draw();
if (number) look();
