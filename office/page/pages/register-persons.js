// People: found by name, phone or address; one person's card, with what is sealed only on a click that is noted.
import {get, post, put} from '../ask.js';
import {formDialog, openDialog} from '../dialog.js';
import {html, nothing, repeat} from '../html.js';
import {makeList} from '../list.js';
import {on} from '../live.js';
import {addWords, said, t} from '../words.js';
import {HOME, addButton, area, csvButton, download, fact, link, one, query, rowDialog, tags} from './register-words.js';

addWords({
  'per.find': ['姓名、电话尾号、住址或标签', 'Name, end of the phone number, address or tag'], 'per.empty': ['没有找到', 'Nobody found'],
  'per.born': ['{year} 年生({age} 岁)', 'born {year} ({age})'], 'per.members': ['同户', 'Same household'], 'per.near': ['住在附近', 'Lives near'], 'per.devices': ['设备', 'Devices'],
  'per.sealed': ['备注和联系人(加密保存)', 'Notes and contacts (kept sealed)'], 'per.open': ['查看(将记录)', 'Show (it is noted)'], 'per.hide': ['收起', 'Hide'], 'per.seal.none': ['没有登记', 'Nothing kept'],
  'per.seal.may': ['您没有查看权限', 'You may not see them'], 'per.seal.edit': ['修改备注和联系人', 'Edit notes and contacts'], 'per.contacts.hint': ['每行一位:关系 姓名 电话', 'One a line: relation, name, phone'],
  'per.export': ['导出个人资料', 'Export their data'], 'per.erase': ['删除个人资料', 'Erase their data'], 'per.erased': ['资料已删除', 'Erased'], 'per.conflicts': ['有 {n} 条冲突待处理', '{n} conflicts to settle'],
  'per.erase.text': ['姓名、电话、住址、备注和联系人将被清除,不能恢复。', 'Name, phone, address, notes and contacts are erased for good.'], 'per.reason': ['原因', 'Reason'], 'per.confirm': ['再输入一次居民编号:{ref}', 'Type the reference once more: {ref}'],
  'per.stays': ['已删除。以下内容保留:', 'Erased. This stays:'], 'per.ok': ['知道了', 'Done'], 'per.ref.hint': ['网关上使用的编号;不填则自动生成', 'As gateways use it; made up when left empty'], 'per.tags.hint': ['例如 独居、空巢、失能', 'such as 独居、空巢、失能'],
});

const LIMIT = 50;
const fields = (fresh) => [
  ...(fresh ? [{name: 'resident', label: t('f.resident'), hint: t('per.ref.hint'), maxlength: 64}] : []),
  {name: 'name', label: t('f.name'), required: true, maxlength: 60}, {name: 'born', label: t('f.born'), inputmode: 'numeric', maxlength: 10},
  {name: 'phone', label: t('f.phone'), kind: 'tel', maxlength: 20}, {name: 'tags', label: t('f.tags'), hint: t('per.tags.hint'), maxlength: 100},
  {name: 'household', label: t('f.household'), maxlength: 64}, ...HOME(),
];

export function persons(ctx) {
  let text = '';
  const list = makeList({
    load: (after) => get(`/v1/register/persons?${query({text, limit: LIMIT, after})}`), read: (page) => ({items: page.rows, next: page.next || null}), redraw: ctx.redraw, fail: ctx.fail,
  });
  const off = on('register', (news) => { if (news.subject === 'persons') list.load(); });
  list.load();
  async function add() {
    const saved = await rowDialog(ctx, {subject: 'persons', title: `${t('reg.new')} · ${t('reg.persons')}`, fields: fields(true), values: {}});
    if (saved) ctx.go(`register/person/${saved.key}`);
  }
  return {
    close: off,
    view: () => html`
      <h1>${t('reg.persons')}</h1>
      <form class="form card" role="search" @submit=${(event) => { event.preventDefault(); text = new FormData(event.target).get('text').trim(); list.load(); }}>
        <div><label for="per-text">${t('per.find')}</label><input id="per-text" name="text" type="search" .value=${text}></div>
        <div class="actions end"><button class="main">${t('reg.search')}</button></div></form>
      <p class="actions">${addButton(ctx, add)}${csvButton(ctx, 'persons')}</p>
      ${list.view((rows) => area(t('reg.persons'), html`<table class="stack"><caption class="unseen">${t('reg.persons')}</caption>
        <thead><tr><th scope="col">${t('f.name')}</th><th scope="col">${t('f.address')}</th><th scope="col">${t('f.phone')}</th><th scope="col">${t('f.tags')}</th><th scope="col">${t('f.resident')}</th></tr></thead>
        <tbody>${repeat(rows, (row) => row.ref, (row) => html`<tr><td>${link(`person/${row.ref}`, row.name || row.ref)}</td><td>${row.words || '—'}</td><td>${row.phone || '—'}</td><td>${tags(row.tags)}</td><td><code>${row.ref}</code></td></tr>`)}</tbody></table>`), {empty: t('per.empty')})}`,
  };
}

export function person(ctx, ref) {
  const path = `/v1/register/persons/${encodeURIComponent(ref)}`, may = (right) => ctx.me.may.includes(right);
  let secrets = null;
  const page = one(ctx, path, show);

  async function open() {
    try { secrets = await post(`${path}/secrets`); } catch (error) { ctx.fail(error); }
    ctx.redraw();
  }
  async function edit() {
    const {person: who, levels, v} = page.it;
    const saved = await rowDialog(ctx, {
      subject: 'persons', title: `${t('reg.edit')} · ${who.name}`, fields: fields(false), v, fixed: {resident: ref},
      values: {name: who.name, born: who.born ?? '', phone: who.phone, tags: who.tags.join('、'), household: who.household, community: '', building: '', unit: '', room: '', ...levels},
    });
    if (saved) page.load();
  }
  async function seal() {
    await open();
    if (!secrets) return;
    const lines = secrets.contacts.map((each) => [each.relation, each.name, each.phone].filter(Boolean).join(' ')).join('\n');
    const saved = await formDialog({
      title: t('per.seal.edit'), values: {notes: secrets.notes, contacts: lines},
      fields: [{name: 'notes', label: t('f.notes'), kind: 'area', rows: 5, maxlength: 4000, wide: true}, {name: 'contacts', label: t('f.contacts'), kind: 'area', hint: t('per.contacts.hint'), wide: true}],
      submit: (given) => put(`${path}/secrets`, {v: page.it.v, notes: given.notes, contacts: given.contacts.split('\n').map(contact).filter(Boolean)}),
    });
    if (saved) { ctx.toast(t('reg.saved'), 'good'); secrets = null; page.load(); }
  }
  async function erase() {
    const answer = await formDialog({
      title: t('per.erase'), danger: true, ok: t('per.erase'), before: html`<p class="bad">${t('per.erase.text')}</p>`,
      fields: [{name: 'reason', label: t('per.reason'), required: true, maxlength: 500, wide: true}, {name: 'confirm', label: t('per.confirm', {ref}), required: true, wide: true}],
      submit: (given) => post(`${path}/erase`, {...given, v: page.it.v}),
    });
    if (!answer) return;
    secrets = null;
    page.load();
    openDialog({title: t('per.erased'), view: (box) => html`<p>${t('per.stays')}</p><ul>${answer.stays.map((each) => html`<li>${said(each)}${each.count ? html` <strong>(${each.count})</strong>` : nothing}</li>`)}</ul><div class="actions"><button class="main" @click=${() => box.close()}>${t('per.ok')}</button></div>`});
  }

  function sealed(it) {
    if (!it.has_notes && !it.has_contacts && !secrets) return html`<p class="hint">${t('per.seal.none')}</p>`;
    if (!may('register.secrets')) return html`<p class="hint">${t('per.seal.may')}</p>`;
    if (!secrets) return html`<button @click=${open}>${t('per.open')}</button>`;
    return html`<p class="pre">${secrets.notes || '—'}</p>
      <ul class="plain">${secrets.contacts.map((each) => html`<li>${each.relation} <strong>${each.name}</strong> <a href="tel:${each.phone}">${each.phone}</a></li>`)}</ul>
      <button @click=${() => { secrets = null; ctx.redraw(); }}>${t('per.hide')}</button>`;
  }

  function show(it) {
    const who = it.person;
    return html`
      <p>${link('persons', `← ${t('reg.back')}`)}</p>
      <h1>${who.erased ? t('per.erased') : who.name} ${tags(who.tags)}</h1>
      ${it.conflicts ? html`<p class="warn">${t('per.conflicts', {n: it.conflicts})} ${may('register.edit') ? link('conflicts', t('reg.conflicts')) : nothing}</p>` : nothing}
      <div class="split"><div>
        <section class="card"><dl>
          ${fact('f.address', it.place ? link(`place/${it.place}`, who.words) : '')}
          ${fact('f.phone', who.phone ? html`<a href="tel:${who.phone}">${who.phone}</a>` : '')}
          ${fact('f.born', who.born ? t('per.born', {year: who.born, age: new Date().getFullYear() - who.born}) : '')}
          ${fact('f.pole', it.pole ? link(`pole/${it.pole}`, it.pole) : '')}
          ${fact('f.household', who.household ? link(`household/${who.household}`, who.household) : '')}
          ${fact('f.resident', html`<code>${who.ref}</code>`)}</dl>
          ${who.erased ? nothing : html`<p class="actions gap">${may('register.edit') ? html`<button @click=${edit}>${t('reg.edit')}</button>` : nothing}</p>`}</section>
        <section class="card" aria-labelledby="per-sealed"><h2 id="per-sealed">${t('per.sealed')}</h2>${sealed(it)}
          ${may('register.secrets') && !who.erased ? html`<p class="actions gap"><button class="quiet" @click=${seal}>${t('per.seal.edit')}</button></p>` : nothing}</section>
        ${may('register.export') ? html`<p class="actions"><button @click=${() => download('POST', `${path}/export`, `${ref}.zip`, {}).catch(ctx.fail)}>${t('per.export')}</button>
          ${who.erased ? nothing : html`<button class="danger" @click=${erase}>${t('per.erase')}</button>`}</p>` : nothing}
      </div><div>
        <section class="card"><h2>${t('per.devices')}</h2>${it.devices.length ? html`<ul class="plain">${it.devices.map((each) => html`<li><code>${each.gateway} / ${each.device}</code> ${each.words}</li>`)}</ul>` : html`<p class="hint">${t('reg.none')}</p>`}</section>
        <section class="card"><h2>${t('per.members')}</h2>${people(it.members.map((each) => ({...each, person: each.ref})))}</section>
        <section class="card"><h2>${t('per.near')}</h2>${people(it.near.filter((each) => !it.members.some((one) => one.ref === each.person)))}</section>
      </div></div>`;
  }
  return page;
}

export const people = (list) => (list.length ? html`<ul class="plain">${list.map((each) => html`<li>${link(`person/${each.person}`, each.name || each.person)} ${tags(each.tags)}<br><span class="hint">${each.words} ${each.phone ? html`<a href="tel:${each.phone}">${each.phone}</a>` : nothing}</span></li>`)}</ul>` : html`<p class="hint">${t('reg.none')}</p>`);

// "relation name phone", the phone last.
function contact(line) {
  const parts = line.trim().split(/[\s,，]+/).filter(Boolean);
  if (!parts.length) return null;
  const phone = parts.pop(), name = parts.pop() || '';
  return {phone, name, relation: parts.join(' ')};
}
