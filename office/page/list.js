// A list that is paged by key: what was loaded, and a button for more.
//
//   const list = makeList({load: (after) => get(`/v1/things?limit=50${after ? `&after=${after}` : ''}`), redraw, fail: ctx.fail});
//   list.load();                          // from the beginning: at opening, after a change of filters, when the line is back
//   html`${list.view((items) => html`<table>…</table>`, {empty: t('…')})}`
//
// `load(after)` gives {items: [...], next: key or null}; or give `read: (answer) => ({items, next})` for another shape.
// While something new is asked for, an older answer that comes late is dropped.
import {html, nothing} from './html.js';
import {addWords, t} from './words.js';

addWords({
  'list.more': ['显示更多', 'Show more'],
  'list.wait': ['正在加载…', 'Loading…'],
  'list.empty': ['没有内容', 'Nothing here'],
});

export function makeList({load, redraw, fail, read = (answer) => answer}) {
  let items = null, next = null, busy = false, turn = 0;

  async function fetch(after) {
    const mine = turn += 1;
    busy = true; redraw();
    try {
      const answer = read(await load(after));
      if (mine !== turn) return;
      items = after === null ? answer.items : [...items, ...answer.items];
      next = answer.next ?? null;
    } catch (error) {
      if (mine === turn) fail(error);
    } finally {
      if (mine === turn) { busy = false; redraw(); }
    }
  }

  return {
    get items() { return items || []; },
    set items(changed) { items = changed; },
    load: () => fetch(null),
    more: () => fetch(next),
    view: (show, {empty = t('list.empty')} = {}) => html`
      ${items === null ? html`<p class="empty" role="status">${busy ? t('list.wait') : nothing}</p>` : items.length ? show(items) : html`<p class="empty">${empty}</p>`}
      ${next !== null && items && items.length ? html`<p class="actions"><button ?disabled=${busy} @click=${() => fetch(next)}>${busy ? t('list.wait') : t('list.more')}</button></p>` : nothing}`,
  };
}
