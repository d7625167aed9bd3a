// A schematic map: where devices are by their own word or the register's. Drawn by us from coordinates; no tiles, no other host.
// State is shown by shape and colour, and everything on it stands in the list beside it, for the keyboard.
import {get} from '../ask.js';
import {html, nothing, repeat, svg} from '../html.js';
import {on, watch} from '../live.js';
import {addWords, t} from '../words.js';
import {ago, deviceLink, query} from './devices-words.js';

addWords({
  'map.title': ['地图', 'Map'], 'map.note': ['示意图:按坐标绘制,不是实测地图。', 'A sketch from coordinates, not a surveyed map.'],
  'map.in': ['放大', 'Zoom in'], 'map.out': ['缩小', 'Zoom out'], 'map.whole': ['全部', 'Everything'], 'map.up': ['向北', 'North'], 'map.south': ['向南', 'South'], 'map.west': ['向西', 'West'], 'map.east': ['向东', 'East'],
  'map.list': ['图上的设备', 'Devices on the map'], 'map.nowhere': ['另有 {n} 台设备不知道位置。', '{n} more devices: nobody knows where.'], 'map.more': ['设备太多,只画出一部分;请选社区。', 'Too many devices; choose a community.'],
  'map.community': ['社区', 'Community'], 'map.state': ['显示', 'Show'], 'map.notok': ['需要处理的', 'What needs somebody'], 'map.empty': ['没有可以画的设备', 'Nothing to draw'],
  'map.label': ['{n} 台设备的示意图;同样的内容在旁边的列表中', 'Sketch of {n} devices; the same stands in the list'], 'map.group': ['{n} 台设备', '{n} devices'], 'map.scale': ['{n} 米', '{n} m'],
  'map.register': ['登记位置', 'by the register'], 'map.own': ['自报位置', 'its own word'],
});

const narrow = window.matchMedia('(max-width: 760px)').matches; // marks keep their size on a phone
const W = narrow ? 560 : 1000, H = 640, CELL = 34, EARTH = 111320, WORST = ['alarm', 'silent', 'fault', 'low', 'unsure', 'ok'], LISTED = 100;
const SHAPES = {
  alarm: svg`<path d="M0-13 12 9H-12Z"></path>`, silent: svg`<path d="M-8-8 8 8M8-8-8 8"></path>`, fault: svg`<path d="M0-10 10 0 0 10-10 0Z"></path>`,
  low: svg`<path d="M-9-6H9V6H-9ZM-9 2H9"></path>`, unsure: svg`<circle r="8"></circle>`, ok: svg`<circle r="6"></circle>`,
};

export const map = {
  path: 'map', may: 'devices.see', title: ['地图', 'Map'], icon: 'map',
  open(ctx) {
    let seen = null, community = '', only = '', view = null, chosen = '';
    const load = async () => {
      try {
        seen = await get(`/v1/map?${query({community})}`);
        if (!view) fit();
        ctx.redraw();
      } catch (error) { ctx.fail(error); }
    };
    const offs = [on('devices', (news) => { if (news.many || news.devices.length || news.gateways.length) load(); }), watch((state) => { if (state === 'up') load(); })];

    const key = (mark) => `${mark.gateway}/${mark.device}`;
    const shown = () => seen.devices.filter((mark) => !only || (only === 'notok' ? mark.state !== 'ok' : mark.state === only));

    function fit() {
      const all = seen.devices.length ? seen.devices : seen.ground;
      if (!all.length) { view = null; return; }
      const lats = all.map((mark) => mark.lat), lons = all.map((mark) => mark.lon);
      const lat = (Math.min(...lats) + Math.max(...lats)) / 2, lon = (Math.min(...lons) + Math.max(...lons)) / 2;
      const flat = Math.cos((lat * Math.PI) / 180);
      const wide = Math.max((Math.max(...lons) - Math.min(...lons)) * flat, 0.001), high = Math.max(Math.max(...lats) - Math.min(...lats), 0.001);
      view = {lat, lon, flat, k: Math.min((W - 120) / wide, (H - 120) / high)};
    }
    const at = (mark) => [W / 2 + (mark.lon - view.lon) * view.flat * view.k, H / 2 - (mark.lat - view.lat) * view.k];
    const zoom = (by) => { view = {...view, k: view.k * by}; ctx.redraw(); };
    const move = (x, y) => { view = {...view, lat: view.lat + (y * 120) / view.k, lon: view.lon + (x * 160) / view.k / view.flat}; ctx.redraw(); };
    const centre = (mark, by = 1) => { view = {...view, lat: mark.lat, lon: mark.lon, k: view.k * by}; chosen = mark.device ? key(mark) : ''; ctx.redraw(); };

    function clusters(marks) {
      const cells = new Map();
      marks.forEach((mark) => {
        const [x, y] = at(mark);
        if (x < -40 || x > W + 40 || y < -40 || y > H + 40) return;
        const name = `${Math.floor(x / CELL)}:${Math.floor(y / CELL)}`;
        const cell = cells.get(name) || {name, marks: [], x: 0, y: 0};
        cell.marks.push(mark); cell.x += x; cell.y += y;
        cells.set(name, cell);
      });
      return [...cells.values()].map((cell) => ({...cell, x: cell.x / cell.marks.length, y: cell.y / cell.marks.length, state: WORST.find((state) => cell.marks.some((mark) => mark.state === state))}));
    }

    const symbol = (cell) => svg`<g class="mark st-${cell.state} ${cell.marks.some((mark) => key(mark) === chosen) ? 'chosen' : ''}" transform="translate(${cell.x.toFixed(1)} ${cell.y.toFixed(1)})"
        @click=${() => (cell.marks.length > 1 ? centre(cell.marks[0], 2.5) : centre(cell.marks[0]))}>
        <title>${cell.marks.length > 1 ? t('map.group', {n: cell.marks.length}) : `${cell.marks[0].device} ${cell.marks[0].place} ${t(`dev.${cell.state}`)}`}</title>
        <circle class="ring" r="17"></circle>${SHAPES[cell.state]}${cell.marks.length > 1 ? svg`<text class="count" x="11" y="-9">${cell.marks.length}</text>` : nothing}</g>`;

    const ground = () => seen.ground.map((one) => [one, at(one)]).filter(([, [x, y]]) => x > 0 && x < W && y > 0 && y < H).slice(0, 800);
    const metres = () => { const raw = (150 / view.k) * EARTH, step = 10 ** Math.floor(Math.log10(raw)); return [1, 2, 5].map((n) => n * step).filter((n) => n <= raw).pop() || step; };

    function drawing(marks) {
      const scale = metres(), long = (scale / EARTH) * view.k, near = view.k > 40000;
      return html`<svg class="map" viewBox="0 0 ${W} ${H}" role="img" aria-label=${t('map.label', {n: marks.length})}>
        ${ground().map(([one, [x, y]]) => (one.kind === 'pole' ? (near ? svg`<path class="pole" d="M${x.toFixed(1)} ${(y - 5).toFixed(1)}v10"><title>${one.name}</title></path>` : nothing)
          : svg`<g class="ground ${one.kind}"><rect x=${(x - 11).toFixed(1)} y=${(y - 8).toFixed(1)} width="22" height="16" rx="2"></rect>${near || one.kind === 'community' ? svg`<text x=${x.toFixed(1)} y=${(y + 24).toFixed(1)}>${one.name}</text>` : nothing}</g>`))}
        ${clusters(marks).sort((a, b) => WORST.indexOf(b.state) - WORST.indexOf(a.state)).map(symbol)}
        <g class="scale"><path d="M20 ${H - 20}h${long.toFixed(1)}"></path><text x="24" y=${H - 28}>${t('map.scale', {n: scale >= 1 ? Math.round(scale) : scale})}</text></g></svg>`;
    }

    return {
      close: () => offs.forEach((off) => off()),
      view: () => {
        if (!seen) return html`<h1>${t('map.title')}</h1>`;
        const marks = shown(), rows = [...marks].sort((a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state));
        return html`
          <h1>${t('map.title')}</h1>
          <form class="form card" @submit=${(event) => event.preventDefault()}>
            <div><label for="map-community">${t('map.community')}</label><select id="map-community" @change=${(event) => { community = event.target.value; view = null; load(); }}><option value="">${t('dev.all')}</option>${seen.communities.map((name) => html`<option ?selected=${name === community}>${name}</option>`)}</select></div>
            <div><label for="map-only">${t('map.state')}</label><select id="map-only" @change=${(event) => { only = event.target.value; ctx.redraw(); }}><option value="">${t('dev.all')}</option><option value="notok">${t('map.notok')}</option>${WORST.map((state) => html`<option value=${state} ?selected=${only === state}>${t(`dev.${state}`)}</option>`)}</select></div>
          </form>
          <div class="split"><section class="card"><div class="actions" role="group" aria-label=${t('map.title')}><button type="button" @click=${() => zoom(1.6)} ?disabled=${!view}>＋ ${t('map.in')}</button><button type="button" @click=${() => zoom(0.625)} ?disabled=${!view}>－ ${t('map.out')}</button><button type="button" @click=${() => { fit(); ctx.redraw(); }}>${t('map.whole')}</button>
              ${[['←', -1, 0, 'west'], ['↑', 0, 1, 'up'], ['↓', 0, -1, 'south'], ['→', 1, 0, 'east']].map(([sign, x, y, word]) => html`<button type="button" class="quiet" aria-label=${t(`map.${word}`)} ?disabled=${!view} @click=${() => move(x, y)}>${sign}</button>`)}</div>
            ${view ? drawing(marks) : html`<p class="empty">${t('map.empty')}</p>`}
            <ul class="legend">${WORST.map((state) => html`<li><svg viewBox="-16 -16 32 32" aria-hidden="true"><g class="mark st-${state}">${SHAPES[state]}</g></svg>${t(`dev.${state}`)} ${seen.devices.filter((mark) => mark.state === state).length}</li>`)}</ul>
            <p class="hint">${t('map.note')} ${seen.nowhere ? t('map.nowhere', {n: seen.nowhere}) : nothing} ${seen.more ? t('map.more') : nothing}</p></section>
          <section class="card"><h2>${t('map.list')} (${rows.length})</h2><ul class="marks">${repeat(rows.slice(0, LISTED), key, (mark) => html`<li class=${key(mark) === chosen ? 'chosen' : ''}>
            <button class="quiet" aria-label="${t('map.title')} ${mark.device}" @click=${() => centre(mark)}><svg viewBox="-16 -16 32 32" aria-hidden="true"><g class="mark st-${mark.state}">${SHAPES[mark.state]}</g></svg></button>
            <span><a href=${deviceLink(mark)}>${mark.device}</a> ${mark.who} <span class="hint">${t(`dev.${mark.state}`)} · ${mark.place || t(mark.said ? 'map.own' : 'map.register')} · ${ago(mark.heard_at)}</span></span></li>`)}</ul></section></div>`;
      },
    };
  },
};
