// A gateway's configuration: what is in force, every earlier version, an editor with check and comparison, the way back.
import {get, post} from '../ask.js';
import {formDialog, sure} from '../dialog.js';
import {html, nothing, repeat} from '../html.js';
import {makeList} from '../list.js';
import {on, watch} from '../live.js';
import {addWords, language, t, time} from '../words.js';

addWords({
  'cfg.title': ['{gateway} 的配置', 'Configuration of {gateway}'], 'cfg.force': ['生效中', 'In force'], 'cfg.own': ['网关自己的文件(没有远程改动)', "the gateway's own file, nothing from afar"],
  'cfg.version': ['第 {n} 版', 'Version {n}'], 'cfg.versions': ['各个版本', 'Versions'], 'cfg.none': ['还没有下发过配置', 'Nothing was wished yet'],
  'cfg.by': ['编写人', 'By'], 'cfg.note': ['说明', 'Note'], 'cfg.outcome': ['网关的答复', "The gateway's word"], 'cfg.accepted': ['已生效', 'Accepted'], 'cfg.refused': ['被拒绝', 'Refused'],
  'cfg.waiting': ['等待网关', 'Waiting for it'], 'cfg.ungiven': ['接收程序未接到,会重试', 'Not with the receiver yet; tried again'], 'cfg.again': ['恢复此版本', 'Go back to this'],
  'cfg.edit': ['以此为底稿', 'Edit from this'], 'cfg.editor': ['编辑配置(YAML 或 JSON)', 'Edit the configuration (YAML or JSON)'],
  'cfg.hint': ['只写要改变的部分:alarms、supervision、intervals、night_check、outputs、gateway.language。其余以网关自己的文件为准。', "Only what shall differ: alarms, supervision, intervals, night_check, outputs, gateway.language. The rest is the gateway's own file."],
  'cfg.against': ['对比', 'Compare with'], 'cfg.nothing': ['空白', 'nothing'], 'cfg.check': ['检查并对比', 'Check and compare'], 'cfg.publish': ['下发', 'Put in force'],
  'cfg.good': ['检查通过,与所选版本的差别如下', 'In order; the differences are below'], 'cfg.same': ['没有差别', 'No difference'], 'cfg.line': ['第 {line} 行第 {column} 列', 'Line {line}, column {column}'],
  'cfg.diff': ['左:第 {n} 版,右:现在的内容', 'Left: version {n}, right: the text'], 'cfg.sure': ['网关会立即按新的配置工作;被拒绝时保持现状。', 'The gateway works by it at once; refused, it stays as it is.'],
  'cfg.backsure': ['第 {n} 版的内容会成为新的一版并下发。', 'What version {n} said becomes a new version and is put in force.'], 'cfg.done': ['第 {n} 版已下发', 'Version {n} is on its way'],
  'cfg.return': ['返回网关', 'Back to the gateway'], 'cfg.from': ['恢复自第 {n} 版', 'from version {n}'],
});

const LIMIT = 20, SIGN = {same: ' ', changed: '~', added: '+', removed: '−'};

export function configs(ctx, gateway) {
  const of = `/v1/gateways/${encodeURIComponent(gateway)}/configs`, may = ctx.me.may.includes('devices.command');
  let status = null, text = null, against = 0, checked = null, busy = false, begun = false;
  const list = makeList({
    load: (before) => get(`${of}?limit=${LIMIT}${before ? `&before=${before}` : ''}`),
    read: (whole) => { status = whole.status; if (text === null && !begun) begin(whole); return {items: whole.versions, next: whole.versions.length === LIMIT ? whole.versions[LIMIT - 1].version : null}; },
    redraw: ctx.redraw, fail: ctx.fail,
  });
  const offs = [
    on('config', (news) => { if (news.gateway === gateway) list.load(); }),
    watch((state) => { if (state === 'up') list.load(); }),
  ];

  function begin(whole) {
    begun = true;
    const newest = whole.versions[0];
    if (newest) take(newest.version); else { text = whole.start; ctx.redraw(); }
  }

  async function take(version) {
    try {
      const row = await get(`${of}/${version}`);
      text = row.text; against = version; checked = null;
      const area = document.getElementById('cfg-text');
      if (area) area.value = text;
      ctx.redraw();
    } catch (error) { ctx.fail(error); }
  }

  async function check(event) {
    if (event) event.preventDefault();
    text = document.getElementById('cfg-text').value;
    busy = true; ctx.redraw();
    try { checked = await post(`${of}/check`, {text, against}); } catch (error) { ctx.fail(error); }
    busy = false; ctx.redraw();
    return checked && checked.remarks.length === 0;
  }

  async function publish() {
    if (!await check()) { const first = document.querySelector('.remarks'); if (first) first.focus(); return; }
    const row = await formDialog({
      title: t('cfg.publish'), before: html`<p class="warn">⚠ ${t('cfg.sure')}</p>`, fields: [{name: 'note', label: ['说明(为什么改)', 'Note: why'], maxlength: 500, wide: true}],
      ok: t('cfg.publish'), submit: ({note}) => post(of, {text, note}),
    });
    given(row);
  }

  async function again(version) {
    if (await sure({title: t('cfg.again'), text: t('cfg.backsure', {n: version}), yes: t('cfg.again')})) {
      try { given(await post(`${of}/${version}/again`, {})); } catch (error) { ctx.fail(error); }
    }
  }

  function given(row) {
    if (!row) return;
    ctx.toast(t('cfg.done', {n: row.version}));
    take(row.version);
    list.load();
  }

  const outcome = (row) => (row.accepted === true ? html`<span class="badge good">✓ ${t('cfg.accepted')}</span>` : row.accepted === false ? html`<span class="badge bad">✕ ${t('cfg.refused')}</span>`
    : html`<span class="badge warn">… ${t(row.given_at ? 'cfg.waiting' : 'cfg.ungiven')}</span>`);

  return {
    close: () => offs.forEach((off) => off()),
    view: () => html`
      <p><a href="#/gateways/${gateway}">← ${t('cfg.return')}</a></p>
      <h1>${t('cfg.title', {gateway})}</h1>
      <p>${t('cfg.force')}: <strong>${status && status.in_force ? t('cfg.version', {n: status.in_force}) : t('cfg.own')}</strong></p>
      ${status && !status.accepted ? html`<div class="bad-box" role="alert"><strong>${t('cfg.version', {n: status.version})} ${t('cfg.refused')}</strong><ul>${status.reasons.map((reason) => html`<li>${reason}</li>`)}</ul></div>` : nothing}
      <section class="card"><h2>${t('cfg.editor')}</h2>
        <form @submit=${check}>
          <label for="cfg-text" class="unseen">${t('cfg.editor')}</label><p class="hint" id="cfg-hint">${t('cfg.hint')}</p>
          <textarea id="cfg-text" class="mono" rows="14" spellcheck="false" wrap="off" aria-describedby="cfg-hint" ?readonly=${!may} .value=${text || ''}></textarea>
          <div class="actions end"><label for="cfg-against">${t('cfg.against')}</label>
            <select id="cfg-against" class="short" @change=${(event) => { against = Number(event.target.value); }}><option value="0" ?selected=${against === 0}>${t('cfg.nothing')}</option>
              ${list.items.map((row) => html`<option value=${row.version} ?selected=${row.version === against}>${t('cfg.version', {n: row.version})}</option>`)}</select>
            <button ?disabled=${busy}>${t('cfg.check')}</button>
            ${may ? html`<button type="button" class="main" ?disabled=${busy} @click=${publish}>${t('cfg.publish')}</button>` : nothing}</div>
        </form>
        <div aria-live="polite">${checked ? result(checked, against) : nothing}</div></section>
      <section class="card"><h2>${t('cfg.versions')}</h2>${list.view((rows) => html`<div class="scroll" tabindex="0" role="region" aria-label=${t('cfg.versions')}><table>
        <caption class="unseen">${t('cfg.versions')}</caption><thead><tr><th>${t('dev.version')}</th><th>${t('dev.when')}</th><th>${t('cfg.by')}</th><th>${t('cfg.note')}</th><th>${t('cfg.outcome')}</th><th><span class="unseen">${t('order.command')}</span></th></tr></thead>
        <tbody>${repeat(rows, (row) => row.version, (row) => html`<tr><td>${t('cfg.version', {n: row.version})}</td><td>${time(row.at)}</td><td>${row.by}</td>
          <td>${row.note}${row.again ? html` <span class="hint">${t('cfg.from', {n: row.again})}</span>` : nothing}</td>
          <td>${outcome(row)}${row.reasons.length ? html`<ul>${row.reasons.map((reason) => html`<li>${reason}</li>`)}</ul>` : nothing}</td>
          <td class="actions"><button class="quiet" @click=${() => take(row.version)}>${t('cfg.edit')}</button>${may ? html`<button class="quiet" @click=${() => again(row.version)}>${t('cfg.again')}</button>` : nothing}</td></tr>`)}</tbody>
      </table></div>`, {empty: t('cfg.none')})}</section>`,
  };
}

function result({remarks, lines}, against) {
  const other = lines.some((line) => line.kind !== 'same');
  return html`
    ${remarks.length ? html`<div class="bad-box remarks" tabindex="-1" role="alert"><ul>${remarks.map((one) => html`<li>${one.line ? html`<strong>${t('cfg.line', one)}</strong>: ` : nothing}${one[language]}</li>`)}</ul></div>` : html`<p class="good">✓ ${other ? t('cfg.good') : t('cfg.same')}</p>`}
    ${other ? html`<div class="scroll" tabindex="0" role="region" aria-label=${t('cfg.against')}><table class="diff mono">
      <caption>${t('cfg.diff', {n: against || '—'})}</caption>
      <tbody>${lines.map((line) => html`<tr class=${line.kind}><td class="number">${line.left_n || ''}</td><td class="left">${line.left}</td><td class="sign" aria-label=${line.kind}>${SIGN[line.kind]}</td><td class="number">${line.right_n || ''}</td><td class="right">${line.right}</td></tr>`)}</tbody></table></div>` : nothing}`;
}
