// 公示: a month in public, for reading and for printing.
import {html, nothing, render} from '../html.js';
import {addWords, language, said, setLanguage, t} from '../words.js';

addWords({
  'g.title': ['{month} 办件公示', 'Cases of {month}'], 'g.loading': ['正在打开…', 'Loading…'], 'p.other': ['English', '中文'], 'g.print': ['打印', 'Print'], 'g.month': ['月份', 'Month'], 'g.mine': ['查询我的办件', 'Look up my case'],
  'g.received': ['受理', 'Received'], 'g.ended': ['办结', 'Ended'], 'g.ontime': ['按时率', 'On time'], 'g.stars': ['平均评价', 'Average'], 'g.of5': ['{n} 星', '{n} of 5'], 'g.departments': ['各科室', 'By department'], 'g.kinds': ['各类别', 'By kind'], 'g.name': ['名称', 'Name'],
  'g.cases': ['部分办结事项', 'Some of them'], 'g.days': ['{days} 天办结', 'ended after {days} days'], 'g.today': ['当天办结', 'ended the same day'], 'g.none': ['本月没有可公示的事项', 'Nothing to show for this month'],
});

const root = document.getElementById('public');
let month = null, fault = null;
root.replaceChildren();

async function load(name) {
  fault = null;
  try {
    const answer = await fetch(`/v1/public/gongshi/${name}`); // cached for an hour: it is the same for everyone
    month = await answer.json();
    if (!answer.ok) { fault = new Error(month[language] || month.zh); month = null; }
  } catch { fault = new Error(t('g.loading')); }
  draw();
}

const percent = (count, of) => (of ? `${Math.round((count / of) * 1000) / 10} %` : '—');
const table = (title, rows) => (rows.length ? html`<section class="card"><div class="scroll" tabindex="0"><table><caption>${title}</caption>
  <thead><tr><th scope="col">${t('g.name')}</th><th scope="col" class="number">${t('g.received')}</th><th scope="col" class="number">${t('g.ended')}</th><th scope="col" class="number">${t('g.ontime')}</th></tr></thead>
  <tbody>${rows.map((row) => html`<tr><th scope="row">${said(row)}</th><td class="number">${row.received}</td><td class="number">${row.ended}</td><td class="number">${percent(row.on_time, row.steps)}</td></tr>`)}</tbody></table></div></section>` : nothing);

function draw() {
  const name = month ? month.month : '';
  document.title = t('g.title', {month: name});
  render(html`
    <div class="head"><h1>${t('g.title', {month: name})}</h1><div class="actions"><button class="quiet" @click=${() => { setLanguage(language === 'zh' ? 'en' : 'zh'); draw(); }}>${t('p.other')}</button><button @click=${() => print()}>${t('g.print')}</button></div></div>
    <div class="find noprint"><div><label for="month">${t('g.month')}</label><input id="month" type="month" .value=${name} @change=${(event) => event.target.value && load(event.target.value)}></div></div><p></p>
    ${fault ? html`<p class="bad" role="alert">${fault.message}</p>` : nothing}
    ${!month ? nothing : html`
      <div class="totals card"><div>${t('g.received')}<strong>${month.received}</strong></div><div>${t('g.ended')}<strong>${month.ended}</strong></div><div>${t('g.ontime')}<strong>${percent(month.on_time, month.steps)}</strong></div><div>${t('g.stars')}<strong>${month.stars === null ? '—' : t('g.of5', {n: month.stars})}</strong></div></div>
      ${table(t('g.departments'), month.departments)}${table(t('g.kinds'), month.kinds)}
      <section class="card"><h2>${t('g.cases')}</h2>${month.cases.length ? html`<ul class="month-cases">${month.cases.map((one) => html`<li><h3>${one.title}</h3><p>${one.text}</p><p class="hint">${[said(one.kind), one.community, said(one.department), one.days ? t('g.days', {days: one.days}) : t('g.today')].filter(Boolean).join(' · ')}</p></li>`)}</ul>` : html`<p class="hint">${t('g.none')}</p>`}</section>`}
    <p class="noprint"><a href="/p/case">${t('g.mine')}</a></p>`, root);
}

setLanguage(language);
draw();
load('last');
