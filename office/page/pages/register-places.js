// Places: communities, buildings, units, rooms; and one household.
import {get} from '../ask.js';
import {html, nothing, repeat} from '../html.js';
import {makeList} from '../list.js';
import {on} from '../live.js';
import {addWords, t} from '../words.js';
import {people} from './register-persons.js';
import {HOME, SPOT, addButton, area, csvButton, fact, link, one, plate, query, rowDialog, spot, where} from './register-words.js';

addWords({
  'pla.parts': ['下级', 'Parts'], 'pla.inside': ['里面', 'Inside'], 'pla.households': ['住户', 'Households'], 'pla.poles': ['这里的杆', 'Poles here'], 'pla.members': ['成员', 'Members'], 'pla.up': ['上级', 'Part of'],
  'pla.community': ['社区', 'Community'], 'pla.building': ['楼', 'Building'], 'pla.unit': ['单元', 'Unit'], 'pla.room': ['房间', 'Room'],
});

const own = () => [
  {name: 'aliases', label: t('f.aliases'), maxlength: 200, wide: true}, {name: 'nearby', label: t('f.nearby'), maxlength: 400, wide: true}, {name: 'pole', label: t('f.pole'), maxlength: 40}, ...SPOT(),
];

function inside(ctx, parent) {
  const list = makeList({load: (after) => get(`/v1/register/places?${query({parent, limit: 100, after})}`), read: (page) => ({items: page.rows, next: page.next || null}), redraw: ctx.redraw, fail: ctx.fail});
  const off = on('register', (news) => { if (news.subject !== 'poles') list.load(); });
  list.load();
  return {
    close: off,
    view: () => list.view((rows) => area(t('reg.places'), html`<table class="stack"><caption class="unseen">${t('reg.places')}</caption>
      <thead><tr><th scope="col">${t('f.words')}</th><th scope="col">${t('f.kind')}</th><th scope="col">${t('f.nearby')}</th><th scope="col">${t('f.pole')}</th><th scope="col" class="number">${t('pla.parts')}</th></tr></thead>
      <tbody>${repeat(rows, (row) => row.id, (row) => html`<tr><td>${link(`place/${row.id}`, row.words)}${row.aliases ? html`<br><span class="hint">${row.aliases}</span>` : nothing}</td><td>${t(`pla.${row.kind}`)}</td><td>${row.nearby || '—'}</td><td>${row.pole ? link(`pole/${row.pole}`, row.pole) : '—'}</td><td class="number">${row.parts || ''}</td></tr>`)}</tbody></table>`), {empty: t('reg.none')}),
  };
}

export function places(ctx) {
  const list = inside(ctx, '');
  async function add() {
    const saved = await rowDialog(ctx, {subject: 'places', title: `${t('reg.new')} · ${t('reg.places')}`, fields: [...HOME(), ...own()], values: {datum: 'WGS-84'}});
    if (saved) ctx.redraw();
  }
  return {close: list.close, view: () => html`<h1>${t('reg.places')}</h1><p class="actions">${addButton(ctx, add)}${csvButton(ctx, 'places')}</p>${list.view()}`};
}

export function place(ctx, id) {
  const list = inside(ctx, id);
  const page = one(ctx, `/v1/register/places/${encodeURIComponent(id)}`, show);
  async function edit() {
    const at = page.it.place;
    const saved = await rowDialog(ctx, {subject: 'places', title: `${t('reg.edit')} · ${at.words}`, fields: own(), v: at.v, fixed: page.it.levels, values: {aliases: at.aliases, nearby: at.nearby, pole: at.pole, ...where(at.spot)}});
    if (saved) page.load();
  }
  function show(it) {
    const at = it.place;
    return html`
      <p>${link('places', `← ${t('reg.places')}`)} ${it.above.map((each) => html` / ${link(`place/${each.id}`, each.name)}`)}</p>
      <h1>${at.words}</h1>
      <section class="card"><dl>${fact('f.kind', t(`pla.${at.kind}`))}${fact('f.aliases', at.aliases)}${fact('f.nearby', at.nearby)}${fact('f.pole', at.pole ? link(`pole/${at.pole}`, at.pole) : '')}${fact('f.spot', spot(at.spot))}</dl>
        ${ctx.me.may.includes('register.edit') ? html`<p class="actions gap"><button @click=${edit}>${t('reg.edit')}</button></p>` : nothing}</section>
      ${it.households.length ? html`<section class="card"><h2>${t('pla.households')}</h2>${it.households.map((each) => html`<h3>${link(`household/${each.ref}`, each.ref)}</h3>${people(each.members.map((who) => ({...who, person: who.ref})))}`)}</section>` : nothing}
      ${at.parts ? html`<section class="card"><h2>${t('pla.inside')}</h2>${list.view()}</section>` : nothing}
      ${it.poles.length ? html`<section class="card"><h2>${t('pla.poles')}</h2><ul class="plain">${it.poles.map((each) => html`<li>${link(`pole/${each.number}`, each.number)} ${each.words} ${plate(each.plate)}</li>`)}</ul></section>` : nothing}`;
  }
  return {view: page.view, close: list.close};
}

export function household(ctx, ref) {
  return one(ctx, `/v1/register/households/${encodeURIComponent(ref)}`, (it) => html`
    <p>${link('persons', `← ${t('reg.back')}`)}</p>
    <h1>${t('f.household')} ${it.ref}</h1>
    <section class="card"><dl>${fact('f.address', it.place ? link(`place/${it.place}`, it.words) : '')}</dl></section>
    <section class="card"><h2>${t('pla.members')}</h2>${people(it.members.map((who) => ({...who, person: who.ref})))}</section>
    ${it.devices.length ? html`<section class="card"><h2>${t('reg.devices')}</h2><ul class="plain">${it.devices.map((each) => html`<li><code>${each.gateway} / ${each.device}</code></li>`)}</ul></section>` : nothing}`);
}
