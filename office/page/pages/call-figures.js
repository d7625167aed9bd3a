// Figures of the calls, without anything that was said: how many, how long people waited, how long it took.
import {get} from '../ask.js';
import {html, nothing, svg} from '../html.js';
import {addWords, since, t} from '../words.js';
import {departmentName, loadDepartments, watchBoard} from './calls-board.js';
import {reasonWords} from './calls-words.js';

addWords({
  'cfig.title': ['来电统计', 'Call figures'], 'cfig.hint': ['只有数量和时间,没有任何通话内容。', 'Numbers and times only, nothing of what was said.'], 'cfig.from': ['从', 'From'], 'cfig.to': ['到', 'To'], 'cfig.all': ['全部科室', 'All departments'], 'cfig.go': ['查看', 'Show'], 'cfig.none': ['这段时间没有来电', 'No calls in this time'],
  'cfig.days': ['每天的来电', 'Calls a day'], 'cfig.chart': ['{first} 到 {last} 每天的来电:最多一天 {most} 个', 'Calls a day from {first} to {last}: at most {most}'], 'cfig.answered': ['已接听', 'Answered'], 'cfig.missed': ['未接到', 'Missed'], 'cfig.refused': ['当时不能接', 'Turned away'],
  'cfig.departments': ['各科室', 'By department'], 'cfig.table': ['每天每科室', 'By day and department'], 'cfig.day': ['日期', 'Day'], 'cfig.department': ['科室', 'Department'], 'cfig.calls': ['来电', 'Calls'], 'cfig.wait': ['等候中位数', 'Median wait'], 'cfig.wait90': ['九成在此时间内', '90 % within'], 'cfig.handling': ['通话中位数', 'Median length'], 'cfig.callbacks': ['留言回电', 'Call-back wishes'], 'cfig.reasons': ['怎样结束', 'How they ended'], 'cfig.reason': ['结果', 'End'], 'cfig.count': ['次数', 'Count'],
  'cfig.judged': ['居民觉得', 'What residents thought'], 'cfig.face': ['评价', 'Word'], 'cfig.f.good': ['满意', 'Good'], 'cfig.f.fair': ['一般', 'Fair'], 'cfig.f.bad': ['不满意', 'Bad'],
  'cfig.w.clear': ['说得清楚', 'Explained well'], 'cfig.w.kind': ['态度好', 'Friendly'], 'cfig.w.solved': ['事情办成了', 'Solved'], 'cfig.w.unsolved': ['事情没办成', 'Not solved'], 'cfig.w.unclear': ['没听明白', 'Not understood'], 'cfig.w.waited': ['等得太久', 'Waited too long'],
});

const DAYS = 14, DAY_MS = 86400000, WIDE = 720, HIGH = 180, FOOT = 22;
const iso = (at) => new Intl.DateTimeFormat('sv-SE', {timeZone: 'Asia/Shanghai'}).format(at);
const long = (s) => (s === null || s === undefined ? '—' : since(0, s * 1000));
const median = (values) => { const all = values.filter((one) => one !== null && one !== undefined).sort((a, b) => a - b); return all.length ? all[Math.floor((all.length - 1) / 2)] : null; };
const sum = (rows, key) => rows.reduce((all, row) => all + row[key], 0);

function perDay(rows, first, last) {
  const days = [];
  for (let at = Date.parse(first); at <= Date.parse(last) && days.length < 400; at += DAY_MS) days.push(new Date(at).toISOString().slice(0, 10));
  return days.map((day) => { const of = rows.filter((row) => row.day === day); return {day, answered: sum(of, 'answered'), missed: sum(of, 'missed'), refused: sum(of, 'refused')}; });
}

const KINDS = ['answered', 'missed', 'refused'];

// Three kinds on one column; told apart by colour, by place and by the table below.
function chart(days) {
  const most = Math.max(1, ...days.map((one) => sum(KINDS.map((kind) => ({n: one[kind]})), 'n'))), step = WIDE / days.length, unit = (HIGH - FOOT - 14) / most;
  const every = Math.ceil(days.length / 14);
  return html`<svg class="columns" viewBox="0 0 ${WIDE} ${HIGH}" role="img" aria-label=${t('cfig.chart', {first: days[0].day, last: days[days.length - 1].day, most})}>
    <path class="ground-line" d="M0 ${HIGH - FOOT}H${WIDE}"></path>
    ${days.map((one, n) => {
      let top = HIGH - FOOT;
      const all = KINDS.reduce((count, kind) => count + one[kind], 0);
      return svg`${KINDS.map((kind) => { const tall = one[kind] * unit; top -= tall; return svg`<rect class=${kind} x=${n * step + step * 0.15} y=${top} width=${step * 0.7} height=${tall}></rect>`; })}
        ${all ? svg`<text x=${n * step + step / 2} y=${top - 3}>${all}</text>` : nothing}
        ${n % every ? nothing : svg`<text x=${n * step + step / 2} y=${HIGH - 5}>${one.day.slice(5)}</text>`}`;
    })}</svg>
    <ul class="legend">${KINDS.map((kind) => html`<li><svg viewBox="0 0 10 10" class="columns" aria-hidden="true"><rect class=${kind} width="10" height="10"></rect></svg>${t(`cfig.${kind}`)}</li>`)}</ul>`;
}

const HEAD = ['calls', 'answered', 'missed', 'refused', 'wait', 'wait90', 'handling', 'callbacks'];
const cells = (row) => html`<td class="number">${row.calls}</td><td class="number">${row.answered}</td><td class="number">${row.missed}</td><td class="number">${row.refused}</td><td class="number">${long(row.wait_median_s)}</td><td class="number">${long(row.wait_p90_s)}</td><td class="number">${long(row.handling_median_s)}</td><td class="number">${row.callbacks}</td>`;
const head = (...names) => html`<thead><tr>${names.map((name) => html`<th scope="col">${t(`cfig.${name}`)}</th>`)}${HEAD.map((name) => html`<th scope="col" class="number">${t(`cfig.${name}`)}</th>`)}</tr></thead>`;

function merged(rows) {
  return [...new Set(rows.map((row) => row.department))].map((department) => {
    const of = rows.filter((row) => row.department === department), all = {department};
    for (const key of ['calls', 'answered', 'missed', 'refused', 'callbacks']) all[key] = sum(of, key);
    for (const key of ['wait_median_s', 'wait_p90_s', 'handling_median_s']) all[key] = median(of.map((row) => row[key]));
    return all;
  });
}

function counted(rows, key) {
  const counts = {};
  for (const row of rows) for (const [name, n] of Object.entries(row[key] || {})) counts[name] = (counts[name] || 0) + n;
  return Object.entries(counts).sort(([, a], [, b]) => b - a);
}

// Faces, then why: no call and no person stands behind a number.
const judged = (rows) => [...counted(rows, 'faces').map(([name, n]) => [`cfig.f.${name}`, n]), ...counted(rows, 'words').map(([name, n]) => [`cfig.w.${name}`, n])];
const counts = (title, name, found) => html`<section class="card"><table><caption>${title}</caption><thead><tr><th scope="col">${name}</th><th scope="col" class="number">${t('cfig.count')}</th></tr></thead>
  <tbody>${found.map(([words, n]) => html`<tr><th scope="row">${words}</th><td class="number">${n}</td></tr>`)}</tbody></table></section>`;

export const callFigures = {
  path: 'call-figures', may: 'figures.see', title: ['来电统计', 'Call figures'], icon: 'chart',
  open(ctx) {
    const today = Date.now();
    let first = iso(today - (DAYS - 1) * DAY_MS), last = iso(today), department = '', rows = null, known = [];
    const ends = watchBoard(ctx.redraw);

    async function load() {
      try {
        const got = await get(`/v1/call-figures?from=${first}&to=${last}${department ? `&department=${encodeURIComponent(department)}` : ''}`);
        rows = got.days || got.figures || got;
        if (!department) known = [...new Set(rows.map((row) => row.department))];
      } catch (error) { ctx.fail(error); }
      ctx.redraw();
    }
    const submit = (event) => {
      event.preventDefault();
      const form = new FormData(event.target);
      first = form.get('from'); last = form.get('to'); department = form.get('department');
      load();
    };

    const body = () => html`
      <section class="card"><h2>${t('cfig.days')}</h2>${chart(perDay(rows, first, last))}</section>
      <section class="card"><div class="scroll" tabindex="0" role="region" aria-label=${t('cfig.departments')}><table><caption>${t('cfig.departments')}</caption>${head('department')}
        <tbody>${merged(rows).map((row) => html`<tr><th scope="row">${departmentName(row.department)}</th>${cells(row)}</tr>`)}</tbody></table></div></section>
      ${counts(t('cfig.reasons'), t('cfig.reason'), counted(rows, 'reasons').map(([reason, n]) => [reasonWords(reason), n]))}
      ${judged(rows).length ? counts(t('cfig.judged'), t('cfig.face'), judged(rows).map(([key, n]) => [t(key), n])) : nothing}
      <section class="card"><div class="scroll" tabindex="0" role="region" aria-label=${t('cfig.table')}><table><caption>${t('cfig.table')}</caption>${head('day', 'department')}
        <tbody>${[...rows].reverse().map((row) => html`<tr><th scope="row">${row.day}</th><td>${departmentName(row.department)}</td>${cells(row)}</tr>`)}</tbody></table></div></section>`;

    load();
    loadDepartments().catch(() => {}); // figures are figures, also under an id
    return {
      close: ends,
      view: () => html`<h1>${t('cfig.title')}</h1><p class="hint">${t('cfig.hint')}</p>
        <form class="card filters" @submit=${submit}>
          <div><label for="cf-from">${t('cfig.from')}</label><input id="cf-from" name="from" type="date" required .value=${first}></div>
          <div><label for="cf-to">${t('cfig.to')}</label><input id="cf-to" name="to" type="date" required .value=${last}></div>
          <div><label for="cf-department">${t('cfig.department')}</label><select id="cf-department" name="department"><option value="">${t('cfig.all')}</option>${known.map((id) => html`<option value=${id} ?selected=${id === department}>${departmentName(id)}</option>`)}</select></div>
          <div class="actions end"><button class="main">${t('cfig.go')}</button></div></form>
        ${!rows ? nothing : rows.length ? body() : html`<p class="empty">${t('cfig.none')}</p>`}`,
    };
  },
};
