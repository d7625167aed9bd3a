// Neighbours: proposals to read before anybody sees them, who joined what, how polls stand.
import {get, post} from '../ask.js';
import {formDialog, openDialog, sure} from '../dialog.js';
import {html, nothing} from '../html.js';
import {makeList} from '../list.js';
import * as line from '../live.js';
import {addWords, said, t, time} from '../words.js';

addWords({
  'n.title': ['邻里互动', 'Neighbours'], 'n.proposals': ['居民提议', 'Proposals'], 'n.new': ['待审核', 'To be read'], 'n.published': ['已采用', 'Published'], 'n.refused': ['已谢绝', 'Refused'], 'n.all': ['全部', 'All'], 'n.none': ['没有提议', 'No proposals'], 'n.state': ['显示', 'Show'],
  'n.activity': ['活动', 'Activity'], 'n.help-wanted': ['求助', 'Help wanted'], 'n.help-offered': ['帮忙', 'Help offered'], 'n.approve': ['审核通过', 'Approve'], 'n.refuse': ['谢绝', 'Refuse'], 'n.phone': ['查看号码', 'Show number'], 'n.wish': ['时间地点', 'When and where'],
  'n.made': ['已写入“邻里互动”草稿,发布内容后信息机才会显示', 'Written as a draft; kiosks show it with the next version'], 'n.activities': ['正在进行的活动', 'Activities in force'], 'n.joined': ['报名', 'Sign-ups'], 'n.waits': ['候补', 'Waiting'], 'n.people': ['人数', 'People'], 'n.cancel': ['取消报名', 'Cancel'], 'n.cancel-sure': ['候补的人自动补上,请电话告诉他们。', 'Whoever waits moves up; please call them.'], 'n.no-activities': ['还没有发布活动', 'No activity is published'], 'n.polls': ['民意调查', 'Polls'], 'n.votes': ['结果', 'Answers'], 'n.nobody': ['还没有人报名', 'Nobody has joined'],
});

export const neighbours = {
  path: 'neighbours', may: 'content.edit', title: ['邻里互动', 'Neighbours'], icon: 'people',
  open(ctx) {
    let state = 'new', activities = [], polls = [];
    const {redraw, fail} = ctx;
    const list = makeList({
      load: (before) => get(`/v1/proposals?limit=50&state=${state}&before=${before || 0}`), redraw, fail,
      read: (answer) => ({items: answer, next: answer.length === 50 ? answer[answer.length - 1].at : null}),
    });
    async function load() {
      list.load();
      try { [activities, polls] = (await Promise.all(['activities', 'polls'].map((kind) => get(`/v1/content/${kind}?limit=200`)))).map((answer) => answer.items.map((one) => one.item)); redraw(); } catch (error) { fail(error); }
    }
    async function approve(one) {
      const fields = [
        {name: 'title', label: ['标题', 'Title'], required: true, maxlength: 40}, {name: 'text', label: ['内容(居民会看到)', 'Text (residents read it)'], kind: 'area', required: true, wide: true, maxlength: 1000},
        {name: 'place', label: ['地点', 'Place']}, {name: 'starts', label: ['开始', 'Begins'], kind: 'datetime-local'}, {name: 'ends', label: ['结束', 'Ends'], kind: 'datetime-local'}, {name: 'room_for', label: ['名额(0 为不限)', 'Places (0: no limit)'], kind: 'number', min: 0},
      ];
      const submit = (values) => post(`/v1/proposals/${one.id}/publish`, {...values, room_for: values.room_for || 0});
      if (await formDialog({title: t('n.approve'), fields, values: {title: one.title, text: one.words, place: '', starts: '', ends: '', room_for: 0}, submit, ok: t('n.approve')})) { ctx.toast(t('n.made'), 'good'); load(); }
    }
    async function refuse(one) {
      const fields = [{name: 'note', label: ['原因(同事可见)', 'Why (for colleagues)'], kind: 'area', required: true, wide: true, maxlength: 500}];
      if (await formDialog({title: t('n.refuse'), fields, submit: async (values) => { await post(`/v1/proposals/${one.id}/refuse`, values); return true; }, ok: t('n.refuse'), danger: true})) load();
    }
    async function phone(kind, one) {
      try { const {phone: number} = await post(`/v1/${kind}/${one.id}/phone`); openDialog({title: one.number, view: () => html`<p class="big"><a href="tel:${number}">${number}</a></p>`}); } catch (error) { fail(error); }
    }
    async function joined(activity) {
      let people = await get(`/v1/signups/${activity.id}`).catch(fail);
      if (!people) return;
      const cancel = async (one) => { if (!await sure({title: t('n.cancel'), text: t('n.cancel-sure'), yes: t('n.cancel'), danger: true})) return; try { await post(`/v1/signups/${one.id}/cancel`); people = await get(`/v1/signups/${activity.id}`); box.redraw(); } catch (error) { fail(error); } };
      const box = openDialog({title: `${t('n.joined')} · ${said(activity.title)}`, view: () => people.length ? html`<ul class="plain">${people.map((one) => html`<li class="actions"><code>${one.number}</code> · ${t('n.people')} ${one.people} ${one.waits ? html`<span class="badge warn">${t('n.waits')}</span>` : nothing}<span class="grow"></span>
        <button class="quiet" aria-label="${t('n.phone')} …${one.tail}" @click=${() => phone('signups', one)}>…${one.tail}</button><button class="quiet danger" aria-label="${t('n.cancel')} ${one.number}" @click=${() => cancel(one)}>✕</button></li>`)}</ul>` : html`<p class="empty">${t('n.nobody')}</p>`});
    }
    async function votes(poll) {
      const seen = await get(`/v1/votes/${poll.id}`).catch(fail);
      if (seen) openDialog({title: said(poll.question), view: () => html`<table class="narrow"><caption class="unseen">${t('n.votes')}</caption><tbody>${seen.answers.map((answer, n) => html`<tr><th scope="row">${answer}</th><td class="number">${seen.counts[n]}</td></tr>`)}</tbody></table>`});
    }
    const card = (one) => html`<article class="card"><h3>${one.title} <span class="badge">${t(`n.${one.kind}`)}</span> ${one.state === 'new' ? nothing : html`<span class="badge">${t(`n.${one.state}`)}</span>`}</h3><p>${one.words}</p>
      <p class="hint">${one.wish ? html`${t('n.wish')}:${one.wish} · ` : nothing}${time(one.at)} · ${one.gateway}${one.note ? html` · ${one.note}` : nothing}</p>
      <div class="actions">${one.state === 'new' ? html`<button class="main" aria-label="${t('n.approve')} ${one.title}" @click=${() => approve(one)}>${t('n.approve')}</button><button aria-label="${t('n.refuse')} ${one.title}" @click=${() => refuse(one)}>${t('n.refuse')}</button>` : nothing}<button class="quiet" aria-label="${t('n.phone')} …${one.tail}" @click=${() => phone('proposals', one)}>…${one.tail}</button></div></article>`;
    const over = [line.on('neighbours', load), line.watch((now) => { if (now === 'up') load(); })];
    load();
    return {
      close: () => over.forEach((end) => end()),
      view: () => html`<h1>${t('n.title')}</h1>
        <section class="card"><div class="actions"><h2>${t('n.proposals')}</h2><span class="grow"></span><label for="n-state">${t('n.state')}</label><select id="n-state" class="short" @change=${(event) => { state = event.target.value; list.load(); }}>${[['new', 'n.new'], ['published', 'n.published'], ['refused', 'n.refused'], ['', 'n.all']].map(([value, key]) => html`<option value=${value} ?selected=${value === state}>${t(key)}</option>`)}</select></div>
          ${list.view((items) => html`<div class="cards">${items.map(card)}</div>`, {empty: t('n.none')})}</section>
        <section class="card"><h2>${t('n.activities')}</h2>${activities.length ? html`<ul class="plain">${activities.map((one) => html`<li class="actions">${said(one.title)} <span class="badge">${t(`n.${one.kind}`)}</span><span class="grow"></span><button aria-label="${t('n.joined')} ${said(one.title)}" @click=${() => joined(one)}>${t('n.joined')}</button></li>`)}</ul>` : html`<p class="hint">${t('n.no-activities')}</p>`}</section>
        ${polls.length ? html`<section class="card"><h2>${t('n.polls')}</h2><ul class="plain">${polls.map((one) => html`<li class="actions">${said(one.question)}<span class="grow"></span><button aria-label="${t('n.votes')} ${said(one.question)}" @click=${() => votes(one)}>${t('n.votes')}</button></li>`)}</ul></section>` : nothing}`,
    };
  },
};
