// How long steps take and how often on time: three tables with bars, over some months.
import {get} from '../ask.js';
import {html, nothing, svg} from '../html.js';
import {addWords, said, t} from '../words.js';

addWords({
  'f.title': ['案件统计', 'Case figures'], 'f.first': ['从', 'From'], 'f.last': ['到', 'To'], 'f.go': ['查看', 'Show'], 'f.steps': ['各环节', 'By step'], 'f.departments': ['各科室', 'By department'], 'f.kinds': ['各类别', 'By kind'],
  'f.name': ['名称', 'Name'], 'f.count': ['次数', 'Count'], 'f.median': ['中位数(工作小时)', 'Median (working hours)'], 'f.p90': ['九成以内(工作小时)', '90 % within (working hours)'], 'f.ontime': ['按时率', 'On time'],
  'f.sum': ['受理 {received} 件,办结 {ended} 件,评价 {evaluated} 次,平均 {stars} 星,满意解决 {solved}', '{received} received, {ended} ended, {evaluated} evaluations, {stars} of 5 stars, solved {solved}'], 'f.months': ['各月', 'By month'], 'f.received': ['受理', 'Received'], 'f.ended': ['办结', 'Ended'], 'f.none': ['这段时间没有数据', 'Nothing in this time'],
});

const percent = (share) => (share === null || share === undefined ? '—' : `${Math.round(share * 1000) / 10} %`);
const bar = (share, kind = '') => svg`<svg class="bar-line ${kind}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="back-bar" width="100" height="10"></rect><rect class="fill" width=${Math.max(0, Math.min(100, share * 100))} height="10"></rect></svg>`;

const table = (title, rows) => {
  const most = Math.max(...rows.map((row) => row.p90_h), 0.01);
  return html`<section class="card"><div class="scroll" tabindex="0"><table class="figures"><caption>${title}</caption>
    <thead><tr><th scope="col">${t('f.name')}</th><th scope="col" class="number">${t('f.count')}</th><th scope="col">${t('f.median')}</th><th scope="col">${t('f.p90')}</th><th scope="col">${t('f.ontime')}</th></tr></thead>
    <tbody>${rows.map((row) => html`<tr><th scope="row">${said(row)}</th><td class="number">${row.count}</td>
      <td>${bar(row.median_h / most)} ${row.median_h}</td><td>${bar(row.p90_h / most)} ${row.p90_h}</td>
      <td>${bar(row.on_time, row.on_time < 0.8 ? 'poor' : 'fine')} ${percent(row.on_time)}</td></tr>`)}</tbody></table></div></section>`;
};

const months = (rows) => html`<section class="card"><div class="scroll" tabindex="0"><table><caption>${t('f.months')}</caption>
  <thead><tr><th scope="col">${t('f.name')}</th><th scope="col" class="number">${t('f.received')}</th><th scope="col" class="number">${t('f.ended')}</th><th scope="col">${t('f.ontime')}</th></tr></thead>
  <tbody>${rows.map((row) => html`<tr><th scope="row">${row.id}</th><td class="number">${row.received}</td><td class="number">${row.ended}</td><td>${row.steps ? html`${bar(row.on_time / row.steps)} ${percent(row.on_time / row.steps)}` : '—'}</td></tr>`)}</tbody></table></div></section>`;

export const caseFigures = {
  path: 'case-figures', may: 'figures.see', title: ['案件统计', 'Case figures'], icon: '📊',
  open(ctx) {
    let seen = null;
    async function load(query = '') {
      try { seen = await get(`/v1/cases/figures${query}`); } catch (error) { ctx.fail(error); }
      ctx.redraw();
    }
    const submit = (event) => {
      event.preventDefault();
      const form = new FormData(event.target);
      load(`?first=${form.get('first')}&last=${form.get('last')}`);
    };
    load();
    return {
      close() {},
      view: () => html`<h1>${t('f.title')}</h1>
        <form class="card filters" @submit=${submit}>
          <div><label for="f-first">${t('f.first')}</label><input id="f-first" name="first" type="month" required .value=${seen ? seen.first : ''}></div>
          <div><label for="f-last">${t('f.last')}</label><input id="f-last" name="last" type="month" required .value=${seen ? seen.last : ''}></div>
          <div class="actions end"><button class="main">${t('f.go')}</button></div></form>
        ${!seen ? nothing : html`<p>${t('f.sum', {...seen, stars: seen.stars ?? '—', solved: percent(seen.solved)})}</p>
          ${seen.steps.length ? html`${table(t('f.steps'), seen.steps)}${table(t('f.departments'), seen.departments)}${table(t('f.kinds'), seen.kinds)}` : html`<p class="empty">${t('f.none')}</p>`}${months(seen.months)}`}`,
    };
  },
};
