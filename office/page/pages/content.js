// What kiosks show: drafts by kind, what publishing would change, and versions with one click back.
import {ask, get, post, put, remove} from '../ask.js';
import {formDialog, openDialog, sure} from '../dialog.js';
import {makeForm} from '../form.js';
import {html, nothing, repeat} from '../html.js';
import {makeList} from '../list.js';
import * as line from '../live.js';
import {language, said, t, time} from '../words.js';
import {fromForm, GRADES, kinds, toForm} from './content-kinds.js';
import './content-words.js';

const pick = (pair) => pair[language === 'zh' ? 0 : 1];
const REACH_MS = 10000;
const named = (item) => said(item.title || item.name || item.question);

export const content = {path: 'content', may: 'content.edit', title: ['信息机内容', 'Kiosk content'], icon: 'sheet', open};

function open(ctx) {
  const {redraw, fail} = ctx;
  let kind = kinds.find((one) => one.name === ctx.args[0]) || kinds[0], text = '', draft = null, versions = null, reach = null, departments = [];
  const list = makeList({
    load: (after) => get(`/v1/content/${kind.name}?limit=50&text=${encodeURIComponent(text)}&after=${after || 0}`), redraw, fail,
    read: (answer) => ({items: answer.items, next: answer.after}),
  });

  async function look() {
    try { [draft, versions, reach] = await Promise.all([get('/v1/content-versions/draft'), get('/v1/content-versions'), get('/v1/content-reach')]); } catch (error) { fail(error); }
    redraw();
  }
  async function load() {
    list.load(); look();
    try { departments = (await get('/v1/departments')).departments.map(({department}) => [department.id, said(department.name)]); redraw(); } catch { departments = []; }
  }
  const saved = () => { ctx.toast(t('c.saved'), 'good'); list.load(); look(); };
  const filled = () => kind.fields.map((field) => (field.name === kind.departments ? {...field, options: departments} : field));

  async function edit(one) {
    const fresh = one ? await get(`/v1/content/${kind.name}/${one.id}`).catch(fail) : {v: 0, item: {}};
    if (!fresh) return;
    const id = {name: 'id', label: ['编号', 'Id'], required: true, hint: ['小写字母、数字、短横线,例如 birth-permit', 'Small letters, digits, dashes: birth-permit'], maxlength: 63};
    const fields = one ? filled() : [id, ...filled()];
    const refuse = (field, bad) => { throw Object.assign(new Error(t('c.line', {line: bad})), {field: field.name}); };
    const submit = (values) => {
      const item = fromForm({...kind, fields: filled()}, {...fresh.item, id: one ? one.id : values.id}, values, refuse);
      return put(`/v1/content/${kind.name}/${encodeURIComponent(item.id)}`, {v: fresh.v, item});
    };
    let form = null;
    const box = openDialog({title: one ? named(one.item) : t('c.new'), view: () => (form ? html`${form.view()}${uploads()}` : nothing)});
    form = makeForm({fields, values: toForm({...kind, fields: filled()}, fresh.item), redraw: box.redraw, submit, done: () => { box.close(); saved(); }});
    const uploads = () => html`${fields.filter((field) => field.media).map((field) => html`<p><label>${t('c.upload')} · ${pick(field.label)}
      <input type="file" accept="image/*,audio/*,video/*,application/pdf" @change=${(event) => bring(field, event.target.files[0])}></label></p>`)}`;
    async function bring(field, file) {
      if (!file) return;
      try {
        const kept = await ask('PUT', '/v1/content-media', file, file.type || 'application/octet-stream');
        const more = {[field.name]: kept.name};
        if (field.name === 'media') fresh.item.type = kept.type;
        form.set({...values(), ...more}); box.redraw(); ctx.toast(t('c.uploaded', {name: file.name}), 'good');
      } catch (error) { fail(error); }
    }
    const values = () => Object.fromEntries(new FormData(document.querySelector('dialog form')).entries());
    box.redraw();
  }

  // Unlike an edit, it stands in the shop's history, with its reason.
  async function grade(one) {
    const fields = [
      {name: 'grade', label: ['新的信用等级', 'The new grade'], kind: 'select', options: GRADES, required: true},
      {name: 'why', label: ['为什么(居民会看到)', 'Why (residents read it)'], kind: 'area', required: true, wide: true, maxlength: 200},
      {name: 'case', label: ['哪件投诉(办件编号,可不填)', 'Which complaint (number of the case, optional)'], maxlength: 20},
    ];
    const submit = (values) => post(`/v1/merchants/${encodeURIComponent(one.id)}/grade`, values);
    if (await formDialog({title: `${t('c.grade')} · ${named(one.item)}`, fields, values: {grade: one.item.grade}, submit, ok: t('c.grade')})) saved();
  }

  async function drop(one) {
    if (!await sure({title: `${t('c.remove')} · ${named(one.item)}`, text: t('c.remove-sure'), yes: t('c.remove'), danger: true})) return;
    try { await remove(`/v1/content/${kind.name}/${one.id}?v=${one.v}`); saved(); } catch (error) { fail(error); list.load(); }
  }

  async function move(n, by) {
    const ids = list.items.map((one) => one.id), [moved] = ids.splice(n, 1);
    ids.splice(n + by, 0, moved);
    try { await post(`/v1/content/${kind.name}/order`, {ids}); saved(); } catch (error) { fail(error); list.load(); }
  }

  async function publish() {
    const fields = [{name: 'note', label: ['这次改了什么', 'What is new'], maxlength: 200, wide: true}];
    if (await formDialog({title: t('c.publish'), fields, submit: (values) => post('/v1/content-versions', values), ok: t('c.publish')})) { ctx.toast(t('c.published'), 'good'); look(); }
  }

  async function again(one) {
    if (!await sure({title: t('c.again'), text: t('c.again-sure', {at: time(one.made_at)}), yes: t('c.again')})) return;
    try { await post(`/v1/content-versions/${one.n}/again`); ctx.toast(t('c.published'), 'good'); look(); } catch (error) { fail(error); }
  }

  function preview(one) {
    const address = `/v1/content-preview/${kind.name}/${encodeURIComponent(one.id)}?language=${language}`;
    openDialog({title: `${t('c.preview')} · ${named(one.item)}`, view: () => html`<img class="preview" src=${address} alt="${t('c.preview')} ${named(one.item)}" @error=${(event) => { event.target.replaceWith(t('c.no-preview')); }}>`});
  }

  const row = (one, n) => html`<tr><td class="number">${n + 1}</td><th scope="row">${named(one.item)}<br><code>${one.id}</code></th><td>${time(one.changed_at)}</td>
    <td><span class="actions tight"><button class="quiet" aria-label="${t('c.up')} ${named(one.item)}" ?disabled=${n === 0 || !!text} @click=${() => move(n, -1)}>↑</button>
      <button class="quiet" aria-label="${t('c.down')} ${named(one.item)}" ?disabled=${n === list.items.length - 1 || !!text} @click=${() => move(n, 1)}>↓</button>
      <button aria-label="${t('c.edit')} ${named(one.item)}" @click=${() => edit(one)}>${t('c.edit')}</button>
      ${kind.name === 'merchants' ? html`<button class="quiet" aria-label="${t('c.grade')} ${named(one.item)}" @click=${() => grade(one)}>${t('c.grade')}</button>` : nothing}<button class="quiet" aria-label="${t('c.preview')} ${named(one.item)}" @click=${() => preview(one)}>${t('c.preview')}</button>
      <button class="quiet danger" aria-label="${t('c.remove')} ${named(one.item)}" @click=${() => drop(one)}>${t('c.remove')}</button></span></td></tr>`;

  const changes = () => html`<section class="card"><div class="actions"><h2>${t('c.draft')}</h2><span class="grow"></span><button class="main" ?disabled=${!draft.length} @click=${publish}>${t('c.publish')}</button></div>
    ${draft.length ? html`<ul>${draft.map((one) => html`<li><strong>${pick((kinds.find((each) => each.name === one.kind) || {title: [one.kind, one.kind]}).title)}</strong>
      ${one.added.length ? html` · ${t('c.added', {n: one.added.length})}` : nothing}${one.changed.length ? html` · ${one.changed[0] === '*' ? t('c.ordered') : t('c.changed', {n: one.changed.length})}` : nothing}${one.removed.length ? html` · ${t('c.removed', {n: one.removed.length})}` : nothing}</li>`)}</ul>` : html`<p class="hint">${t('c.same')}</p>`}</section>`;

  const history = () => html`<section class="card"><h2>${t('c.versions')}</h2>${versions.length ? html`<div class="scroll" tabindex="0" role="region" aria-label=${t('c.versions')}><table><caption class="unseen">${t('c.versions')}</caption>
    <thead><tr><th scope="col">${t('c.when')}</th><th scope="col">${t('c.note')}</th><th scope="col" class="number">${t('c.files')}</th><th scope="col" class="number">MB</th><th scope="col">${t('c.state')}</th><th scope="col"><span class="unseen">${t('c.again')}</span></th></tr></thead>
    <tbody>${versions.map((one) => html`<tr><th scope="row">${time(one.made_at)}</th><td>${one.note || '—'}</td><td class="number">${one.files}</td><td class="number">${(one.bytes / 1e6).toFixed(1)}</td>
      <td>${one.live ? html`<span class="badge good">${one.told_at ? t('c.live') : t('c.on-way')}</span>` : '—'}</td><td>${one.live ? nothing : html`<button aria-label="${t('c.again')} ${time(one.made_at)}" @click=${() => again(one)}>${t('c.again')}</button>`}</td></tr>`)}</tbody></table></div>` : html`<p class="hint">${t('c.none')}</p>`}</section>`;

  const shows = (one) => (one.published ? t('c.reach-old', {at: time(one.published)}) : t(one.version ? 'c.reach-other' : 'c.reach-none'));
  const why = (one) => (one.reason ? html`<span class="badge bad">✕ ${t('c.reach-no')}</span> ${one.reason}` : html`<span class="badge warn">… ${t(one.online ? 'c.reach-way' : 'c.reach-off')}</span>`);
  const reached = () => html`<section class="card"><h2>${t('c.reach')}</h2><p>${t(reach.behind.length ? 'c.reach-n' : 'c.reach-all', {there: reach.there, n: reach.kiosks})}</p>
    ${reach.behind.length ? html`<ul>${repeat(reach.behind, (one) => one.gateway, (one) => html`<li><strong>${one.gateway}</strong> ${shows(one)} ${why(one)}</li>`)}</ul>` : nothing}</section>`;

  // kiosks say how they are every half minute, and an editor is told nothing of gateways
  const beat = setInterval(() => get('/v1/content-reach').then((found) => { reach = found; redraw(); }, () => nothing), REACH_MS);
  const over = [line.on('content', look), () => clearInterval(beat), line.watch((now) => { if (now === 'up') load(); })];
  load();
  return {
    close: () => over.forEach((end) => end()),
    follow(args) { kind = kinds.find((one) => one.name === args[0]) || kinds[0]; text = ''; list.load(); redraw(); },
    view: () => html`<div class="heading"><h1>${t('c.title')}</h1><span class="actions"><button class="main" @click=${() => edit(null)}>${t('c.new')}</button></span></div>
      <nav class="tabs" aria-label=${t('c.kinds')}>${kinds.map((one) => html`<a href="#/content/${one.name}" aria-current=${one === kind ? 'page' : nothing}>${pick(one.title)}</a>`)}</nav>
      <section class="card"><div class="actions"><label for="c-text">${t('c.find')}</label><input id="c-text" class="short" type="search" .value=${text} @change=${(event) => { text = event.target.value.trim(); list.load(); }}></div>
        ${list.view((items) => html`<div class="scroll" tabindex="0" role="region" aria-label=${pick(kind.title)}><table><caption class="unseen">${pick(kind.title)}</caption>
          <thead><tr><th scope="col" class="number">${t('c.order')}</th><th scope="col">${t('c.name')}</th><th scope="col">${t('c.when')}</th><th scope="col"><span class="unseen">${t('c.edit')}</span></th></tr></thead><tbody>${repeat(items, (one) => one.id, row)}</tbody></table></div>`, {empty: t('c.empty')})}</section>
      ${draft ? changes() : nothing}${reach && reach.kiosks ? reached() : nothing}${versions ? history() : nothing}`,
  };
}
