// The departments as kiosks show them: order, names, plain words, hours, holidays, hotline; and who answers which.
//
// What is sent is the whole list as it stands now with one change in it, and its version: of two editors at once the
// second is told. Publishing is the desk's.
import {get, put} from '../ask.js';
import {formDialog, openDialog, sure} from '../dialog.js';
import {html, nothing, repeat} from '../html.js';
import {said, t} from '../words.js';
import {fields, hoursWords, opensNow, read, write} from './departments-words.js';

export const departments = {
  path: 'departments', may: 'content.edit', title: ['科室', 'Departments'], icon: 'building',
  open(ctx) {
    let kept = null, staff = null, preview = 'zh';

    async function load() {
      try { kept = await get('/v1/departments'); } catch (error) { ctx.fail(error); }
      try { staff = await get('/v1/department-staff'); staff = staff.staff || staff; } catch { staff = null; } // who may not see it does without
      ctx.redraw();
    }

    async function keep(list) {
      kept = await put('/v1/departments', {version: kept.version, departments: list});
      ctx.toast(t('dep.kept'), 'good');
      ctx.redraw();
      return true;
    }
    const safely = async (work) => { try { await work(); } catch (error) { ctx.fail(error); await load(); } };

    function edit(one) {
      return formDialog({
        title: one ? `${t('dep.edit')} · ${said(one.department.name)}` : t('dep.new'), fields: fields(one), values: read(one),
        submit: (values) => {
          const made = write(values, one);
          if (!one && kept.departments.some((other) => other.department.id === made.department.id)) throw Object.assign(new Error(t('dep.taken')), {field: 'id'});
          return keep(one ? kept.departments.map((other) => (other.department.id === one.department.id ? made : other)) : [...kept.departments, made]);
        },
      });
    }

    const move = (n, by) => safely(() => {
      const list = [...kept.departments], [one] = list.splice(n, 1);
      list.splice(n + by, 0, one);
      return keep(list);
    });

    async function drop(one) {
      if (await sure({title: t('dep.drop'), text: t('dep.dropSure', {name: said(one.department.name)}), yes: t('dep.drop'), danger: true})) safely(() => keep(kept.departments.filter((other) => other !== one)));
    }

    async function answers(one) {
      const names = kept.departments.map(({department: d}) => [d.id, [d.name.zh, d.name.en || d.name.zh]]);
      const done = await formDialog({title: `${t('dep.staff')} · ${one.name}`, fields: [{name: 'departments', label: t('dep.answers'), kind: 'checks', options: names}], values: one, submit: (values) => put(`/v1/department-staff/${encodeURIComponent(one.account)}`, values)});
      if (done !== null) load();
    }

    const row = (one, n) => {
      const {department: d} = one, name = said(d.name);
      return html`<tr><td class="number">${n + 1}</td><th scope="row">${name}<br><code>${d.id}</code></th><td>${said(d.words)}</td><td>${hoursWords(d)}</td><td class="whole">${d.hotline || '—'}</td><td class="number">${one.most}</td>
        <td><span class="actions tight"><button class="quiet" aria-label="${t('dep.up')} ${name}" ?disabled=${n === 0} @click=${() => move(n, -1)}>↑</button><button class="quiet" aria-label="${t('dep.down')} ${name}" ?disabled=${n === kept.departments.length - 1} @click=${() => move(n, 1)}>↓</button>
          <button class="quiet" aria-label="${t('dep.edit')} ${name}" @click=${() => edit(one)}>${t('dep.edit')}</button><button class="quiet danger" aria-label="${t('dep.drop')} ${name}" @click=${() => drop(one)}>${t('dep.drop')}</button></span></td></tr>`;
    };

    // In the kiosk's manner: large tiles, plain words, open or not in words.
    const tile = ({department: d}) => {
      const pick = (text) => (text ? text[preview] || text.zh : ''), open = opensNow(d);
      return html`<li class="tile ${open ? '' : 'shut'}"><strong>${pick(d.name)}</strong><span>${pick(d.words)}</span><em>${t(open ? 'dep.openNow' : 'dep.shutNow')}${open || !d.hotline ? nothing : ` · ${d.hotline}`}</em></li>`;
    };
    const shown = () => openDialog({title: t('dep.preview'), view: (box) => html`
      <div class="actions">${['zh', 'en'].map((one) => html`<button aria-pressed=${preview === one} @click=${() => { preview = one; box.redraw(); }}>${t(`dep.${one}`)}</button>`)}</div>
      <ol class="tiles" lang=${preview === 'zh' ? 'zh-CN' : 'en'}>${kept.departments.map(tile)}</ol>`});

    const staffTable = () => html`<section class="card"><h2>${t('dep.staff')}</h2><p class="hint">${t('dep.staffHint')}</p>
      <div class="scroll" tabindex="0" role="region" aria-label=${t('dep.staff')}><table class="narrow"><caption class="unseen">${t('dep.staff')}</caption><thead><tr><th scope="col">${t('dep.who')}</th><th scope="col">${t('dep.answers')}</th><td></td></tr></thead>
      <tbody>${staff.map((one) => html`<tr><th scope="row">${one.name}</th><td>${one.departments.map((id) => said((kept.departments.find((other) => other.department.id === id) || {department: {name: {zh: id}}}).department.name)).join('、') || '—'}</td><td>${ctx.me.may.includes('accounts.edit') ? html`<button class="quiet" aria-label="${t('dep.edit')} ${one.name}" @click=${() => answers(one)}>${t('dep.edit')}</button>` : nothing}</td></tr>`)}</tbody></table></div></section>`;

    load();
    return {
      close() {},
      view: () => html`<div class="heading"><h1>${t('dep.title')}</h1><span class="actions"><button @click=${shown} ?disabled=${!kept}>${t('dep.preview')}</button><button class="main" @click=${() => edit(null)} ?disabled=${!kept}>${t('dep.new')}</button></span></div>
        <p class="hint">${t('dep.hint')} ${t('dep.days')} <a href="#/settings">${t('dep.daysLink')}</a></p>
        ${!kept ? nothing : html`<section class="card"><div class="scroll" tabindex="0" role="region" aria-label=${t('dep.title')}><table><caption class="unseen">${t('dep.title')}</caption>
          <thead><tr><th scope="col" class="number">${t('dep.order')}</th><th scope="col">${t('dep.name')}</th><th scope="col">${t('dep.words')}</th><th scope="col">${t('dep.hours')}</th><th scope="col">${t('dep.hotline')}</th><th scope="col" class="number">${t('dep.most')}</th><th scope="col">${t('dep.edit')}</th></tr></thead>
          <tbody>${repeat(kept.departments, (one) => one.department.id, row)}</tbody></table></div>
          <p class="hint gap">${kept.published ? t('dep.published', {version: kept.published}) : t('dep.unpublished')}</p></section>
          ${staff ? staffTable() : nothing}`}`,
    };
  },
};
