// 网格: areas with their wardens and what lies open in them, who is away, and who wants to become a warden.
import {get, post, remove} from '../ask.js';
import {formDialog, openDialog, sure} from '../dialog.js';
import {html, nothing} from '../html.js';
import {makeList} from '../list.js';
import * as line from '../live.js';
import {t, time} from '../words.js';
import {editArea} from './grid-area.js';
import './grid-words.js';

const ZONE = '+08:00'; // every office of ours lives by Beijing time
const moment = (text) => Date.parse(`${text}:00${ZONE}`);
const local = (at) => new Date(at + 8 * 3600e3).toISOString().slice(0, 16);

export const grid = {path: 'grid', may: 'cases.see', title: ['网格', 'Grid'], icon: 'grid', open};

function open(ctx) {
  let all = null, state = 'open';
  const {redraw, fail} = ctx, edits = ctx.me.may.includes('grid.edit');
  const asked = makeList({load: (after) => get(`/v1/grid/applications?state=${state}${after ? `&after=${after}` : ''}`), redraw, fail});

  async function load() {
    try { all = await get('/v1/grid'); redraw(); } catch (error) { fail(error); }
    if (edits) asked.load();
  }
  const saved = () => { ctx.toast(t('g.saved'), 'good'); load(); };
  const edit = (area) => editArea({area, wardens: all.wardens, departments: all.departments, done: saved});

  async function drop(area) {
    if (!await sure({title: `${t('g.remove')} · ${area.name}`, text: t('g.remove-sure'), yes: t('g.remove'), danger: true})) return;
    try { await remove(`/v1/grid/areas/${area.id}`); saved(); } catch (error) { fail(error); }
  }

  const people = (first) => [...(first ? [['', first]] : []), ...all.wardens.map((one) => [one.id, one.words])];

  async function away() {
    const fields = [
      {name: 'account', label: ['谁', 'Who'], kind: 'select', options: people(), required: true},
      {name: 'substitute', label: ['谁代班', 'Who stands in'], kind: 'select', options: people(t('g.instead-next'))},
      {name: 'from_at', label: ['从', 'From'], kind: 'datetime-local', required: true},
      {name: 'until_at', label: ['到', 'Until'], kind: 'datetime-local', required: true},
    ];
    const submit = (values) => post('/v1/grid/away', {...values, from_at: moment(values.from_at), until_at: moment(values.until_at)});
    if (await formDialog({title: t('g.away-new'), fields, values: {from_at: local(Date.now()), until_at: local(Date.now() + 7 * 86400e3)}, submit})) saved();
  }

  async function back(one) {
    try { await remove(`/v1/grid/away/${one.n}`); saved(); } catch (error) { fail(error); }
  }

  async function approve(one) {
    const fields = [
      {name: 'login', label: ['登录名', 'Login'], required: true, maxlength: 32, hint: ['小写字母或数字,例如姓名拼音', 'Small letters or digits']},
      {name: 'area', label: ['网格', 'Area'], kind: 'select', options: [['', t('g.none')], ...all.areas.map((area) => [area.id, area.name])]},
    ];
    const made = await formDialog({title: t('g.approve-of', {name: one.name}), fields, submit: (values) => post(`/v1/grid/applications/${one.id}/approval`, values), ok: t('g.approve')});
    if (!made) return;
    openDialog({title: t('g.code', {name: one.name}), closed: load, view: (box) => html`
      <dl><dt>${t('g.login')}</dt><dd class="big">${made.login}</dd><dt>${t('g.code', {name: one.name})}</dt><dd class="big">${made.code}</dd></dl>
      <p class="warn">${t('g.code-hint', {at: time(made.ends_at), url: `${location.origin}/round`})}</p>
      <button class="main" @click=${() => box.close()}>${t('g.close')}</button>`});
  }

  async function refuse(one) {
    const fields = [{name: 'words', label: ['理由(会告诉申请人)', 'Why (the applicant is told)'], kind: 'area', required: true, wide: true, maxlength: 500}];
    if (await formDialog({title: t('g.refuse-of', {name: one.name}), fields, submit: (values) => post(`/v1/grid/applications/${one.id}/refusal`, values), ok: t('g.refuse'), danger: true})) saved();
  }

  const names = (list) => list.map((one) => one.words).join('、') || '—';

  const areas = () => html`
    <section class="card"><div class="scroll" tabindex="0" role="region" aria-label=${t('g.areas')}><table><caption class="unseen">${t('g.areas')}</caption>
      <thead><tr><th scope="col">${t('g.area')}</th><th scope="col">${t('g.places')}</th><th scope="col">${t('g.now')}</th><th scope="col">${t('g.wardens')}</th>
        <th scope="col" class="number">${t('g.cases')}</th><th scope="col" class="number">${t('g.alarms')}</th>${edits ? html`<th scope="col"><span class="unseen">${t('g.edit')}</span></th>` : nothing}</tr></thead>
      <tbody>${all.areas.map((area) => html`<tr>
        <th scope="row">${area.name}${area.note ? html`<br><span class="hint">${area.note}</span>` : nothing}</th><td>${names(area.places)}</td>
        <td>${area.now ? area.now.words : html`<span class="badge bad">${t('g.nobody')}</span>`}</td><td>${names(area.wardens)}</td>
        <td class="number">${area.cases}</td><td class="number">${area.alarms ? html`<span class="badge bad">${area.alarms}</span>` : 0}</td>
        ${edits ? html`<td><div class="actions"><button aria-label=${t('g.edit-of', {name: area.name})} @click=${() => edit(area)}>${t('g.edit')}</button>
          <button class="danger quiet" aria-label="${t('g.remove')} ${area.name}" @click=${() => drop(area)}>✕</button></div></td>` : nothing}</tr>`)}</tbody></table></div>
      ${all.areas.length ? nothing : html`<p class="empty">${t('g.no-areas')}</p>`}
    </section>`;

  const absent = () => html`
    <section class="card"><div class="actions"><h2>${t('g.away')}</h2><span class="grow"></span>${edits && all.wardens.length ? html`<button @click=${away}>${t('g.away-new')}</button>` : nothing}</div>
      ${all.away.length ? html`<ul>${all.away.map((one) => html`<li>${one.account.words}:${time(one.from_at)} – ${time(one.until_at)},${t('g.instead')}:${one.substitute ? one.substitute.words : t('g.instead-next')}
        ${edits ? html`<button class="quiet" @click=${() => back(one)}>${t('g.back')}</button>` : nothing}</li>`)}</ul>` : html`<p class="hint">${t('g.no-away')}</p>`}
    </section>`;

  const applications = () => html`
    <section class="card"><div class="actions"><h2>${t('g.applications')}</h2><span class="grow"></span>
        <label for="asked">${t('g.show')}</label><select id="asked" class="short" @change=${(event) => { state = event.target.value; asked.load(); }}>
          <option value="open" ?selected=${state === 'open'}>${t('g.open')}</option><option value="" ?selected=${state === ''}>${t('g.all')}</option></select></div>
      <p class="hint">${t('g.link', {url: `${location.origin}/p/warden`})}</p>
      ${asked.view((items) => html`<div class="cards">${items.map((one) => html`<article class="card">
        <h3>${one.name} <span class="badge">${t(`g.is-${one.state}`)}</span></h3>
        <dl><dt>${t('g.phone')}</dt><dd>${one.phone}</dd><dt>${t('g.where')}</dt><dd>${one.where || '—'}</dd><dt>${t('g.at')}</dt><dd>${time(one.at)} · ${t(`g.${one.source}`)}</dd></dl>
        ${one.words ? html`<p>${one.words}</p>` : nothing}${one.answer ? html`<p class="hint">${one.decided_by}:${one.answer}</p>` : nothing}
        ${one.state === 'open' ? html`<div class="actions"><button class="main" @click=${() => approve(one)}>${t('g.approve')}</button><button @click=${() => refuse(one)}>${t('g.refuse')}</button></div>` : nothing}
      </article>`)}</div>`, {empty: t('g.no-applications')})}
    </section>`;

  const over = [line.on('grid', load), line.watch((now) => { if (now === 'up') load(); })];
  load();
  return {
    view: () => html`<div class="actions"><h1>${t('g.areas')}</h1><span class="grow"></span>${edits && all ? html`<button class="main" @click=${() => edit(null)}>${t('g.new')}</button>` : nothing}</div>
      ${all ? html`${areas()}${absent()}${edits ? applications() : nothing}` : nothing}`,
    close: () => over.forEach((end) => end()),
  };
}
