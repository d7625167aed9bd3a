// The list: filters, search, what is due first. Everything comes page by page from the desk.
import {get} from '../ask.js';
import {html, nothing} from '../html.js';
import {makeList} from '../list.js';
import {on} from '../live.js';
import {since, t, time} from '../words.js';
import {departmentName, kindName, loadVocabulary, shown, sourceName, stepName, words} from './cases-words.js';

const FILTERS = ['view', 'department', 'kind', 'step', 'mine', 'overdue', 'text'];
let kept = {view: 'open'}; // the next time the list is opened it is as it was left
export const narrowTo = (filters) => { kept = filters; };

export function openList(ctx) {
  let tally = null, later = 0, typed = 0;
  const list = makeList({load: (after) => get(`/v1/cases?${asked(after)}`), read: (answer) => ({items: answer.cases, next: answer.next || null}), redraw: ctx.redraw, fail: ctx.fail});

  function asked(after) {
    const query = new URLSearchParams({limit: '50'});
    FILTERS.forEach((name) => { if (kept[name]) query.set(name, kept[name]); });
    if (after) query.set('after', after);
    return query;
  }

  async function count() {
    try { tally = await get('/v1/cases/tally'); } catch (error) { ctx.fail(error); }
    ctx.redraw();
  }

  const anew = () => { list.load(); count(); };
  const set = (name, value) => { kept = {...kept, [name]: value}; list.load(); };
  const ends = on('case', () => { clearTimeout(later); later = setTimeout(anew, 400); });
  loadVocabulary().then(ctx.redraw, ctx.fail);
  anew();

  return {
    load: anew,
    close() { ends(); clearTimeout(later); clearTimeout(typed); },
    view: () => html`
      <div class="heading"><h1>${t('case.title')}</h1>
        <div class="actions">
          ${ctx.me.may.includes('cases.work') ? html`<a class="button main" href="#/cases/new">${t('case.new')}</a>` : nothing}
          ${ctx.me.may.includes('cases.lead') ? html`<a class="button" href="#/cases/import">${t('case.import')}</a><a class="button" href="/v1/cases/district.csv" download>${t('case.export')}</a>` : nothing}
        </div></div>
      ${tally ? html`<p class=${tally.overdue ? 'warn' : 'hint'}>${t('case.tally', {open: tally.open, overdue: tally.overdue, soon: tally.soon, waiting: tally.undispatched})}</p>` : nothing}
      ${filters(set, (value) => { clearTimeout(typed); typed = setTimeout(() => set('text', value), 300); }, ctx)}
      ${list.view((items) => table(items), {empty: t('case.none')})}`,
  };
}

const pick = (name, label, all, set) => html`<div><label for="c-${name}">${label}</label>
  <select id="c-${name}" @change=${(event) => set(name, event.target.value)}><option value="">${t('case.any')}</option>
    ${all.map((one) => html`<option value=${one.id} ?selected=${kept[name] === one.id}>${one[document.documentElement.lang === 'en' ? 'en' : 'zh']}</option>`)}</select></div>`;

function filters(set, search, ctx) {
  const centre = ctx.me.may.includes('cases.lead') || ctx.me.may.includes('audit.see');
  return html`<form class="card filters" role="search" @submit=${(event) => event.preventDefault()}>
    <div class="wide"><label for="c-text">${t('case.search')}</label><input id="c-text" type="search" .value=${kept.text || ''} maxlength="80" @input=${(event) => search(event.target.value)}></div>
    <div><label for="c-view">${t('case.filter')}</label><select id="c-view" @change=${(event) => set('view', event.target.value)}>
      <option value="open" ?selected=${kept.view === 'open'}>${t('case.open')}</option><option value="all" ?selected=${kept.view === 'all'}>${t('case.all')}</option></select></div>
    ${centre ? pick('department', t('case.department'), words().departments, set) : nothing}
    ${pick('kind', t('case.kind'), words().kinds, set)}${pick('step', t('case.step'), words().steps, set)}
    <div class="checks"><label class="check"><input type="checkbox" .checked=${kept.mine === '1'} @change=${(event) => set('mine', event.target.checked ? '1' : '')}>${t('case.mine')}</label>
      <label class="check"><input type="checkbox" .checked=${kept.overdue === '1'} @change=${(event) => set('overdue', event.target.checked ? '1' : '')}>${t('case.overdue')}</label></div>
  </form>`;
}

const table = (items) => html`<div class="scroll" tabindex="0"><table class="cases">
  <caption class="unseen">${t('case.list')}</caption>
  <thead><tr><th scope="col">${t('case.number')}</th><th scope="col">${t('case.words')}</th><th scope="col">${t('case.step')}</th><th scope="col">${t('case.department')}</th><th scope="col">${t('case.due')}</th></tr></thead>
  <tbody>${items.map(row)}</tbody></table></div>`;

const row = (one) => html`<tr class=${one.overdue ? 'late' : ''}>
  <td><a class="case-number" href="#/cases/${one.number}">${shown(one.number)}</a><br><span class="hint">${sourceName(one.source)}</span></td>
  <td class="case-words"><strong>${kindName(one.kind)}</strong> ${one.words}<br><span class="hint">${[one.place_words, one.pole].filter(Boolean).join(' · ') || '—'}</span>
    ${one.district_number ? html`<span class="badge">${t('case.district', {number: one.district_number})}</span>` : nothing}</td>
  <td><span class="badge">${stepName(one.step)}</span>${one.held_until ? html`<br><span class="badge warn">${t('case.held', {at: time(one.held_until)})}</span>` : nothing}${one.leader ? html`<br><span class="badge">${t('case.follows', {number: shown(one.leader)})}</span>` : nothing}</td>
  <td>${departmentName(one.department)}${one.assignee_name ? html`<br><span class="hint">${one.assignee_name}</span>` : nothing}</td>
  <td>${dueWords(one)}</td></tr>`;

export function dueWords(one) {
  if (!one.open) return html`<span class="hint">${time(one.begun_at)}</span>`;
  const at = new Date(one.due_at).getTime(), now = Date.now();
  return html`${time(one.due_at)}<br>${one.overdue ? html`<span class="badge bad">${t('case.late', {since: since(at, now)})}</span>` : html`<span class="hint">${t('case.left', {since: since(now, at)})}</span>`}
    ${one.district_due ? html`<br><span class="hint">${t('case.districtDue')} ${time(one.district_due)}</span>` : nothing}`;
}
