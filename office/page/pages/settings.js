// What the office itself decides: kinds, departments, deadlines, hours and days, and the ways of other programs.
import {get, put} from '../ask.js';
import {formDialog, openDialog, sure} from '../dialog.js';
import {html, nothing} from '../html.js';
import {said, t, time} from '../words.js';
import {forget, sourceName} from './cases-words.js';
import {STEPS, both, clock, date, fromClock, exceptions, stepTitle, wide} from './settings-words.js';

const PATH = '/v1/case-settings', WAYS = ['wechat', 'weibo', 'weishi', 'district'], SPANS = [0, 1, 2];

export const settings = {
  path: 'settings', may: 'settings.edit', title: ['设置', 'Settings'], icon: 'gear',
  open(ctx) {
    let kept = null, ways = [], year = 0;

    async function load() {
      try {
        [kept, ways] = await Promise.all([get(PATH), get('/v1/case-ways')]);
        year ||= kept.year;
      } catch (error) { ctx.fail(error); }
      ctx.redraw();
    }

    // Lists are kept whole: what is sent is what stands there now with this one change in it, not what this page once read.
    async function change(name, edit, map = (field) => field) {
      try {
        kept = await put(PATH, {[name]: edit((await get(PATH))[name])});
      } catch (error) {
        if (error.field) error.field = map(error.field);
        throw error;
      }
      forget();
      ctx.toast(['days', 'hours'].includes(name) ? t('set.recounted', {n: kept.recounted}) : t('set.kept'), 'good');
      ctx.redraw();
      return true;
    }

    const replaced = (list, key, one) => (list.some((other) => key(other) === key(one)) ? list.map((other) => (key(other) === key(one) ? {...other, ...one} : other)) : [...list, one]);
    const last = (field) => field.split('.').pop();
    const idOf = (one) => one.id;

    function named(list, one, more) {
      return formDialog({
        title: one ? `${t('set.edit')} · ${said(one)}` : t(`set.new.${list}`),
        fields: [...(one ? [] : [{name: 'id', label: both('set.id'), hint: both('set.idHint'), required: true, maxlength: 32}]), {name: 'zh', label: both('set.zh'), required: true, maxlength: 40}, {name: 'en', label: both('set.en'), required: true, maxlength: 60}, ...more, {name: 'active', label: both('set.active'), kind: 'check', wide: true}],
        values: one || {active: true},
        submit: (values) => {
          const id = one ? one.id : values.id.trim();
          if (!one && kept[list].some((other) => other.id === id)) throw Object.assign(new Error(t('set.taken')), {field: 'id'});
          return change(list, (now) => replaced(now, idOf, {...values, id}), last);
        },
      });
    }

    const department = (one) => named('departments', one, [{name: 'scope_zh', label: both('set.scopeZh'), maxlength: 200, wide: true}, {name: 'scope_en', label: both('set.scopeEn'), maxlength: 200, wide: true}]);
    const kind = (one) => named('kinds', one, [{name: 'department', label: both('set.goesTo'), kind: 'select', options: [['', both('set.nowhere')], ...kept.departments.map((d) => [d.id, [d.zh, d.en]])]}]);

    function limits(id, title) {
      const own = Object.fromEntries(kept.limits.filter((one) => one.kind === id).map((one) => [one.step, one.hours]));
      return formDialog({
        title: `${t('set.limits')} · ${title}`, before: html`<p class="hint">${t(id ? 'set.limitsOwn' : 'set.limitsAll')}</p>`,
        fields: STEPS.map((step) => ({name: step, label: stepTitle(step), kind: 'number', min: 0, step: 'any', required: !id})), values: own,
        submit: (values) => change('limits', (now) => [...now.filter((one) => one.kind !== id), ...STEPS.filter((step) => values[step] !== null).map((step) => ({kind: id, step, hours: values[step]}))], last),
      });
    }

    function hours() {
      const values = {};
      kept.hours.forEach((one, n) => { values[`from${n}`] = clock(one.first); values[`to${n}`] = clock(one.last); });
      return formDialog({
        title: t('set.hours'),
        fields: SPANS.flatMap((n) => [{name: `from${n}`, label: both('set.from', n + 1), kind: 'time', required: !n}, {name: `to${n}`, label: both('set.to', n + 1), kind: 'time', required: !n}]), values,
        submit: (all) => change('hours', () => SPANS.filter((n) => all[`from${n}`] || all[`to${n}`]).map((n) => ({first: fromClock(all[`from${n}`]), last: fromClock(all[`to${n}`], true)})), () => 'from0'),
      });
    }

    // Holidays come as spans, so a whole span is entered at once; weekends in it are off anyway and are left out.
    function day(one) {
      return formDialog({
        title: t(one ? 'set.editDay' : 'set.newDay'),
        fields: [{name: 'day', label: both(one ? 'set.day' : 'set.first'), kind: 'date', required: true}, ...(one ? [] : [{name: 'until', label: both('set.until'), kind: 'date', hint: both('set.untilHint')}]),
          {name: 'works', label: both('set.what'), kind: 'select', options: [['off', both('set.off')], ['on', both('set.on')]]}, {name: 'why', label: both('set.why'), maxlength: 40, wide: true}],
        values: one ? {...one, works: one.works ? 'on' : 'off'} : {works: 'off'},
        submit: (values) => {
          const works = values.works === 'on', days = exceptions(values.day, values.until || values.day, works);
          if (!days.length) throw Object.assign(new Error(t('set.badSpan')), {field: values.until ? 'until' : 'day'});
          return change('days', (now) => {
            const rest = now.filter((other) => !(one && other.day === one.day) && !days.includes(other.day));
            return [...rest, ...days.map((each) => ({day: each, works, why: values.why}))].sort((a, b) => (a.day < b.day ? -1 : 1));
          }, last).then(() => { year = Number(values.day.slice(0, 4)); ctx.redraw(); return true; });
        },
      });
    }

    async function dropDay(one) {
      if (!await sure({title: t('set.drop'), text: t('set.dropText', {day: date(one.day), why: one.why}), yes: t('set.drop'), danger: true})) return;
      try { await change('days', (now) => now.filter((other) => other.day !== one.day)); } catch (error) { ctx.fail(error); }
    }

    async function way(source) {
      const one = ways.find((other) => other.source === source);
      const set = await formDialog({
        title: `${t('set.way')} · ${sourceName(source)}`,
        fields: [{name: 'url', label: both('set.url'), kind: 'url', hint: both('set.urlHint'), maxlength: 500, wide: true}, {name: 'active', label: both('set.open'), kind: 'check', wide: true}, ...(one ? [{name: 'renew', label: both('set.renew'), kind: 'check', wide: true}] : [])],
        values: one || {active: true},
        submit: (values) => put(`/v1/case-ways/${source}`, {renew: false, ...values, url: values.url.trim()}),
      });
      if (set === null) return;
      await load();
      if (!set.secret) { ctx.toast(t('set.kept'), 'good'); return; }
      openDialog({title: t('set.secret'), holds: true, view: (box) => html`<p class="warn">${t('set.secretOnce')}</p><p><code class="secret" id="way-secret">${set.secret}</code></p><div class="actions"><button class="main" @click=${() => box.close()}>${t('set.secretKept')}</button></div>`});
    }

    const head = (title, label, act) => html`<div class="heading"><h2>${title}</h2><button @click=${act}>${label}</button></div>`;
    const edit = (act, about) => html`<button class="quiet" aria-label="${t('set.edit')} ${about}" @click=${act}>${t('set.edit')}</button>`;
    const state = (active) => (active ? html`<span class="badge good">${t('set.inUse')}</span>` : html`<span class="badge">${t('set.outOfUse')}</span>`);
    const departmentOf = (id) => said(kept.departments.find((one) => one.id === id)) || '—';

    const kinds = () => html`<section class="card">${head(t('set.kinds'), t('set.new.kinds'), () => kind(null))}
      ${wide(t('set.kinds'), [t('set.name'), t('set.id'), t('set.goesTo'), t('set.state'), ''], kept.kinds.map((one) => html`<tr><td>${said(one)}</td><td><code>${one.id}</code></td><td>${departmentOf(one.department)}</td><td>${state(one.active)}</td><td>${edit(() => kind(one), said(one))}</td></tr>`))}</section>`;

    const departments = () => html`<section class="card">${head(t('set.departments'), t('set.new.departments'), () => department(null))}
      ${wide(t('set.departments'), [t('set.name'), t('set.id'), t('set.scope'), t('set.state'), ''], kept.departments.map((one) => html`<tr><td>${said(one)}</td><td><code>${one.id}</code></td><td>${said({zh: one.scope_zh, en: one.scope_en})}</td><td>${state(one.active)}</td><td>${edit(() => department(one), said(one))}</td></tr>`))}</section>`;

    const cell = (id, step) => {
      const own = kept.limits.find((one) => one.kind === id && one.step === step), all = kept.limits.find((one) => !one.kind && one.step === step);
      return html`<td>${own ? own.hours : html`<span class="hint">${all ? all.hours : '—'}</span>`}</td>`;
    };
    const deadlines = () => html`<section class="card"><h2>${t('set.limits')}</h2><p class="hint">${t('set.limitsText')}</p>
      ${wide(t('set.limits'), [t('set.kind'), ...STEPS.map((step) => stepTitle(step)), ''], [['', t('set.allKinds')], ...kept.kinds.filter((one) => one.active).map((one) => [one.id, said(one)])].map(([id, title]) => html`<tr><td>${id ? title : html`<strong>${title}</strong>`}</td>${STEPS.map((step) => cell(id, step))}<td>${edit(() => limits(id, title), title)}</td></tr>`))}</section>`;

    const years = () => [...new Set([kept.year, kept.year + 1, ...kept.days.map((one) => Number(one.day.slice(0, 4)))])].sort();
    const calendar = () => html`<section class="card" id="calendar">${head(t('set.days'), t('set.newDay'), () => day(null))}
      ${kept.years_without.map((missing) => html`<p class="warn" role="alert">${t('set.noCalendar', {year: missing})}</p>`)}
      <p>${t('set.openFrom')} ${kept.hours.map((one) => `${clock(one.first)}–${clock(one.last)}`).join('、')} <button class="quiet" @click=${hours}>${t('set.editHours')}</button></p>
      <p class="hint">${t('set.daysText')}</p>
      <div class="actions"><label for="set-year">${t('set.year')}</label><select id="set-year" class="short" @change=${(event) => { year = Number(event.target.value); ctx.redraw(); }}>${years().map((one) => html`<option value=${one} ?selected=${one === year}>${one}</option>`)}</select></div>
      ${wide(t('set.days'), [t('set.day'), t('set.what'), t('set.why'), ''], kept.days.filter((one) => one.day.startsWith(String(year))).map((one) => html`<tr><td>${date(one.day)}</td><td><span class="badge ${one.works ? 'warn' : 'good'}">${t(one.works ? 'set.on' : 'set.off')}</span></td><td>${one.why}</td>
        <td><div class="actions">${edit(() => day(one), one.day)}<button class="quiet danger" aria-label="${t('set.drop')} ${one.day}" @click=${() => dropDay(one)}>${t('set.drop')}</button></div></td></tr>`))}</section>`;

    const waysIn = () => html`<section class="card"><h2>${t('set.ways')}</h2><p class="hint">${t('set.waysText')}</p>
      ${wide(t('set.ways'), [t('set.source'), t('set.address'), t('set.url'), t('set.state'), ''], WAYS.map((source) => {
        const one = ways.find((other) => other.source === source);
        return html`<tr><td>${sourceName(source)}</td><td><code>${source === 'district' ? '/v1/district/cases' : `/v1/hooks/${source}`}</code></td><td>${one && one.url ? html`<code>${one.url}</code>` : '—'}</td>
          <td>${one ? html`${one.active ? html`<span class="badge good">${t('set.isOpen')}</span>` : html`<span class="badge">${t('set.isShut')}</span>`} <span class="hint">${time(one.changed_at)}</span>` : html`<span class="badge">${t('set.never')}</span>`}</td><td>${edit(() => way(source), sourceName(source))}</td></tr>`;
      }))}</section>`;

    load();
    return {
      load,
      close() {},
      view: () => html`<h1>${t('set.title')}</h1>
        <p class="hint">${t('set.audited')} <a href="#/alarms">${t('set.alarmTimes')}</a></p>
        ${kept ? html`${calendar()}${deadlines()}${kinds()}${departments()}${waysIn()}` : nothing}`,
    };
  },
};
