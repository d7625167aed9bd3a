// Poles (一号定位): by number, by what stands nearby, by where one is; plates that are broken or gone.
import {get} from '../ask.js';
import {html, nothing, repeat} from '../html.js';
import {makeList} from '../list.js';
import {on} from '../live.js';
import {addWords, t} from '../words.js';
import {KINDS, PLATES, SPOT, addButton, area, both, csvButton, fact, link, one, plate, query, rowDialog, spot, where} from './register-words.js';

addWords({
  'pol.find': ['杆号,或附近有什么(例如“菜市场东边”)', 'A number, or what stands nearby'], 'pol.plate': ['牌子', 'Plate'], 'pol.any': ['全部', 'All'], 'pol.near': ['离得最近的杆', 'The nearest poles'],
  'pol.empty': ['没有找到;换一个附近的店名、路名再试', 'Nothing found; try another shop or street nearby'], 'pol.metres': ['{n} 米', '{n} m'], 'pol.place': ['地点', 'Place'], 'pol.here': ['我在哪根杆旁', 'Where am I'],
  'pol.nogps': ['浏览器没有给出位置', 'The browser gave no position'],
});

const fields = (fresh) => [
  ...(fresh ? [{name: 'number', label: t('f.number'), required: true, maxlength: 40}] : []),
  {name: 'words', label: t('f.words'), maxlength: 200, wide: true}, {name: 'nearby', label: t('f.nearby'), maxlength: 400, wide: true}, {name: 'aliases', label: t('f.aliases'), maxlength: 200},
  {name: 'kind', label: t('f.kind'), kind: 'select', options: KINDS}, {name: 'plate', label: t('f.plate'), kind: 'select', options: PLATES}, {name: 'community', label: t('f.community'), maxlength: 60}, ...SPOT(),
];

export function poles(ctx) {
  let text = '', state = '', near = null;
  const read = (page) => (Array.isArray(page) ? {items: page.filter((each) => each.what === 'pole').map((each) => ({...each, number: each.id})), next: null} : {items: page.rows, next: page.next || null});
  const list = makeList({
    load: (after) => get(near ? `/v1/register/near?${query(near)}` : text ? `/v1/register/find?${query({text, limit: 50})}` : `/v1/register/poles?${query({plate: state, limit: 50, after})}`),
    read: (page) => (near ? {items: page, next: null} : read(page)), redraw: ctx.redraw, fail: ctx.fail,
  });
  const off = on('register', (news) => { if (news.subject === 'poles') list.load(); });
  list.load();
  function search(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    text = form.get('text').trim(); state = form.get('plate'); near = null;
    list.load();
  }
  function here() {
    navigator.geolocation.getCurrentPosition((at) => { near = {lat: at.coords.latitude, lon: at.coords.longitude}; text = ''; list.load(); }, () => ctx.toast(t('pol.nogps'), 'bad'), {enableHighAccuracy: true, timeout: 10000});
  }
  async function add() {
    const saved = await rowDialog(ctx, {subject: 'poles', title: `${t('reg.new')} · ${t('reg.poles')}`, fields: fields(true), values: {kind: 'lamp', plate: 'ok', datum: 'WGS-84'}});
    if (saved) ctx.go(`register/pole/${saved.key}`);
  }
  return {
    close: off,
    view: () => html`
      <h1>${t('reg.poles')}</h1>
      <form class="form card" role="search" @submit=${search}>
        <div><label for="pol-text">${t('pol.find')}</label><input id="pol-text" name="text" type="search" .value=${text}></div>
        <div><label for="pol-plate">${t('pol.plate')}</label><select id="pol-plate" name="plate"><option value="">${t('pol.any')}</option>${PLATES.map(([key, name]) => html`<option value=${key} ?selected=${key === state}>${both(name)}</option>`)}</select></div>
        <div class="actions end"><button class="main">${t('reg.search')}</button><button type="button" @click=${here}>${t('pol.here')}</button></div></form>
      <p class="actions">${addButton(ctx, add)}${csvButton(ctx, 'poles')}</p>
      ${list.view((rows) => area(t('reg.poles'), html`<table class="stack"><caption class="unseen">${t('reg.poles')}</caption>
        <thead><tr><th scope="col">${t('f.number')}</th><th scope="col">${t('f.words')}</th><th scope="col">${t('f.nearby')}</th><th scope="col">${t('f.plate')}</th></tr></thead>
        <tbody>${repeat(rows, (row) => row.number, (row) => html`<tr><td>${link(`pole/${row.number}`, row.number)}</td><td>${row.words || '—'}${row.distance_m == null ? nothing : html` <span class="badge">${t('pol.metres', {n: Math.round(row.distance_m)})}</span>`}</td><td>${row.nearby || '—'}</td><td>${row.plate ? plate(row.plate) : nothing}</td></tr>`)}</tbody></table>`), {empty: t('pol.empty')})}`,
  };
}

export function pole(ctx, number) {
  const page = one(ctx, `/v1/register/poles/${encodeURIComponent(number)}`, show);
  async function edit() {
    const at = page.it.pole;
    const saved = await rowDialog(ctx, {
      subject: 'poles', title: `${t('reg.edit')} · ${number}`, fields: fields(false), v: at.v, fixed: {number, building: page.it.levels.building || ''},
      values: {words: at.words, nearby: at.nearby, aliases: at.aliases, kind: at.kind, plate: at.plate, community: page.it.levels.community || '', ...where(at.spot)},
    });
    if (saved) page.load();
  }
  function show(it) {
    const at = it.pole;
    return html`
      <p>${link('poles', `← ${t('reg.back')}`)}</p>
      <h1>${at.number} ${plate(at.plate)}</h1>
      <div class="split"><section class="card"><dl>
        ${fact('f.words', at.words)}${fact('f.nearby', at.nearby)}${fact('f.aliases', at.aliases)}${fact('f.kind', t(`kind.${at.kind}`))}
        ${fact('pol.place', at.place ? link(`place/${at.place}`, it.levels.building ? `${it.levels.community} ${it.levels.building}` : it.levels.community) : '')}${fact('f.spot', spot(at.spot))}</dl>
        ${ctx.me.may.includes('register.edit') ? html`<p class="actions gap"><button @click=${edit}>${t('reg.edit')}</button></p>` : nothing}</section>
      <div><section class="card"><h2>${t('pol.near')}</h2>${it.near.length ? html`<ul class="plain">${it.near.map((each) => html`<li>${link(`pole/${each.number}`, each.number)} <span class="badge">${t('pol.metres', {n: Math.round(each.distance_m)})}</span> ${each.words}</li>`)}</ul>` : html`<p class="hint">${t('reg.none')}</p>`}</section>
      ${it.devices.length ? html`<section class="card"><h2>${t('reg.devices')}</h2><ul class="plain">${it.devices.map((each) => html`<li><code>${each.gateway} / ${each.device}</code></li>`)}</ul></section>` : nothing}</div></div>`;
  }
  return page;
}
