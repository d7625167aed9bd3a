// Orders to gateways and devices: a form for each command, and a table of what became of them, live.
import {get, post} from '../ask.js';
import {formDialog, openDialog} from '../dialog.js';
import {html, nothing, repeat} from '../html.js';
import {makeList} from '../list.js';
import {on} from '../live.js';
import {addWords, language, t, time} from '../words.js';
import {query} from './devices-words.js';

addWords({
  'order.title': ['命令', 'Commands'], 'order.history': ['命令记录', 'What was asked'], 'order.command': ['命令', 'Command'], 'order.by': ['发出人', 'By'],
  'order.stand': ['结果', 'Outcome'], 'order.answer': ['回答', 'Answer'], 'order.empty': ['还没有发出过命令', 'Nothing was asked yet'],
  'order.send': ['发出', 'Send'], 'order.sent': ['命令已发出,等待回答', 'Sent; the answer will appear below'], 'order.target': ['发给', 'To'],
  'order.on': ['打开', 'On'], 'order.off': ['关闭', 'Off'], 'order.snapshot': ['现在拍一张', 'Take a picture now'], 'order.screen': ['查看截图', 'Look at the picture'], 'order.no-screen': ['截图还没有传到', 'The picture has not come yet'],
  'stand.pending': ['待发送', 'Waiting'], 'stand.sent': ['已送达', 'Sent'], 'stand.done': ['已完成', 'Done'], 'stand.refused': ['被拒绝', 'Refused'],
  'stand.expired': ['已过期', 'Expired'], 'stand.unknown': ['结果不明', 'Unknown'], 'stand.failed': ['没有发出', 'Not sent'],
});

const LOOK = {done: 'good', refused: 'bad', failed: 'bad', expired: 'warn', unknown: 'warn'};
const SIGN = {done: '✓', refused: '✕', failed: '✕', expired: '⌛', unknown: '?', pending: '…', sent: '→'};
const LIMIT = 20;
let forms = null;

export async function commands() {
  forms = forms || await get('/v1/commands');
  return forms;
}

export const named = (command) => {
  const form = (forms || []).find((one) => one.command === command);
  return form ? form[language] : command === 'snapshot' ? t('order.snapshot') : command;
};

// device '': to the gateway itself. Resolves with the order, or null when the dialog was left.
export function order(ctx, form, gateway, device, values = {}) {
  return formDialog({
    title: form[language],
    before: html`<p>${t('order.target')}: <strong>${gateway}${device ? ` / ${device}` : ''}</strong></p>${form.effect_zh ? html`<p class="warn">⚠ ${form[`effect_${language}`]}</p>` : nothing}`,
    fields: form.fields.map(field),
    values,
    ok: t('order.send'),
    danger: ['restart', 'device-remove'].includes(form.command),
    submit: async (typed) => {
      const given = {};
      form.fields.forEach((one) => {
        const value = typed[one.name];
        if (value === '' || value === null) return;
        given[one.name] = one.kind === 'switch' ? value === 'true' : value;
      });
      return post(`/v1/gateways/${encodeURIComponent(gateway)}/orders`, {command: form.command, device, arguments: given, sure: true});
    },
  }).then((row) => { if (row) ctx.toast(t('order.sent')); return row; });
}

function field(one) {
  const options = one.kind === 'switch' ? [['true', ['打开', 'On']], ['false', ['关闭', 'Off']]] : [['', ['—', '—']], ...one.choices.map((choice) => [choice.value, [choice.zh, choice.en]])];
  const kind = {choice: 'select', switch: 'select', number: 'number', text: one.most > 200 && one.needed ? 'area' : 'text'}[one.kind];
  return {name: one.name, label: [one.zh, one.en], kind, options, required: one.needed, min: one.kind === 'number' ? one.least : undefined, max: one.kind === 'number' ? one.most : undefined, maxlength: one.kind === 'text' ? one.most : undefined, wide: kind === 'area'};
}

// The table of one gateway (device null) or one device; closes with `close`.
export function orders(ctx, gateway, device = null) {
  const list = makeList({
    load: (before) => get(`/v1/gateways/${encodeURIComponent(gateway)}/orders?${query({device: device === null ? undefined : device, before, limit: LIMIT})}`),
    read: (rows) => ({items: rows, next: rows.length === LIMIT ? rows[rows.length - 1].n : null}),
    redraw: ctx.redraw, fail: ctx.fail,
  });
  const off = on('order', (row) => {
    if (row.gateway !== gateway || (device !== null && row.device !== device)) return;
    const rest = list.items.filter((one) => one.id !== row.id);
    list.items = [row, ...rest].sort((a, b) => b.n - a.n);
    ctx.redraw();
  });
  commands().then(list.load, ctx.fail);
  return {
    close: off,
    view: () => html`<section class="card"><h2>${t('order.history')}</h2>${list.view((rows) => html`
      <div class="scroll" tabindex="0" role="region" aria-label=${t('order.history')}><table>
        <caption class="unseen">${t('order.history')}</caption>
        <thead><tr><th>${t('dev.when')}</th><th>${t('order.command')}</th>${device === null ? html`<th>${t('order.target')}</th>` : nothing}<th>${t('order.by')}</th><th>${t('order.stand')}</th><th>${t('order.answer')}</th></tr></thead>
        <tbody>${repeat(rows, (row) => row.id, (row) => html`<tr>
          <td>${time(row.at)}</td><td>${named(row.command)}${row.why ? html`<br><span class="hint">${row.why}</span>` : nothing}</td>${device === null ? html`<td>${row.device || t('dev.gateway')}</td>` : nothing}<td>${row.by}</td>
          <td><span class="badge ${LOOK[row.stand] || ''}">${SIGN[row.stand]} ${t(`stand.${row.stand}`)}</span></td>
          <td>${row.reason}${row.command === 'screen' && row.result.picture ? html`<button aria-label="${t('order.screen')} ${time(row.at)}" @click=${() => screen(row)}>${t('order.screen')}</button>` : answer(row.result)}</td></tr>`)}</tbody>
      </table></div>`, {empty: t('order.empty')})}</section>`,
  };
}

const screen = (row) => openDialog({title: `${row.gateway} · ${time(row.at)}`, view: () => html`<img class="preview" src="/v1/orders/${row.id}/picture" alt="${row.gateway} ${time(row.at)}" @error=${(event) => { event.target.replaceWith(t('order.no-screen')); }}>`});

const answer = (result) => {
  const entries = Object.entries(result || {});
  return entries.length ? html`<details><summary>${t('dev.details')}</summary><dl>${entries.map(([name, value]) => html`<dt>${name}</dt><dd>${String(value)}</dd>`)}</dl></details>` : nothing;
};
