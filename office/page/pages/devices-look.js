// Looking through a camera: first the reason, then the picture. Who looks is on record before anything is shown.
//
//   lookAtPicture(ctx, sha256, {about: alarm})          a picture that was kept
//   lookThrough(ctx, gateway, camera, {about: alarm})   a picture of now
import {ask, get, post} from '../ask.js';
import {openDialog} from '../dialog.js';
import {makeForm} from '../form.js';
import {html, nothing} from '../html.js';
import {on} from '../live.js';
import {addWords, t} from '../words.js';

addWords({
  'look.kept': ['查看摄像头图片', 'Look at a camera picture'], 'look.live': ['查看摄像头现场', 'Look through a camera now'],
  'look.note': ['您的姓名、查看原因和时间会先被记录,督察员可以看到。', 'Your name, the reason and the time are put on record first; the inspector reads them.'],
  'look.reason': ['查看原因', 'Why you look'], 'look.hint': ['至少 4 个字,例如:老人按了报警,没有应答', 'At least 4 characters: what happened'],
  'look.about': ['关于报警或案件 {about}', 'About alarm or case {about}'], 'look.go': ['记录并查看', 'Note it and look'],
  'look.wait': ['已请网关拍照,请稍候…', 'The gateway was asked for a picture…'], 'look.coming': ['照片正在传送…', 'The picture is on its way…'],
  'look.refused': ['没有照片:{reason}', 'No picture: {reason}'], 'look.picture': ['摄像头图片', 'Picture of the camera'], 'look.done': ['本次查看已记录。', 'This look is on record.'],
  'look.camera': ['摄像头(只有一个时可不填)', 'Camera (may be empty where there is one)'], 'look.late': ['网关没有及时回答', 'the gateway did not answer in time'],
});

const AGAIN_MS = 1000, PATIENCE_MS = 90000;

export function lookAtPicture(ctx, sha256, {about = ''} = {}) {
  looking(ctx, t('look.kept'), about, [], (values, show) => ask('POST', `/v1/pictures/${sha256}/look`, {...values, about}).then(show));
}

export function lookThrough(ctx, gateway, camera, {about = ''} = {}) {
  const fields = camera ? [] : [{name: 'camera', label: ['摄像头(只有一个时可不填)', 'Camera (may be empty where there is one)'], maxlength: 64}];
  looking(ctx, `${t('look.live')} · ${gateway}${camera ? ` / ${camera}` : ''}`, about, fields, async (values, show, say, closing) => {
    const asked = await post(`/v1/gateways/${encodeURIComponent(gateway)}/snapshot`, {camera, ...values, about});
    say(t('look.wait'));
    const until = Date.now() + PATIENCE_MS;
    let row = asked, over = false;
    const off = on('look', (news) => { if (news.n === asked.n) row = news; });
    closing(() => { over = true; off(); });
    const step = async () => {
      if (over) return;
      try {
        if (!row.here || !row.ended_at) row = await get(`/v1/looks/${asked.n}`);
        if (row.refused) { off(); say(t('look.refused', {reason: row.refused}), 'bad'); return; }
        if (row.here) { off(); show(await ask('GET', `/v1/looks/${asked.n}/picture`)); return; }
        if (Date.now() > until) { off(); say(t('look.refused', {reason: t('look.late')}), 'bad'); return; }
        if (row.ended_at) say(t('look.coming'));
      } catch (error) { off(); say(error.message, 'bad'); return; }
      setTimeout(step, AGAIN_MS);
    };
    setTimeout(step, 300);
  });
}

function looking(ctx, title, about, more, fetch) {
  let picture = null, said = null, asked = false, close = () => {}, box = null;
  const redraw = () => box && box.redraw();
  const say = (text, kind = '') => { said = {text, kind}; redraw(); };
  const show = (blob) => { picture = URL.createObjectURL(blob); said = null; redraw(); };
  const form = makeForm({
    fields: [...more, {name: 'reason', label: ['查看原因', 'Why you look'], kind: 'area', required: !about, maxlength: 500, hint: ['至少 4 个字,例如:老人按了报警,没有应答', 'At least 4 characters: what happened'], wide: true}],
    redraw,
    submit: async (values) => { await fetch(values, show, say, (end) => { close = end; }); asked = true; redraw(); },
  });
  box = openDialog({
    title,
    closed: () => { close(); if (picture) URL.revokeObjectURL(picture); },
    view: () => html`
      ${asked ? nothing : html`<p class="warn">${t('look.note')}</p>${about ? html`<p>${t('look.about', {about})}</p>` : nothing}${form.view({ok: t('look.go')})}`}
      ${said ? html`<p class=${said.kind} role="status">${said.text}</p>` : nothing}
      ${picture ? html`<img class="look" src=${picture} alt=${t('look.picture')}><p class="hint">${t('look.done')}</p>` : nothing}`,
  });
}
