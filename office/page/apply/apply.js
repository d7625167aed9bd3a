// A resident applies to be a warden. What they say is read by staff alone and kept sealed.
import {post} from '/page/ask.js';
import {makeForm} from '/page/form.js';
import {html, render} from '/page/html.js';
import {addWords, language, setLanguage, t} from '/page/words.js';

addWords({
  'a.title': ['申请当网格员', 'Become a grid warden'],
  'a.other': ['English', '中文'],
  'a.about': ['网格员在自己住的小区里走一走、看一看,发现路灯坏了、垃圾没清、老人需要帮助,就用手机告诉街道。', 'A warden walks through the neighbourhood and tells the office by phone about broken lamps, rubbish, or elders who need help.'],
  'a.privacy': ['姓名和电话加密保存,只有街道工作人员能看到,只用于答复这次申请。', 'Name and telephone are kept encrypted, read by staff alone, and used only to answer you.'],
  'a.send': ['提交申请', 'Apply'],
  'a.done': ['已收到您的申请', 'Your application has arrived'],
  'a.done-text': ['工作人员会按您留的电话联系您。谢谢您愿意为邻里出力。', 'Staff will call you on the number you gave. Thank you for helping your neighbours.'],
});

const fields = [
  {name: 'name', label: ['姓名', 'Name'], required: true, autocomplete: 'name', maxlength: 40},
  {name: 'phone', label: ['电话', 'Telephone'], kind: 'tel', required: true, autocomplete: 'tel', inputmode: 'tel', maxlength: 24},
  {name: 'where', label: ['住在哪个小区', 'Where you live'], maxlength: 80, hint: ['写小区名就可以,不用写门牌', 'The community is enough, no door number']},
  {name: 'words', label: ['想说的话(可不填)', 'Anything else (optional)'], kind: 'area', maxlength: 1000},
];
const root = document.getElementById('apply');
root.replaceChildren();
const id = crypto.randomUUID(); // the same application, however often it is sent
let done = false;

const form = makeForm({fields, redraw, submit: (values) => post('/v1/public/warden-applications', {id, ...values}), done: () => { done = true; redraw(); root.querySelector('h1').focus(); }});

function redraw() {
  document.title = t('a.title');
  render(html`
    <div class="head"><h1 tabindex="-1">${done ? t('a.done') : t('a.title')}</h1>
      <button class="quiet" lang=${language === 'zh' ? 'en' : 'zh-CN'} @click=${() => { setLanguage(language === 'zh' ? 'en' : 'zh'); redraw(); }}>${t('a.other')}</button></div>
    ${done ? html`<p class="good">${t('a.done-text')}</p>` : html`<p>${t('a.about')}</p><p class="hint">${t('a.privacy')}</p>${form.view({ok: t('a.send')})}`}`, root);
}

setLanguage(language);
redraw();
