// How long steps take and how often on time: three tables with bars, over some months.
import {get} from '../ask.js';
import {html, nothing, svg} from '../html.js';
import {addWords, said, t} from '../words.js';

addWords({
  'caseFig.title': ['案件统计', 'Case figures'], 'caseFig.first': ['从', 'From'], 'caseFig.last': ['到', 'To'], 'caseFig.go': ['查看', 'Show'], 'caseFig.steps': ['各环节', 'By step'], 'caseFig.departments': ['各科室', 'By department'], 'caseFig.kinds': ['各类别', 'By kind'],
  'caseFig.name': ['名称', 'Name'], 'caseFig.count': ['次数', 'Count'], 'caseFig.median': ['中位数(工作小时)', 'Median (working hours)'], 'caseFig.p90': ['九成以内(工作小时)', '90 % within (working hours)'], 'caseFig.ontime': ['按时率', 'On time'],
  'caseFig.sum': ['受理 {received} 件,办结 {ended} 件,评价 {evaluated} 次,平均 {stars} 星,满意解决 {solved}', '{received} received, {ended} ended, {evaluated} evaluations, {stars} of 5 stars, solved {solved}'], 'caseFig.months': ['各月', 'By month'], 'caseFig.received': ['受理', 'Received'], 'caseFig.ended': ['办结', 'Ended'], 'caseFig.none': ['这段时间没有数据', 'Nothing in this time'],
});

const percent = (share) => (share === null || share === undefined ? '—' : `${Math.round(share * 1000) / 10} %`);
const bar = (share, kind = '') => svg`<svg class="bar-line ${kind}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="back-bar" width="100" height="10"></rect><rect class="fill" width=${Math.max(0, Math.min(100, share * 100))} height="10"></rect></svg>`;

const table = (title, rows) => {
  const most = Math.max(...rows.map((row) => row.p90_h), 0.01);
  return html`<section class="card"><div class="scroll" tabindex="0"><table class="figures"><caption>${title}</caption>
    <thead><tr><th scope="col">${t('caseFig.name')}</th><th scope="col" class="number">${t('caseFig.count')}</th><th scope="col">${t('caseFig.median')}</th><th scope="col">${t('caseFig.p90')}</th><th scope="col">${t('caseFig.ontime')}</th></tr></thead>
    <tbody>${rows.map((row) => html`<tr><th scope="row">${said(row)}</th><td class="number">${row.count}</td>
      <td>${bar(row.median_h / most)} ${row.median_h}</td><td>${bar(row.p90_h / most)} ${row.p90_h}</td>
      <td>${bar(row.on_time, row.on_time < 0.8 ? 'poor' : 'fine')} ${percent(row.on_time)}</td></tr>`)}</tbody></table></div></section>`;
};

const months = (rows) => html`<section class="card"><div class="scroll" tabindex="0"><table><caption>${t('caseFig.months')}</caption>
  <thead><tr><th scope="col">${t('caseFig.name')}</th><th scope="col" class="number">${t('caseFig.received')}</th><th scope="col" class="number">${t('caseFig.ended')}</th><th scope="col">${t('caseFig.ontime')}</th></tr></thead>
  <tbody>${rows.map((row) => html`<tr><th scope="row">${row.id}</th><td class="number">${row.received}</td><td class="number">${row.ended}</td><td>${row.steps ? html`${bar(row.on_time / row.steps)} ${percent(row.on_time / row.steps)}` : '—'}</td></tr>`)}</tbody></table></div></section>`;

export const caseFigures = {
  path: 'case-figures', may: 'figures.see', title: ['案件统计', 'Case figures'], icon: 'chart',
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
      view: () => html`<h1>${t('caseFig.title')}</h1>
        <form class="card filters" @submit=${submit}>
          <div><label for="f-first">${t('caseFig.first')}</label><input id="f-first" name="first" type="month" required .value=${seen ? seen.first : ''}></div>
          <div><label for="f-last">${t('caseFig.last')}</label><input id="f-last" name="last" type="month" required .value=${seen ? seen.last : ''}></div>
          <div class="actions end"><button class="main">${t('caseFig.go')}</button></div></form>
        ${!seen ? nothing : html`<p>${t('caseFig.sum', {...seen, stars: seen.stars ?? '—', solved: percent(seen.solved)})}</p>
          ${seen.steps.length ? html`${table(t('caseFig.steps'), seen.steps)}${table(t('caseFig.departments'), seen.departments)}${table(t('caseFig.kinds'), seen.kinds)}` : html`<p class="empty">${t('caseFig.none')}</p>`}${months(seen.months)}`}`,
    };
  },
};
