// A form from a list of fields; what the server refuses stands beside the field it means.
//
//   const fields = [
//     {name: 'name', label: ['姓名', 'Name'], required: true},
//     {name: 'roles', label: [...], kind: 'checks', options: [['duty', ['值班员', 'Duty clerk']], ...]},
//   ];
//   const form = makeForm({fields, values: {name: '…'}, redraw, submit: async (values) => post('/v1/…', values), done});
//   html`${form.view({ok: t('save')})}`
//
// kind: text (default), password, tel, number, date, time, area, select, checks (a list), check (yes or no), or any other type of <input>.
// A field may have: hint, autocomplete, inputmode, placeholder, min, max, maxlength, wide, options [[value, [zh, en]]] or a function giving them.
// `submit(values)` does the work; a Refusal with `field` is shown at that field, one without above the form. `done(answer)` after it.
import {html, ifDefined, nothing} from './html.js';
import {addWords, language, t} from './words.js';

addWords({
  'form.save': ['保存', 'Save'],
  'form.busy': ['请稍候…', 'One moment…'],
  'form.empty': ['请填写', 'Please fill this in'],
});

const pick = (both) => (Array.isArray(both) ? both[language === 'zh' ? 0 : 1] : both || '');
let count = 0;

export function makeForm({fields, values = {}, redraw, submit, done = () => {}}) {
  const mark = `f${count += 1}`;
  let kept = {...values}, refused = null, busy = false;
  const id = (field) => `${mark}-${field.name}`;
  const options = (field) => (typeof field.options === 'function' ? field.options() : field.options || []);

  async function send(event) {
    event.preventDefault();
    kept = read(event.target);
    refused = missingField();
    if (!refused) {
      busy = true; redraw();
      try {
        const answer = await submit({...kept});
        busy = false;
        done(answer);
        return;
      } catch (error) {
        refused = error; busy = false;
      }
    }
    redraw();
    show();
  }

  function read(form) {
    const sent = new FormData(form), all = {};
    for (const field of fields) {
      if (field.kind === 'checks') all[field.name] = sent.getAll(field.name);
      else if (field.kind === 'check') all[field.name] = sent.has(field.name);
      else if (field.kind === 'number') all[field.name] = sent.get(field.name) === '' ? null : Number(sent.get(field.name));
      else all[field.name] = sent.get(field.name) ?? '';
    }
    return all;
  }

  function missingField() {
    const empty = fields.find((field) => field.required && (kept[field.name] === '' || kept[field.name] === null || kept[field.name].length === 0));
    return empty ? {field: empty.name, message: t('form.empty')} : null;
  }

  // The reader of a screen is told by role="alert"; the keyboard goes to where the fault is.
  function show() {
    const at = fields.find((field) => refused && field.name === refused.field);
    const element = at && document.getElementById(id(at));
    if (element) (element.matches('fieldset') ? element.querySelector('input') : element).focus();
  }

  function control(field) {
    const wrong = refused && refused.field === field.name;
    const about = [field.hint ? `${id(field)}-hint` : '', wrong ? `${id(field)}-fault` : ''].join(' ').trim() || undefined;
    const value = kept[field.name] ?? '';
    const required = field.required ? 'true' : undefined, invalid = wrong ? 'true' : undefined;
    if (field.kind === 'area') {
      return html`<textarea id=${id(field)} name=${field.name} rows=${field.rows || 4} maxlength=${ifDefined(field.maxlength)} aria-required=${ifDefined(required)} aria-invalid=${ifDefined(invalid)} aria-describedby=${ifDefined(about)} .value=${value}></textarea>`;
    }
    if (field.kind === 'select') {
      return html`<select id=${id(field)} name=${field.name} aria-required=${ifDefined(required)} aria-invalid=${ifDefined(invalid)} aria-describedby=${ifDefined(about)}>
        ${options(field).map(([key, text]) => html`<option value=${key} ?selected=${String(key) === String(value)}>${pick(text)}</option>`)}</select>`;
    }
    return html`<input id=${id(field)} name=${field.name} type=${field.kind || 'text'} autocomplete=${field.autocomplete || 'off'} inputmode=${ifDefined(field.inputmode)}
      placeholder=${ifDefined(field.placeholder)} min=${ifDefined(field.min)} max=${ifDefined(field.max)} step=${ifDefined(field.step)} maxlength=${ifDefined(field.maxlength)}
      aria-required=${ifDefined(required)} aria-invalid=${ifDefined(invalid)} aria-describedby=${ifDefined(about)} .value=${String(value)}>`;
  }

  function checks(field) {
    const chosen = kept[field.name] || [];
    return html`<fieldset id=${id(field)} class="wide" aria-describedby=${ifDefined(refused && refused.field === field.name ? `${id(field)}-fault` : undefined)}>
      <legend>${pick(field.label)}</legend>
      ${options(field).map(([key, text]) => html`<label class="check"><input type="checkbox" name=${field.name} value=${key} .checked=${chosen.includes(key)}>${pick(text)}</label>`)}
      ${below(field)}</fieldset>`;
  }

  const below = (field) => html`
    ${field.hint ? html`<p class="hint" id="${id(field)}-hint">${pick(field.hint)}</p>` : nothing}
    ${refused && refused.field === field.name ? html`<p class="field-bad" role="alert" id="${id(field)}-fault">${refused.message}</p>` : nothing}`;

  function row(field) {
    if (field.kind === 'checks') return checks(field);
    if (field.kind === 'check') {
      return html`<div class=${field.wide ? 'wide' : ''}><label class="check"><input id=${id(field)} type="checkbox" name=${field.name} .checked=${!!kept[field.name]}>${pick(field.label)}</label>${below(field)}</div>`;
    }
    return html`<div class=${field.wide ? 'wide' : ''}><label for=${id(field)}>${pick(field.label)}${field.required ? html`<span aria-hidden="true"> *</span>` : nothing}</label>${control(field)}${below(field)}</div>`;
  }

  return {
    get busy() { return busy; },
    set(more) { kept = {...kept, ...more}; refused = null; },
    view: ({ok = t('form.save'), more = nothing, danger = false} = {}) => html`
      <form class="form" novalidate @submit=${send}>
        ${refused && !fields.some((field) => field.name === refused.field) ? html`<p class="bad wide" role="alert">${refused.message}</p>` : nothing}
        ${fields.map(row)}
        <div class="actions wide"><button class="main ${danger ? 'danger' : ''}" ?disabled=${busy}>${busy ? t('form.busy') : ok}</button>${more}</div>
      </form>`,
  };
}
