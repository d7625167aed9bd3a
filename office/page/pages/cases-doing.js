// What a clerk does to a case: one dialog an action, each with what it needs and nothing else.
import {get, post, put} from '../ask.js';
import {formDialog, openDialog, sure} from '../dialog.js';
import {html, nothing} from '../html.js';
import {t} from '../words.js';
import {actionName, kindName, options, shown, words} from './cases-words.js';

const SIMPLE = ['accept', 'resume', 'split'];
const DANGER = ['refuse', 'send-back'];

export function doing(ctx, {seen, changed, stale}) {
  const path = () => `/v1/cases/${seen().number}`;

  async function send(action, values) {
    try {
      changed(await post(`${path()}/steps`, {action, version: seen().version, ...values}));
      return true;
    } catch (error) {
      if (error.error === 'stale') { stale(); ctx.toast(error.message, 'bad'); return true; } // the dialog closes: what it was about is old
      throw error;
    }
  }

  const area = (name, label, more = {}) => ({name, label: [t(label), t(label)], kind: 'area', wide: true, maxlength: 4000, ...more});
  const departments = () => ({name: 'department', label: [t('case.department'), t('case.department')], kind: 'select', required: true, options: options(words().departments, [t('case.any'), t('case.any')])});
  const people = () => ({name: 'assignee', label: [t('case.assignee'), t('case.assignee')], kind: 'select', options: [['', [t('case.anyone'), t('case.anyone')]], ...words().people.map((one) => [one.id, [`${one.name}`, `${one.name}`]])]});

  function fields(action) {
    if (action === 'dispatch' || action === 'hand-over') return [departments(), people(), area('words', 'case.reason')];
    if (action === 'hold') return [{name: 'until', label: [t('case.until'), t('case.until')], kind: 'datetime-local', required: true}, area('words', 'case.reason', {required: true})];
    if (action === 'reply') return [area('words', 'case.replyWords', {required: true, rows: 6})];
    const needs = ['refuse', 'return', 'done', 'send-back', 'reopen', 'note'].includes(action);
    return [area('words', 'case.reason', {required: needs})];
  }

  async function act(action) {
    try {
      if (action === 'merge') return await merge();
      if (SIMPLE.includes(action)) return await send(action, {});
      if (action === 'end') return await sure({title: actionName(action), text: shown(seen().number), yes: actionName(action)}) && await send(action, {});
      const one = seen();
      return await formDialog({
        title: `${actionName(action)} ${shown(one.number)}`, fields: fields(action), ok: actionName(action), danger: DANGER.includes(action),
        values: {department: one.department || guess(one), assignee: action === 'dispatch' ? '' : one.assignee, words: action === 'reply' ? one.result : ''},
        submit: (values) => send(action, {...values, ...(values.until ? {until: new Date(`${values.until}:00+08:00`).toISOString()} : {})}),
      });
    } catch (error) { ctx.fail(error); return null; }
  }

  const guess = (one) => (words().kinds.find((kind) => kind.id === one.kind) || {}).department || '';

  // Merging: what is open and of the same kind stands there to be chosen; a number may be typed instead.
  function merge() {
    let found = [], refused = null;
    const one = seen();
    const find = async (text) => {
      const query = new URLSearchParams(text ? {text, limit: '8'} : {kind: one.kind, limit: '8'});
      try { found = (await get(`/v1/cases?${query}`)).cases.filter((other) => other.number !== one.number && !other.leader); } catch (error) { refused = error; }
      box.redraw();
    };
    async function submit(event) {
      event.preventDefault();
      const form = new FormData(event.target);
      try {
        await send('merge', {leader: form.get('leader') || form.get('typed') || '', words: form.get('words') || ''});
        box.close();
      } catch (error) { refused = error; box.redraw(); }
    }
    const box = openDialog({title: `${t('caseAct.merge')} ${shown(one.number)}`, view: () => html`
      <p class="hint">${t('case.mergeHint')}</p>
      ${refused ? html`<p class="bad" role="alert">${refused.message}</p>` : nothing}
      <form @submit=${submit}>
        <label for="merge-find">${t('case.findLeader')}</label><input id="merge-find" type="search" @change=${(event) => find(event.target.value)}>
        <fieldset class="choices"><legend>${t('case.choose')}</legend>
          ${found.map((other) => html`<label class="check"><input type="radio" name="leader" value=${other.number}><span><strong>${shown(other.number)}</strong> ${kindName(other.kind)} ${other.words}<br><span class="hint">${other.place_words}</span></span></label>`)}
          <label for="merge-typed">${t('case.orTyped')}</label><input id="merge-typed" name="typed" inputmode="numeric" maxlength="20">
        </fieldset>
        <label for="merge-words">${t('case.reason')}</label><input id="merge-words" name="words" maxlength="500">
        <div class="actions gap"><button class="main">${t('caseAct.merge')}</button></div>
      </form>`});
    find('');
  }

  async function correct() {
    const one = seen();
    const text = (name, label, more = {}) => ({name, label: [t(label), t(label)], ...more});
    const wanted = await formDialog({
      title: `${t('case.correct')} ${shown(one.number)}`,
      fields: [text('kind', 'case.kind', {kind: 'select', options: options(words().kinds)}), text('pole', 'case.pole', {maxlength: 40}), text('place_words', 'case.place', {wide: true, maxlength: 200}), text('community', 'case.community', {wide: true, maxlength: 80}),
        area('words', 'case.words'), area('transcript', 'case.transcript')],
      values: one,
      submit: async (values) => { changed(await put(path(), {version: one.version, ...values})); return true; },
    });
    return wanted;
  }

  async function publish() {
    try {
      const one = await get(`${path()}/public`);
      await formDialog({
        title: `${t('case.public')} ${shown(seen().number)}`,
        fields: [{name: 'title', label: [t('case.publicTitle'), t('case.publicTitle')], wide: true, required: true, maxlength: 60}, area('text', 'case.publicText', {required: true, maxlength: 600}), {name: 'approve', label: [t('case.approve'), t('case.approve')], kind: 'check', wide: true}],
        values: one,
        submit: async (values) => { await put(`${path()}/public`, values); ctx.toast(t('case.saved'), 'good'); return true; },
      });
    } catch (error) { ctx.fail(error); }
  }

  async function link() {
    try {
      const {url} = await get(`${path()}/link`);
      openDialog({title: t('case.link'), view: () => html`<p>${t('case.linkText')}</p><label class="unseen" for="case-link">${t('case.link')}</label><input id="case-link" readonly .value=${url} @focus=${(event) => event.target.select()}>`});
    } catch (error) { ctx.fail(error); }
  }

  return {act, correct, publish, link};
}
