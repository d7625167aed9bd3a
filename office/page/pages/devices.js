// Every device: what it said last, its battery, whether it is silent; and one device with what it said and was told.
import {get} from '../ask.js';
import {html, nothing, repeat} from '../html.js';
import {makeList} from '../list.js';
import {on, watch} from '../live.js';
import {addWords, language, t, time} from '../words.js';
import {lookAtPicture, lookThrough} from './devices-look.js';
import {commands, order, orders} from './devices-orders.js';
import {ago, badges, deviceLink, percent, query, summed, typed, when} from './devices-words.js';

addWords({
  'devs.title': ['设备', 'Devices'], 'devs.empty': ['没有符合条件的设备', 'No device fits'], 'devs.only': ['筛选', 'Which'], 'devs.community': ['社区', 'Community'],
  'devs.text': ['设备、住户、地址、杆号', 'Device, person, address, pole'], 'devs.events': ['最近说过的话', 'What it said'], 'devs.contact': ['门磁', 'Contact'],
  'devs.place': ['位置', 'Position'], 'devs.first': ['本台第一次听到', 'First heard'], 'devs.picture': ['查看图片', 'Look at the picture'], 'devs.look': ['查看现场', 'Look now'], 'devs.case': ['登记为案件', 'Begin a case'],
  'devs.type': ['内容', 'What'], 'devs.none': ['没有故障', 'No faults'], 'devs.more': ['更早的', 'Older'], 'devs.since': ['自', 'since'],
  'devs.here': ['设备自己报告', 'as it said'],
});

const LIMIT = 50, CASED = ['linli.motion.v1', 'linli.fault.v1'];
const ONLY = [['', 'dev.all'], ['silent', 'dev.silent'], ['battery', 'dev.low'], ['fault', 'dev.fault'], ['camera', 'dev.camera'], ['unknown', 'dev.unknown']];

export const devices = {
  path: 'devices', may: 'devices.see', title: ['设备', 'Devices'], icon: 'device',
  open(ctx) {
    let page = show(ctx.args);
    function show(args) { return args.length > 1 ? one(ctx, args[0], args.slice(1).join('/')) : many(ctx, args[0] || ''); }
    return {
      view: () => page.view(),
      close() { page.close(); },
      follow(args) { page.close(); page = show(args); window.scrollTo(0, 0); },
    };
  },
};

const WHICH = 'only:'; // no gateway can be called this

function many(ctx, which) {
  const gateway = which.startsWith(WHICH) ? '' : which;
  let narrow = {only: gateway ? '' : which.slice(WHICH.length), text: '', community: '', gateway}, communities = [];
  const path = (after, limit = LIMIT) => `/v1/devices?${query({...narrow, limit, after_gateway: after && after.gateway, after_device: after && after.device})}`;
  const list = makeList({
    load: (after) => get(path(after)),
    read: (rows) => ({items: rows, next: rows.length === LIMIT ? rows[rows.length - 1] : null}),
    redraw: ctx.redraw, fail: ctx.fail,
  });
  const offs = [
    on('devices', async (news) => {
      const shown = new Set(list.items.map((row) => `${row.gateway}/${row.device}`));
      if (!news.many && !news.gateways.length && !news.devices.some((row) => shown.has(`${row.gateway}/${row.device}`))) return;
      try {
        const fresh = await get(path(null, Math.min(200, Math.max(LIMIT, list.items.length))));
        list.items = [...fresh, ...list.items.slice(fresh.length)];
        ctx.redraw();
      } catch { /* the next change asks again */ }
    }),
    watch((state) => { if (state === 'up') list.load(); }),
  ];
  get('/v1/map/communities').then((names) => { communities = names; ctx.redraw(); }, () => {});

  function narrowed(event) {
    event.preventDefault();
    const form = new FormData(event.target.form || event.target);
    narrow = {...narrow, only: form.get('only'), text: form.get('text'), community: form.get('community') || ''};
    list.load();
  }

  return {
    close: () => offs.forEach((off) => off()),
    view: () => html`
      <h1>${t('devs.title')}${gateway ? html` · ${gateway}` : nothing}</h1>
      ${gateway ? html`<p><a href="#/devices">← ${t('dev.all')}</a> · <a href="#/gateways/${gateway}">${t('dev.gateway')} ${gateway}</a></p>` : nothing}
      <form class="form card" role="search" @submit=${narrowed}>
        <div><label for="dev-text">${t('devs.text')}</label><input id="dev-text" name="text" type="search" .value=${narrow.text}></div>
        <div><label for="dev-only">${t('devs.only')}</label><select id="dev-only" name="only" @change=${narrowed}>${ONLY.map(([value, word]) => html`<option value=${value} ?selected=${narrow.only === value}>${t(word)}</option>`)}</select></div>
        ${communities.length ? html`<div><label for="dev-community">${t('devs.community')}</label><select id="dev-community" name="community" @change=${narrowed}><option value="">${t('dev.all')}</option>${communities.map((name) => html`<option ?selected=${narrow.community === name}>${name}</option>`)}</select></div>` : nothing}
        <div class="actions end"><button class="main">${t('dev.search')}</button></div>
      </form>
      ${list.view((rows) => html`<div class="scroll" tabindex="0" role="region" aria-label=${t('devs.title')}><table>
        <caption class="unseen">${t('devs.title')}</caption>
        <thead><tr><th>${t('dev.device')}</th><th>${t('dev.state')}</th><th>${t('dev.whose')}</th><th>${t('dev.heard')}</th><th class="number">${t('dev.battery')}</th><th>${t('dev.gateway')}</th></tr></thead>
        <tbody>${repeat(rows, (row) => `${row.gateway}/${row.device}`, (row) => html`<tr>
          <td><a href=${deviceLink(row)}>${row.device}</a><br><span class="hint">${row.profile}</span></td>
          <td>${badges(row)}</td><td>${row.who}${row.who && row.place ? html`<br>` : nothing}${row.place || (row.who ? '' : '—')}</td>
          <td>${typed(row.type)}<br><span class="hint">${when(row.heard_at)}</span></td><td class="number">${percent(row)}</td>
          <td><a href="#/gateways/${row.gateway}">${row.gateway}</a></td></tr>`)}</tbody>
      </table></div>`, {empty: t('devs.empty')})}`,
  };
}

function one(ctx, gateway, name) {
  let whole = null, forms = [], failed = null;
  const at = query({gateway, device: name}), may = (what) => ctx.me.may.includes(what);
  const load = () => get(`/v1/device?${at}`).then((found) => { whole = found; failed = null; ctx.redraw(); }, (error) => { failed = error; ctx.redraw(); });
  const events = makeList({
    load: (before) => get(`/v1/device/events?${at}&limit=20${before ? `&before=${before}` : ''}`),
    read: (rows) => ({items: rows, next: rows.length === 20 ? rows[rows.length - 1].n : null}),
    redraw: ctx.redraw, fail: ctx.fail,
  });
  const asked = orders(ctx, gateway, name);
  const offs = [
    on('devices', (news) => { if (news.many || news.devices.some((row) => row.gateway === gateway && row.device === name)) { load(); if (events.items.length <= 20) events.load(); } }),
    watch((state) => { if (state === 'up') { load(); events.load(); } }),
    asked.close,
  ];
  commands().then((found) => { forms = found; ctx.redraw(); }, ctx.fail);
  const actions = () => forms.filter((form) => (whole.device.camera ? form.command.startsWith('device-') : form.to !== 'gateway' || form.command === 'device-put'));

  return {
    close: () => offs.forEach((off) => off()),
    view: () => html`
      <p><a href="#/devices">← ${t('dev.back')}</a></p>
      <h1>${name}</h1>
      ${failed ? html`<p class="bad" role="alert">${failed.message}</p>` : whole ? facts(whole) : nothing}
      ${may('devices.command') && whole ? html`<section class="card"><h2>${t('order.title')}</h2><div class="actions">
        ${actions().map((form) => html`<button class=${form.command === 'device-remove' ? 'danger' : ''} @click=${() => order(ctx, form, gateway, form.to === 'gateway' ? '' : name, form.command === 'device-put' ? {id: name} : {})}>${form[language]}</button>`)}
        ${whole.device.camera && may('camera.look') ? html`<button class="main" @click=${() => lookThrough(ctx, gateway, name)}>${t('devs.look')}</button>` : nothing}</div></section>` : nothing}
      ${whole && whole.faults.length ? html`<section class="card"><h2>${t('dev.faults')}</h2><ul>${whole.faults.map((fault) => html`<li><strong>${fault.fault}</strong> ${fault.reason} <span class="hint">${t('devs.since')} ${time(fault.since)}</span></li>`)}</ul></section>` : nothing}
      ${asked.view()}
      <section class="card"><h2>${t('devs.events')}</h2>${events.view((rows) => html`<div class="scroll" tabindex="0" role="region" aria-label=${t('devs.events')}><table>
        <caption class="unseen">${t('devs.events')}</caption><thead><tr><th>${t('dev.when')}</th><th>${t('devs.type')}</th><th>${t('dev.details')}</th></tr></thead>
        <tbody>${repeat(rows, (row) => row.n, (row) => html`<tr><td>${time(row.time)}</td><td><strong>${typed(row.type)}</strong> ${summed(row.data)}
          ${row.data && row.data.picture && may('camera.look') ? html`<button class="quiet" @click=${() => lookAtPicture(ctx, row.data.picture)}>${t('devs.picture')}</button>` : nothing}
          ${whole && whole.device.camera && may('cases.work') && CASED.includes(row.type) ? html`<a class="button quiet" href="#/cases/new/camera/${row.n}/${encodeURIComponent(name)}">${t('devs.case')}</a>` : nothing}</td>
          <td><details><summary>${t('dev.details')}</summary><pre class="mono">${JSON.stringify(row.data, null, 1)}</pre></details></td></tr>`)}</tbody></table></div>`)}</section>`,
  };
}

function facts({device}) {
  return html`<section class="card"><p>${badges(device)}</p><dl>
    <dt>${t('dev.whose')}</dt><dd>${device.who || '—'} ${device.place}</dd>
    <dt>${t('dev.heard')}</dt><dd>${typed(device.type)} · ${device.heard_at ? html`${time(device.heard_at)}(${ago(device.heard_at)})` : t('dev.never')}</dd>
    <dt>${t('dev.battery')}</dt><dd>${percent(device)}</dd>
    ${device.open === null ? nothing : html`<dt>${t('devs.contact')}</dt><dd>${t(device.open ? 'say.open' : 'say.closed')}</dd>`}
    ${device.lat === null ? nothing : html`<dt>${t('devs.place')}</dt><dd>${device.lat.toFixed(5)}, ${device.lon.toFixed(5)} <span class="hint">${device.datum} · ${time(device.placed_at)} · <a href="#/map">${language === 'zh' ? '地图' : 'map'}</a></span></dd>`}
    <dt>${t('dev.profile')}</dt><dd>${device.profile || '—'}</dd>
    <dt>${t('dev.gateway')}</dt><dd><a href="#/gateways/${device.gateway}">${device.gateway}</a></dd></dl></section>`;
}
