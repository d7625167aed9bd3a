// Every gateway: whether it speaks, what it has to say about itself, and what it is told.
import {get} from '../ask.js';
import {html, nothing, repeat} from '../html.js';
import {makeList} from '../list.js';
import {on, watch} from '../live.js';
import {addWords, language, t, time} from '../words.js';
import {configs} from './devices-config.js';
import {lookThrough} from './devices-look.js';
import {commands, order, orders} from './devices-orders.js';
import {ago, query, when} from './devices-words.js';
import {screen} from './gateways-screen.js';

addWords({
  'gw.title': ['网关', 'Gateways'], 'gw.empty': ['没有网关', 'No gateways'], 'gw.devices': ['设备', 'Devices'], 'gw.backlog': ['待发', 'Waiting to go'],
  'gw.config': ['配置', 'Configuration'], 'gw.own': ['自带配置', 'its own file'], 'gw.inforce': ['生效第 {n} 版', 'version {n} in force'],
  'gw.wanted': ['等待第 {n} 版', 'version {n} is waited for'], 'gw.refused': ['第 {n} 版被拒绝', 'version {n} was refused'],
  'gw.silent': ['失联 {n}', '{n} silent'], 'gw.low': ['电量低 {n}', '{n} low'], 'gw.oldest': ['最老报警已等 {n} 秒', 'the oldest alarm waits {n} s'],
  'gw.disk': ['磁盘剩余', 'Disk free'], 'gw.clock': ['时钟', 'Clock'], 'gw.path': ['夜间自检', 'Night check'], 'gw.good': ['通过,回执 {ms} 毫秒', 'passed, receipt after {ms} ms'],
  'gw.bad': ['未通过:{reason}', 'failed: {reason}'], 'gw.first': ['第一次听到', 'First heard'], 'gw.said': ['它最后一次报告', 'It last said'],
  'gw.list': ['查看它的设备', 'Its devices'], 'gw.versions': ['配置与版本', 'Configuration and versions'], 'gw.name': ['网关名称', 'Name of a gateway'],
  'gw.deaf': ['听不到', 'Not heard'], 'gw.trusted': ['可信', 'trusted'], 'gw.floor': ['只知下限', 'at least'], 'gw.unset': ['未校准', 'not set'], 'gw.look': ['查看摄像头', 'Look through a camera'],
});

const LIMIT = 50;

export const gateways = {
  path: 'gateways', may: 'devices.see', title: ['网关', 'Gateways'], icon: 'box',
  open(ctx) {
    let page = show(ctx.args);
    function show(args) {
      if (args[0] && args[1] === 'config') return configs(ctx, args[0]);
      return args[0] ? one(ctx, args[0]) : many(ctx);
    }
    return {
      view: () => page.view(),
      close() { page.close(); },
      follow(args) { page.close(); page = show(args); window.scrollTo(0, 0); },
    };
  },
};

const stands = (row) => (row.silent ? html`<span class="badge bad">✕ ${t('gw.deaf')}</span>` : row.online ? html`<span class="badge good">✓ ${t('dev.online')}</span>` : html`<span class="badge warn">○ ${t('dev.offline')}</span>`);

function wish(row) {
  const status = row.config, force = status ? status.in_force : 0;
  const now = force ? t('gw.inforce', {n: force}) : t('gw.own');
  if (status && !status.accepted) return html`${now} <span class="badge bad">✕ ${t('gw.refused', {n: status.version})}</span>`;
  if (row.wanted && row.wanted !== (status ? status.version : 0)) return html`${now} <span class="badge warn">… ${t('gw.wanted', {n: row.wanted})}</span>`;
  return now;
}

const crowd = (row) => html`${row.devices} ${row.silent_devices ? html`<span class="badge bad">✕ ${t('gw.silent', {n: row.silent_devices})}</span>` : nothing} ${row.low_devices ? html`<span class="badge warn">▂ ${t('gw.low', {n: row.low_devices})}</span>` : nothing}`;

function many(ctx) {
  let text = '';
  const path = (after, limit = LIMIT) => `/v1/gateways?${query({text, limit, after})}`;
  const list = makeList({
    load: (after) => get(path(after)),
    read: (rows) => ({items: rows, next: rows.length === LIMIT ? rows[rows.length - 1].gateway : null}),
    redraw: ctx.redraw, fail: ctx.fail,
  });
  const offs = [
    on('devices', async (news) => {
      if (!news.gateways.length && !news.many) return;
      try {
        const fresh = await get(path('', Math.min(200, Math.max(LIMIT, list.items.length))));
        list.items = [...fresh, ...list.items.slice(fresh.length)];
        ctx.redraw();
      } catch { /* the next change asks again */ }
    }),
    watch((state) => { if (state === 'up') list.load(); }),
  ];
  return {
    close: () => offs.forEach((off) => off()),
    view: () => html`
      <h1>${t('gw.title')}</h1>
      <form class="form card" role="search" @submit=${(event) => { event.preventDefault(); text = new FormData(event.target).get('text').trim(); list.load(); }}>
        <div><label for="gw-text">${t('gw.name')}</label><input id="gw-text" name="text" type="search" .value=${text}></div>
        <div class="actions end"><button class="main">${t('dev.search')}</button></div></form>
      ${list.view((rows) => html`<div class="scroll" tabindex="0" role="region" aria-label=${t('gw.title')}><table>
        <caption class="unseen">${t('gw.title')}</caption>
        <thead><tr><th>${t('dev.gateway')}</th><th>${t('dev.state')}</th><th>${t('dev.heard')}</th><th>${t('gw.devices')}</th><th class="number">${t('gw.backlog')}</th><th>${t('dev.faults')}</th><th>${t('gw.config')}</th><th>${t('dev.version')}</th></tr></thead>
        <tbody>${repeat(rows, (row) => row.gateway, (row) => html`<tr>
          <td><a href="#/gateways/${row.gateway}">${row.gateway}</a></td><td>${stands(row)}</td><td>${when(row.heard_at)}</td><td>${crowd(row)}</td>
          <td class="number">${row.backlog}</td><td>${row.faults.length ? html`<span class="badge bad">◆ ${row.faults.length}</span> ${row.faults.slice(0, 2).join(' ')}` : '—'}</td><td>${wish(row)}</td><td>${row.version || '—'}</td></tr>`)}</tbody>
      </table></div>`, {empty: t('gw.empty')})}`,
  };
}

function one(ctx, name) {
  let whole = null, forms = [], failed = null;
  const may = (what) => ctx.me.may.includes(what);
  const load = () => get(`/v1/gateways/${encodeURIComponent(name)}`).then((found) => { whole = found; failed = null; ctx.redraw(); }, (error) => { failed = error; ctx.redraw(); });
  const asked = orders(ctx, name);
  const offs = [
    on('devices', (news) => { if (news.gateways.includes(name)) load(); }),
    on('config', (news) => { if (news.gateway === name) load(); }),
    watch((state) => { if (state === 'up') load(); }),
    asked.close,
  ];
  commands().then((found) => { forms = found; ctx.redraw(); }, ctx.fail);
  return {
    close: () => offs.forEach((off) => off()),
    view: () => html`
      <p><a href="#/gateways">← ${t('dev.back')}</a></p>
      <h1>${name}</h1>
      ${failed ? html`<p class="bad" role="alert">${failed.message}</p>` : whole ? html`${facts(whole.gateway)}${screen(whole.gateway.screen)}` : nothing}
      <p class="actions"><a class="button" href="#/devices/${name}">${t('gw.list')}</a> <a class="button" href="#/gateways/${name}/config">${t('gw.versions')}</a></p>
      ${whole && whole.faults.length ? html`<section class="card"><h2>${t('dev.faults')}</h2><ul>${grouped(whole.faults).map(([fault, devices]) => html`<li><strong>${fault.fault}</strong> ${fault.reason} <span class="hint">${time(fault.since)}</span>
        ${devices.map((device) => html` · <a href="#/devices/${name}/${encodeURIComponent(device)}">${device}</a>`)}</li>`)}</ul></section>` : nothing}
      ${may('devices.command') ? html`<section class="card"><h2>${t('order.title')}</h2><div class="actions">
        ${forms.filter((form) => form.to !== 'device').map((form) => html`<button class=${form.command === 'restart' ? 'danger' : ''} @click=${() => order(ctx, form, name, '')}>${form[language]}</button>`)}
        ${may('camera.look') ? html`<button @click=${() => lookThrough(ctx, name, '')}>${t('gw.look')}</button>` : nothing}</div></section>` : nothing}
      ${asked.view()}`,
  };
}

function grouped(faults) {
  const byName = new Map();
  faults.forEach((fault) => byName.set(fault.fault, [fault, [...(byName.get(fault.fault) || [null, []])[1], ...(fault.device ? [fault.device] : [])]]));
  return [...byName.values()];
}

function facts(row) {
  const check = row.path_check;
  return html`<section class="card"><p>${stands(row)}${row.oldest_alarm_s ? html` <span class="badge bad">! ${t('gw.oldest', {n: Math.round(row.oldest_alarm_s)})}</span>` : nothing}</p><dl>
    <dt>${t('dev.heard')}</dt><dd>${time(row.heard_at)}(${ago(row.heard_at)})</dd>
    <dt>${t('gw.devices')}</dt><dd>${crowd(row)}</dd>
    <dt>${t('gw.backlog')}</dt><dd>${row.backlog}</dd>
    <dt>${t('gw.config')}</dt><dd>${wish(row)}</dd>
    <dt>${t('dev.version')}</dt><dd>${row.version || '—'}</dd>
    <dt>${t('gw.disk')}</dt><dd>${row.disk_free_mb === null ? '—' : `${row.disk_free_mb} MB`}</dd>
    <dt>${t('gw.clock')}</dt><dd>${row.clock ? t(`gw.${row.clock}`) : '—'}</dd>
    <dt>${t('gw.path')}</dt><dd>${check ? (check.ok === false ? html`<span class="badge bad">✕ ${t('gw.bad', {reason: check.reason || ''})}</span>` : check.ok ? t('gw.good', {ms: check.receipt_ms}) : check.night) : '—'}</dd>
    <dt>${t('gw.said')}</dt><dd>${time(row.said_at)}</dd>
    <dt>${t('gw.first')}</dt><dd>${time(row.first_at)}</dd></dl></section>`;
}
